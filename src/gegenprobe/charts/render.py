"""From a picture to SVG: the same drawing for wide and narrow, light and dark pages."""

from __future__ import annotations

import json
import re

from altair.utils.schemapi import debug_mode

from gegenprobe.charts.picture import NARROW, WIDE, Layout, Picture
from gegenprobe.charts.theme import finish
from gegenprobe.charts.verdict_marks import DARKENED

LAYOUTS = {
    "wide-light": Layout(WIDE), "wide-dark": Layout(WIDE, dark=True),
    "narrow-light": Layout(NARROW), "narrow-dark": Layout(NARROW, dark=True),
}  # fmt: skip
NOWHERE: list[str] = []
"""A picture holds its data: the engine fetches nothing."""
COLOURS = ("ink", "muted", "grid", "context", "accent", "second", "third", "stated", "ground")
DARK = {getattr(Layout(), name): getattr(Layout(dark=True), name) for name in COLOURS} | DARKENED
"""Colour on a light ground to colour on a dark one."""
_COLOUR = re.compile("|".join(DARK))


def specification(picture: Picture, layout: Layout, validate: bool = True) -> str:
    """Return the Vega-Lite specification of a picture as JSON, by default checked against the schema."""
    return finish(picture.draw(layout), layout).to_json(indent=None, validate=validate)


def light(picture: Picture) -> dict[str, str]:
    """Return the specifications of a picture on a light ground, by the name of the layout.

    Altair's checks of its own output, two thirds of the work, are left to the tests.
    """
    with debug_mode(False):
        return {
            name: specification(picture, layout, validate=False) for name, layout in LAYOUTS.items() if not layout.dark
        }


def drawn(specification: str) -> str:
    """Return a Vega-Lite specification drawn, as one SVG document."""
    import vl_convert

    return vl_convert.vegalite_to_svg(specification, allowed_base_urls=NOWHERE)


def pixels(specification: str, scale: float = 1) -> bytes:
    """Return a Vega-Lite specification drawn, as PNG."""
    import vl_convert

    return vl_convert.vegalite_to_png(specification, scale=scale, allowed_base_urls=NOWHERE)


def svg(picture: Picture, layout: Layout) -> str:
    """Return a picture as one SVG document."""
    return drawn(specification(picture, layout))


def with_dark(svgs: dict[str, str]) -> dict[str, str]:
    """Return light drawings and, made from them, the dark ones.

    A picture takes all its colours from the layout, and drawing each of them twice would double what a chapter costs.
    """
    dark = {name.replace("light", "dark"): darkened(text) for name, text in svgs.items()}
    return {name: {**svgs, **dark}[name] for name in LAYOUTS}


def darkened(text: str) -> str:
    """Return a light drawing in the colours of the dark layout."""
    return _COLOUR.sub(lambda found: DARK[found.group()], text)


def png(picture: Picture, layout: Layout, scale: float = 2) -> bytes:
    """Return a picture as PNG on the layout's ground."""
    spec = json.loads(specification(picture, layout))
    spec.setdefault("config", {})["background"] = layout.ground
    return pixels(json.dumps(spec), scale)
