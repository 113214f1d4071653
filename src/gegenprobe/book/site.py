"""Rendered pages and all other files become the site, which is put in place in one step, whole."""

from __future__ import annotations

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
from gegenprobe.book.slim import ICONS, Icons, drop_needless
from gegenprobe.errors import BuildFailed


def gather(places: Places) -> None:
    """Put the files that are part of the site as they are into a folder beside it: drawings and downloads."""
    fresh = _fresh(places)
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(places.extra, fresh)
    (fresh / ".nojekyll").touch()


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
    shutil.copytree(places.pages, pages)
    notes, settings = read_notes(places.generated), read_settings(places.root / "_config.yml")
    try:
        words = finish_pages(pages, notes, settings, Icons(pages / ICONS), places.finished, again)
    except UnsafePage as unsafe:
        raise BuildFailed(str(unsafe)) from None
    write_sitemap(pages, notes.get("built", ""), settings)
    drop_needless(pages)
    purge(pages, words)


def publish(places: Places, gathered: bool = False, finished: bool = False) -> None:
    """Put pages and files in place of the former site; at any moment one of them is whole.

    Parameters
    ----------
    gathered, finished : bool
        Whether this build has gathered the files, and finished the pages; what a former one left is not trusted.

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
    _move(_pages(places), fresh)
    shutil.rmtree(_pages(places))
    give_room(fresh)
    place_bundle(home(places.work), fresh)
    if places.site.exists():
        places.site.replace(former)
    fresh.replace(places.site)
    shutil.rmtree(former, ignore_errors=True)


def _fresh(places: Places) -> Path:
    return places.site.with_name("html.new")


def _pages(places: Places) -> Path:
    return places.site.with_name("html.pages")


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
