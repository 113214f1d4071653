"""A picture on a page: its files, and the figure that shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

from gegenprobe.book.inputs import write_whole
from gegenprobe.book.tables import data_table
from gegenprobe.cards import templates
from gegenprobe.charts.explore import explorable
from gegenprobe.charts.render import DARK, LAYOUTS


def place(extra: Path, picture: dict[str, Any], up: str) -> str:
    """Write a picture's files, all but its drawings, and return its figure.

    Parameters
    ----------
    extra : Path
        The folder whose content goes to the root of the site.
    picture : dict
        As `gegenprobe.display.record` makes it, or ``name`` and the reason why it is ``missing``.
    up : str
        The way from the page to the root of the site: ``../`` or nothing.
    """
    name = picture["name"]
    if "missing" in picture:
        return templates().get_template("missing.html").render(name=name, reason=picture["missing"])
    for width, given in picture["spec"].items():
        spec = explorable(json.loads(given), LAYOUTS[width], picture["description"], DARK)
        stem = name + {"wide-light": "", "narrow-light": "-narrow"}[width]
        text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
        write_whole(extra / "pictures" / f"{stem}.json", text)
        # A page opened from disk may not read json, but it may run scripts that lie beside it.
        script = f'(window.gegenprobePictures ??= {{}})["{stem}"] = {text};\n'
        write_whole(extra / "pictures" / f"{stem}.js", script)
    write_whole(extra / "downloads" / "pictures" / f"{name}.csv", picture["csv"])
    drawing = templates().get_template("drawing.html").render(name=name, description=picture["description"], up=up)
    return templates().get_template("figure.html").render(
        name=name, title=picture["title"], subtitle=picture["subtitle"], source=picture["source"],
        drawing=Markup(drawing), csv=f"{up}downloads/pictures/{name}.csv", svg=f"{up}pictures/{name}-wide-light.svg",
        spec=f"{up}pictures/{name}.json", table=data_table(picture["csv"]),
    )  # fmt: skip
