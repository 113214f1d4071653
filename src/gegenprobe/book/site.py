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


def finish(places: Places, again: bool = False) -> None:
    """Finish the rendered pages, all but what the drawings say, in a folder beside the site.

    Parameters
    ----------
    again : bool
        Finish also those that are as they were when they were last finished.

    Raises
    ------
    BuildFailed
        If a page holds what its own policy would forbid.
    """
    fresh = _fresh(places)
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(places.pages, fresh)
    notes, settings = read_notes(places.generated), read_settings(places.root / "_config.yml")
    try:
        words = finish_pages(fresh, notes, settings, Icons(fresh / ICONS), places.finished, again)
    except UnsafePage as unsafe:
        raise BuildFailed(str(unsafe)) from None
    write_sitemap(fresh, notes.get("built", ""), settings)
    drop_needless(fresh)
    purge(fresh, words)


def publish(places: Places, finished: bool = False) -> None:
    """Put the rendered site in place of the former one; at any moment one of them is whole.

    Parameters
    ----------
    finished : bool
        Whether this build has finished the pages already; what a former one left is not trusted.

    Raises
    ------
    BuildFailed
        As `finish` does.
    """
    fresh, former = _fresh(places), places.site.with_name("html.old")
    recover(places)
    if not finished:
        finish(places)
    shutil.copytree(places.extra, fresh, dirs_exist_ok=True)
    (fresh / ".nojekyll").touch()
    give_room(fresh)
    place_bundle(home(places.work), fresh)
    if places.site.exists():
        places.site.replace(former)
    fresh.replace(places.site)
    shutil.rmtree(former, ignore_errors=True)


def _fresh(places: Places) -> Path:
    return places.site.with_name("html.new")


def recover(places: Places) -> None:
    """Undo a publication that was interrupted between its two renamings."""
    former = places.site.with_name("html.old")
    if former.exists():
        if places.site.exists():
            shutil.rmtree(former)
        else:
            former.replace(places.site)
