"""What a chapter was made from, by content: a chapter is executed again exactly when one of these changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gegenprobe
from gegenprobe.book.layout import Places

PACKAGE = Path(gegenprobe.__file__).parent
_RACY = 2_000_000_000
"""Nanoseconds within which a file may be written twice and bear the same time."""
_DIGESTS: dict[Path, tuple[tuple[int, int, int], bytes]] = {}
ALWAYS = ("catalogue.yml", "facts.csv", "areas.csv")


def digest(paths: Iterable[Path], *also: Any) -> str:
    """Return one hash over the contents of files (a missing one counts as such) and of plain values."""
    whole = hashlib.sha256()
    for path in sorted(set(paths)):
        whole.update(path.name.encode())
        try:
            whole.update(_digest_of(path))
        except FileNotFoundError:
            whole.update(b"missing")
    whole.update(json.dumps(also, sort_keys=True, default=str).encode())
    return whole.hexdigest()


def _digest_of(path: Path) -> bytes:
    """Return the hash of one file; within a process, one that has long lain untouched is read once."""
    about = path.stat()
    mark = about.st_mtime_ns, about.st_size, about.st_ino
    kept = _DIGESTS.get(path)
    if kept is None or kept[0] != mark:
        kept = mark, hashlib.sha256(path.read_bytes()).digest()
        if time.time_ns() - about.st_mtime_ns > _RACY:
            _DIGESTS[path] = kept
    return kept[1]


def chapter_inputs(places: Places, name: str, read: Iterable[str], modules: Iterable[str]) -> list[Path]:
    """Return the files one chapter depends on: notebook, ledger, the figures it read, the modules it used, the lock."""
    return [
        places.notebooks / f"{name}.ipynb",
        places.data / "claims" / f"{name}.yml",
        *(places.data / each for each in ALWAYS),
        *(places.data / "observations" / f"{series}.csv" for series in read),
        *(PACKAGE / each for each in modules),
        *(PACKAGE / "templates").glob("*.html"),
        places.root / "requirements.lock",
    ]


def chapter_digest(
    places: Places, name: str, record: dict[str, Any], parameters: dict[str, str], horizon: list[str]
) -> str:
    """Return the hash of all inputs of a chapter.

    Parameters
    ----------
    record : dict
        ``read`` (series) and ``modules`` (files of the package), as an earlier execution noted them.
    horizon : list of str
        First and newest day of knowledge of the whole store, which decide what ``latest`` means.
    """
    files = chapter_inputs(places, name, record["read"], record["modules"])
    return digest(files, parameters, horizon, sys.version_info[:2])


def noted(notebook: dict[str, Any]) -> dict[str, list[str]]:
    """Return what an executed chapter says it read and used, from the metadata of its outputs."""
    read: set[str] = set()
    modules: set[str] = set()
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            note = output.get("metadata", {}).get("gegenprobe", {})
            read.update(note.get("read", ()))
            modules.update(note.get("modules", ()))
    return {"read": sorted(read), "modules": sorted(modules)}


def read_record(places: Places, name: str) -> dict[str, Any] | None:
    """Return the record kept beside an executed copy; None where there is none, or it is not whole."""
    path = places.executed / f"{name}.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return record if {"read", "modules", "digest"} <= record.keys() else None
    except (OSError, ValueError):
        return None


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is either the old or the new one, never half; one that says the same is not touched.

    Sphinx goes by the times of files: a page written again as it was would be read and rendered again.
    """
    content = text.encode()
    with contextlib.suppress(OSError):
        if path.read_bytes() == content:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def prune(folder: Path, kept: set[str]) -> None:
    """Remove the files of a folder that are not among those named."""
    for path in folder.glob("*"):
        if path.is_file() and path.name not in kept:
            path.unlink()
