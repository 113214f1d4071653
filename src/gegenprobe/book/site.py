"""Rendered pages and all other files become the site, which is put in place in one step, whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from gegenprobe.book.bundle import home, place_bundle
from gegenprobe.book.finishing import finish_pages
from gegenprobe.book.head import read_notes, write_sitemap
from gegenprobe.book.layout import Places
from gegenprobe.book.policy import UnsafePage
from gegenprobe.book.purge import purge
from gegenprobe.book.room import give_room
from gegenprobe.book.settings import read_settings
from gegenprobe.book.slim import ICONS, NEEDLESS, Icons
from gegenprobe.errors import BuildFailed


def gather(places: Places, again: bool = False) -> None:
    """Put the files that are part of the site as they are into a folder beside it: downloads, and what is drawn.

    Parameters
    ----------
    again : bool
        Copy also those that lie there already, from the site before the last.
    """
    if again:
        shutil.rmtree(_fresh(places), ignore_errors=True)
    _bring_up_to_date(_fresh(places), places.extra)


def finish(places: Places, again: bool = False) -> None:
    """Finish the rendered pages, all but what the drawings say, in a folder of their own.

    Parameters
    ----------
    again : bool
        Finish also those that are as they were when they were last finished.

    Raises
    ------
    BuildFailed
        If a page holds what its own policy would forbid.
    """
    pages = _pages(places)
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(places.pages, pages, ignore=shutil.ignore_patterns(*NEEDLESS))
    notes, settings = read_notes(places.generated), read_settings(places.root / "_config.yml")
    try:
        words = finish_pages(pages, notes, settings, Icons(places.pages / ICONS), places.finished, again)
    except UnsafePage as unsafe:
        raise BuildFailed(str(unsafe)) from None
    write_sitemap(pages, notes.get("built", ""), settings)
    purge(pages, words)


def publish(places: Places, gathered: bool = False, finished: bool = False) -> None:
    """Put pages and files in place of the former site; at any moment one of them is whole.

    Parameters
    ----------
    gathered, finished : bool
        Whether this build has gathered files, and finished the pages. Files that came after they were gathered are
        added.

    Raises
    ------
    BuildFailed
        As `finish` does.
    """
    fresh, former = _fresh(places), places.site.with_name("html.old")
    recover(places)
    if not gathered:
        gather(places)
    if not finished:
        finish(places)
    _bring_up_to_date(fresh, places.extra)
    (fresh / ".nojekyll").touch()
    _move(_pages(places), fresh)
    shutil.rmtree(_pages(places))
    give_room(fresh)
    place_bundle(home(places.work), fresh)
    if places.site.exists():
        places.site.replace(former)
    fresh.replace(places.site)
    if former.exists():
        former.replace(fresh)  # most of its files will be those of the next site


def _fresh(places: Places) -> Path:
    return places.site.with_name("html.next")


def _pages(places: Places) -> Path:
    return places.site.with_name("html.pages")


def _bring_up_to_date(copy: Path, folder: Path) -> None:
    """Let a folder hold what another does, but for hidden files: those are being written."""
    copy.mkdir(parents=True, exist_ok=True)
    theirs = {each.name: each for each in os.scandir(folder) if not each.name.startswith(".")}
    for each in copy.iterdir():
        if each.name not in theirs or each.is_dir() != theirs[each.name].is_dir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    for name, each in theirs.items():
        if each.is_dir():
            _bring_up_to_date(copy / name, folder / name)
        elif not _is_copy(copy / name, each.stat()):
            shutil.copy2(each.path, copy / name)


def _is_copy(path: Path, original: os.stat_result) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_mtime_ns, found.st_size) == (original.st_mtime_ns, original.st_size)


def _move(folder: Path, into: Path) -> None:
    """Move what is in a folder into another, but for files that are there already."""
    for each in folder.iterdir():
        there = into / each.name
        if not there.exists():
            each.replace(there)
        elif each.is_dir() and there.is_dir():
            _move(each, there)


def recover(places: Places) -> None:
    """Undo a publication that was interrupted between its two renamings."""
    former = places.site.with_name("html.old")
    if former.exists():
        if places.site.exists():
            shutil.rmtree(former)
        else:
            former.replace(places.site)
