"""The picture that goes with a shared link: how all claims came out, made from the current findings."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
from altair.utils.schemapi import debug_mode

from gegenprobe.book.drawings import PIXELS
from gegenprobe.book.head import PICTURE, PICTURE_SIZE
from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout
from gegenprobe.charts.theme import FONT
from gegenprobe.charts.verdict_marks import VERDICTS, colour, shape
from gegenprobe.words import WORDS, counted, long_date

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material

HEADLINE = "What does not hold, and what does"
"""What the landing page is called: whoever follows the link finds what the picture announced."""
_MARK, _WORDS, _BARS = 24, 56, 400
"""Where marks, words and bars begin, in pixels: a link's picture is shown small, so everything in it is big."""


def social_picture(material: Material) -> dict[str, Any]:
    """Return the picture as `gegenprobe.book.drawings.order` takes it."""
    with debug_mode(False):  # Altair's checks of its own output are left to the tests
        spec = chart(tally(material), material).to_json(validate=False)
    return {"name": Path(PICTURE).stem, "spec": {PIXELS: spec}}


def tally(material: Material) -> pd.DataFrame:
    """Return one row a verdict that occurs: ``verdict``, ``word``, ``n`` as known now, ``then``, ``label``."""
    now, then = (Counter(str(each[0].verdict) for each in side.values()) for side in (material.now, material.then))
    rows = [
        {
            "verdict": verdict,
            "word": WORDS[verdict][0],
            "n": now[verdict],
            "then": then[verdict],
            "label": str(now[verdict]) + (f"  (then {then[verdict]})" if then[verdict] != now[verdict] else ""),
        }
        for verdict in VERDICTS
        if now[verdict] or then[verdict]
    ]
    return pd.DataFrame(rows)


def spoken(rows: pd.DataFrame, material: Material) -> str:
    """Return the picture in one sentence, for those who do not see it."""
    parts = ", ".join(f"{row.word} {row.n}" for row in rows.itertuples())
    return f"How the {counted(len(material.now), 'claim')} came out, {material.now_label}: {parts}."


def chart(rows: pd.DataFrame, material: Material) -> alt.LayerChart:
    """Return the picture as a chart of exactly the size a shared link shows."""
    layout = Layout()
    width, height = PICTURE_SIZE
    base = Chart(rows).encode(y=alt.Y("word:N", sort=None, axis=None, scale=alt.Scale(padding=0.3)))
    scale = alt.Scale(domain=[0, int(rows["n"].max()) or 1], range=[_BARS, width - 330])
    amount = alt.X("n:Q", axis=None, scale=scale)
    marks = base.mark_point(filled=True, size=900, opacity=1).encode(
        x=alt.value(_MARK), shape=shape(), color=colour(layout)
    )
    words = base.mark_text(align="left", fontSize=36, color=layout.ink).encode(x=alt.value(_WORDS), text="word:N")
    bars = base.mark_bar().encode(x=amount, x2=alt.value(_BARS), color=colour(layout))
    labels = base.mark_text(align="left", dx=12, fontSize=36, fontWeight="bold", color=layout.ink).encode(
        x=amount, text="label:N"
    )
    title = alt.Title(
        HEADLINE,
        subtitle=[
            f"{counted(len(material.now), 'claim')} on Japan, the yen and US debt, checked against official figures.",
            f"Then: as known on {long_date(material.then_day)}. Bars: {material.now_label}.",
        ],
        anchor="start", fontSize=50, subtitleFontSize=30, color=layout.ink, subtitleColor=layout.muted, offset=24,
        subtitlePadding=12, subtitleLineHeight=38, font=FONT, subtitleFont=FONT,
    )  # fmt: skip
    return (
        layered(bars, marks, words, labels)
        .properties(
            width=width, height=height, title=title, autosize=alt.AutoSizeParams(type="fit", contains="padding")
        )
        .configure(background=layout.ground, font=FONT, padding=40, legend=alt.LegendConfig(disable=True))
        .configure_view(stroke=None)
    )
