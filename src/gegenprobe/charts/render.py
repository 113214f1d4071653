"""Pictures as SVG, by vl-convert: the same drawing for wide and narrow, light and dark pages."""

from __future__ import annotations

from gegenprobe.charts.picture import NARROW, WIDE, Layout, Picture
from gegenprobe.charts.theme import finish

LAYOUTS = {
    "wide-light": Layout(WIDE), "wide-dark": Layout(WIDE, dark=True),
    "narrow-light": Layout(NARROW), "narrow-dark": Layout(NARROW, dark=True),
}  # fmt: skip


def specification(picture: Picture, layout: Layout) -> str:
    """Return the Vega-Lite specification of a picture as JSON."""
    return finish(picture.draw(layout), layout).to_json(indent=None)


def svg(picture: Picture, layout: Layout) -> str:
    """Return a picture as one SVG document."""
    import vl_convert

    return vl_convert.vegalite_to_svg(specification(picture, layout))


def png(picture: Picture, layout: Layout, scale: float = 2) -> bytes:
    """Return a picture as PNG on the layout's ground."""
    import json

    import vl_convert

    spec = json.loads(specification(picture, layout))
    spec.setdefault("config", {})["background"] = layout.ground
    return vl_convert.vegalite_to_png(json.dumps(spec), scale=scale)
