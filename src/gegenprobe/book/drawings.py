"""Pictures drawn, each once for what it shows: a page orders them, and they are drawn beside all else.

A page only names the files of its pictures, so that nothing has to wait for them but the finished site.
"""

from __future__ import annotations

import faulthandler
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gegenprobe.book.inputs import prune, write_whole
from gegenprobe.book.layout import Places

LAYOUTS = ("wide-light", "wide-dark", "narrow-light", "narrow-dark")
MOST_SECONDS = 30
"""A picture takes a twentieth of one; an engine of this kind has been seen to wait for itself for ever."""
FONTS = "of the engine"
"""Those a build draws with (`gegenprobe.book.environment`): a drawing kept from before it did is drawn again."""
PIXELS = "png"
"""In place of a layout: drawn once, as PNG, below the root of the site."""


def order(places: Places, page: str, pictures: Iterable[dict[str, Any]]) -> None:
    """Note which pictures a page shows; those that are missing are not ordered.

    Parameters
    ----------
    page : str
        A chapter, or ``pages`` for all generated ones.
    pictures : iterable of dict
        As `gegenprobe.display.record` makes them.
    """
    specs = {each["name"]: each["spec"] for each in pictures if "spec" in each}
    write_whole(orders(places, page), json.dumps(specs))


def orders(places: Places, page: str) -> Path:
    """Return the file that says what a page ordered."""
    return places.drawn / "orders" / f"{page}.json"


def ordered(places: Places, page: str) -> dict[str, dict[str, str]]:
    """Return the specifications a page ordered: by picture, by layout on a light ground."""
    return _read(orders(places, page))


def draw(places: Places, page: str, fresh: bool = False, watched: bool = False) -> None:
    """Write the drawings a page ordered, in both widths and on both grounds.

    Parameters
    ----------
    fresh : bool
        Draw again what was drawn from the same specification before.
    watched : bool
        End this process where one picture takes more than `MOST_SECONDS`: only for one that somebody begins again.
    """
    from gegenprobe.charts.render import pixels, with_dark

    for name, specs in ordered(places, page).items():
        with _watch() if watched else nullcontext():
            if PIXELS in specs:
                _files(places, name, specs)[0].write_bytes(pixels(specs[PIXELS]))
                continue
            for layout, svg in with_dark(drawings(name, specs, places.drawn, fresh)).items():
                write_whole(places.extra / "pictures" / f"{name}-{layout}.svg", svg)


def start_engine() -> None:
    """Draw an empty picture, in a process that is to draw others: the first takes far longer than any other."""
    from gegenprobe.charts.render import drawn

    with _watch():
        drawn('{"mark": "point", "data": {"values": []}, "encoding": {"x": {"field": "x", "type": "quantitative"}}}')


@contextmanager
def _watch() -> Iterator[None]:
    """End this process if what is done takes more than `MOST_SECONDS`, by a clock that is not Python's."""
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(MOST_SECONDS, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def drawings(name: str, specs: dict[str, str], kept: Path, fresh: bool = False) -> dict[str, str]:
    """Return the drawings of one picture on a light ground, as SVG, by layout.

    Parameters
    ----------
    specs : dict
        Its Vega-Lite specifications, by layout.
    kept : Path
        The folder that keeps drawings between builds.
    """
    path = kept / f"{name}.json"
    made = json.dumps([version("vl-convert-python"), FONTS, specs], sort_keys=True)
    key = hashlib.sha256(made.encode()).hexdigest()
    former = {} if fresh else _read(path)
    if former.get("key") == key and isinstance(former.get("svg"), dict):
        return former["svg"]
    from gegenprobe.charts.render import drawn

    svgs = {layout: drawn(text) for layout, text in specs.items()}
    write_whole(path, json.dumps({"key": key, "svg": svgs}))
    return svgs


def are_drawn(places: Places, page: str) -> bool:
    """Tell whether a page ordered drawings and all of them lie there, whatever they were drawn from."""
    files = (path for name, specs in ordered(places, page).items() for path in _files(places, name, specs))
    return orders(places, page).is_file() and all(path.is_file() for path in files)


def prune_pictures(places: Places, pages: Iterable[str]) -> None:
    """Remove what belongs to pictures that none of the pages shows any more."""
    pages = set(pages)
    for path in (places.drawn / "orders").glob("*.json"):
        if path.stem not in pages:
            path.unlink()
    shown = {name: specs for page in pages for name, specs in ordered(places, page).items() if PIXELS not in specs}
    files = {f"{name}{end}" for name in shown for end in (".json", ".js", "-narrow.json", "-narrow.js")}
    files |= {path.name for name, specs in shown.items() for path in _files(places, name, specs)}
    prune(places.extra / "pictures", files)
    prune(places.extra / "downloads" / "pictures", {f"{name}.csv" for name in shown})
    prune(places.drawn, {f"{name}.json" for name in shown})


def _files(places: Places, name: str, specs: dict[str, str]) -> list[Path]:
    if PIXELS in specs:
        return [places.extra / f"{name}.png"]
    return [places.extra / "pictures" / f"{name}-{layout}.svg" for layout in LAYOUTS]


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}
