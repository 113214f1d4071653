"""Pictures drawn, each once for what it shows: what was drawn from the same specification is taken as it is."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gegenprobe.book.inputs import write_whole
from gegenprobe.charts.render import drawn


def drawings(picture: dict[str, Any], kept: Path, fresh: bool = False) -> dict[str, str]:
    """Return the drawings of a picture on a light ground, as SVG, by layout; none of one that is missing.

    Parameters
    ----------
    picture : dict
        As `gegenprobe.display.record` makes it.
    kept : Path
        The folder that keeps them between builds.
    fresh : bool
        Draw again what is kept.
    """
    if "spec" not in picture:
        return {}
    path = kept / f"{picture['name']}.json"
    made = json.dumps([version("vl-convert-python"), picture["spec"]], sort_keys=True)
    key = hashlib.sha256(made.encode()).hexdigest()
    former = {} if fresh else _read(path)
    if former.get("key") == key:
        return former["svg"]
    svgs = {layout: drawn(text) for layout, text in picture["spec"].items()}
    write_whole(path, json.dumps({"key": key, "svg": svgs}))
    return svgs


def _read(path: Path) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return kept if isinstance(kept, dict) and isinstance(kept.get("svg"), dict) else {}
    except (OSError, ValueError):
        return {}
