"""The verdicts' shapes and colours inside pictures: the same as the badges of the cards, never colour alone."""

from __future__ import annotations

from collections.abc import Iterable

import altair as alt

from gegenprobe.charts.picture import Layout
from gegenprobe.verdicts import Verdict
from gegenprobe.words import MARKS, WORDS

# The values of book/_static/gegenprobe.css, where their contrast is tested.
_LIGHT = ("#00705a", "#4a7829", "#8a5a00", "#a8323e", "#4a5a6a", "#5f5f5f", "#5f5f5f")
_DARK = ("#4cc3a5", "#9ccc65", "#e0b050", "#f08a92", "#a9b7c6", "#bdbdbd", "#bdbdbd")
DARKENED = dict(zip(_LIGHT, _DARK, strict=True))
"""The dark colour of each light one."""

# Paths in a square from -1 to 1. A hole is a circle that runs the other way round.
_DISC = "M0,-1A1,1,0,1,1,0,1A1,1,0,1,1,0,-1Z"
_HOLE = "M0,-0.68A0.68,0.68,0,1,0,0,0.68A0.68,0.68,0,1,0,0,-0.68Z"
_SHAPES = (
    _DISC,
    "M0,-1A1,1,0,1,0,0,1L0,0.68L0,0.68A0.68,0.68,0,0,0,0,-0.68L0,-1A1,1,0,0,1,0,1L0,-1Z",
    _DISC + _HOLE + "M-0.13,-0.6L0.13,-0.6L0.13,-0.02L0.52,0.24L0.38,0.45L-0.13,0.12Z",
    "M0,-1.15L1.15,0L0,1.15L-1.15,0Z",
    _DISC + _HOLE,
    "M-0.95,-0.3A1,1,0,0,1,-0.3,-0.95L-0.2,-0.65A0.68,0.68,0,0,0,-0.65,-0.2Z"
    "M0.3,-0.95A1,1,0,0,1,0.95,-0.3L0.65,-0.2A0.68,0.68,0,0,0,0.2,-0.65Z"
    "M0.95,0.3A1,1,0,0,1,0.3,0.95L0.2,0.65A0.68,0.68,0,0,0,0.65,0.2Z"
    "M-0.3,0.95A1,1,0,0,1,-0.95,0.3L-0.65,0.2A0.68,0.68,0,0,0,-0.2,0.65Z",
    "M-1,-0.16L-0.45,-0.16L-0.45,0.16L-1,0.16ZM-0.27,-0.16L0.27,-0.16L0.27,0.16L-0.27,0.16Z"
    "M0.45,-0.16L1,-0.16L1,0.16L0.45,0.16Z",
)
VERDICTS = [str(each) for each in Verdict]


def colour(layout: Layout, field: str = "verdict") -> alt.Color:
    """Return the encoding of a column of verdicts as colour."""
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=VERDICTS, range=list(_DARK if layout.dark else _LIGHT)))


def shape(field: str = "verdict") -> alt.Shape:
    """Return the encoding of a column of verdicts as shape."""
    return alt.Shape(f"{field}:N", scale=alt.Scale(domain=VERDICTS, range=list(_SHAPES)))


def legend(verdicts: Iterable[str]) -> str:
    """Return marks and words of the verdicts that occur, for a subtitle: ``● holds, ◆ does not hold``."""
    held = set(verdicts)
    return ", ".join(f"{MARKS[each]} {WORDS[each][0]}" for each in VERDICTS if each in held)
