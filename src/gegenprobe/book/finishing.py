"""From pages as jupyter-book leaves them to those that are published; one that is as it was is not finished again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gegenprobe.book.head import pages_of, with_head
from gegenprobe.book.inputs import PACKAGE, digest, prune, write_whole
from gegenprobe.book.policy import secure
from gegenprobe.book.purge import classes_of
from gegenprobe.book.settings import Settings
from gegenprobe.book.slim import Icons, slimmed

_CODE = ("finishing.py", "head.py", "loading.py", "policy.py", "purge.py", "slim.py")


def finish_pages(
    site: Path, notes: dict[str, Any], settings: Settings, icons: Icons, kept: Path, again: bool = False
) -> set[str]:
    """Finish every page below `site`: its head, its icons, and last the policy that seals what stands in it.

    Parameters
    ----------
    site : Path
        A copy of what jupyter-book rendered.
    notes : dict
        As `gegenprobe.book.machines.notes` makes them.
    kept : Path
        The folder that keeps finished pages between builds, each with the hash of all it was made from.
    again : bool
        Trust none of them.

    Returns
    -------
    set of str
        Every word of the finished pages that could be a class.

    Raises
    ------
    UnsafePage
        If a page holds what its own policy would forbid.
    """
    code = digest([PACKAGE / "book" / each for each in _CODE], str(settings), notes.get("picture"), icons.digest)
    words: set[str] = set()
    names = pages_of(site)
    for name in names:
        path, copy = site / name, kept / f"{name.replace('/', '.')}.json"
        key = digest([path], name, code, notes.get("pages", {}).get(name))
        page = None if again else _read(copy, key)
        if page is None:
            text = slimmed(with_head(path.read_text(encoding="utf-8"), name, notes, settings), icons)
            text = secure(text, name)
            page = {"key": key, "text": text, "words": sorted(classes_of(text))}
            write_whole(copy, json.dumps(page, ensure_ascii=False))
        path.write_text(page["text"], encoding="utf-8")
        words.update(page["words"])
    prune(kept, {f"{name.replace('/', '.')}.json" for name in names})
    return words


def _read(path: Path, key: str) -> dict[str, Any] | None:
    try:
        page = json.loads(path.read_text(encoding="utf-8"))
        whole = page["key"] == key and isinstance(page["text"], str) and isinstance(page["words"], list)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return page if whole else None
