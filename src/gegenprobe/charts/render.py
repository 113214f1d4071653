"""Pictures as SVG, by vl-convert: the same drawing for wide and narrow, light and dark pages."""

from __future__ import annotations

import json
import re

from altair.utils.schemapi import debug_mode

from gegenprobe.charts.picture import NARROW, WIDE, Layout, Picture
from gegenprobe.charts.theme import finish

LAYOUTS = {
    "wide-light": Layout(WIDE), "wide-dark": Layout(WIDE, dark=True),
    "narrow-light": Layout(NARROW), "narrow-dark": Layout(NARROW, dark=True),
}  # fmt: skip
COLOURS = ("ink", "muted", "grid", "context", "accent", "second", "third", "stated", "ground")
_DARK = {getattr(Layout(), name): getattr(Layout(dark=True), name) for name in COLOURS}
_COLOUR = re.compile("|".join(_DARK))


def specification(picture: Picture, layout: Layout) -> str:
    """Return the Vega-Lite specification of a picture as JSON."""
    return finish(picture.draw(layout), layout).to_json(indent=None)


def svg(picture: Picture, layout: Layout) -> str:
    """Return a picture as one SVG document."""
    import vl_convert

    return vl_convert.vegalite_to_svg(specification(picture, layout))


def drawings(picture: Picture) -> dict[str, str]:
    """Return a picture as SVG in every layout, by name.

    The dark drawings are the light ones in other colours: a picture takes all its colours from the layout, and drawing
    each of them twice would double what a chapter costs. Altair's checks of its own output, two thirds of the rest, are
    left to the tests.
    """
    with debug_mode(False):
        light = {name: svg(picture, layout) for name, layout in LAYOUTS.items() if not layout.dark}
    dark = {name.replace("light", "dark"): darkened(text) for name, text in light.items()}
    return {name: {**light, **dark}[name] for name in LAYOUTS}


def darkened(text: str) -> str:
    """Return a light drawing in the colours of the dark layout."""
    return _COLOUR.sub(lambda found: _DARK[found.group()], text)


def png(picture: Picture, layout: Layout, scale: float = 2) -> bytes:
    """Return a picture as PNG on the layout's ground."""
    import vl_convert

    spec = json.loads(specification(picture, layout))
    spec.setdefault("config", {})["background"] = layout.ground
    return vl_convert.vegalite_to_png(json.dumps(spec), scale=scale)
