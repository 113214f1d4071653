"""What the book offers to machines beside its tables: JSON-LD, feed, archive; and how to cite it.

Everything here is written below ``book/generated`` like the pages; `gegenprobe.book.head` puts the notes into the heads
of the rendered pages.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gegenprobe.book import head
from gegenprobe.book.archive import write_archive
from gegenprobe.book.citing import citing, references
from gegenprobe.book.claimreview import reviews
from gegenprobe.book.datasets import ARCHIVE, datasets
from gegenprobe.book.feed import feed, flips
from gegenprobe.book.inputs import write_whole
from gegenprobe.book.settings import read_settings
from gegenprobe.book.social import spoken, tally

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material
    from gegenprobe.book.settings import Settings
    from gegenprobe.sweep import Course


def write_machines(
    material: Material, target: Path, records: dict[str, bytes], courses: list[Course] | None = None
) -> None:
    """Write feed, archive, citation, bibliography and the notes for the pages' heads below `target`.

    Parameters
    ----------
    target : Path
        The folder ``book/generated`` of a checkout; its ``_config.yml`` says where the book is published, if anywhere.
    records : dict
        The files of records, as `gegenprobe.book.downloads.published` gives them.
    courses : list of Course, optional
        Every claim through time, for the feed, where somebody has found them already.
    """
    settings = read_settings(target.parent.parent / "_config.yml")
    extra = target / "extra"
    extra.mkdir(parents=True, exist_ok=True)
    texts = {
        extra / head.FEED: feed(flips(material, courses), material, settings),
        target / "citing.md": citing(material, settings),
        target / "references.bib": references(material),
        target / head.NOTES: json.dumps(notes(material, settings), ensure_ascii=False, indent=1),
    }
    for path, text in texts.items():
        write_whole(path, text)
    write_archive(material, settings, records, extra / ARCHIVE)


def notes(material: Material, settings: Settings) -> dict[str, Any]:
    """Return what the heads of the pages say that only the findings know: descriptions and JSON-LD, by page."""
    picture = spoken(tally(material), material)
    pages: dict[str, dict[str, Any]] = {
        "index.html": {"description": picture},
        "sources.html": {"graph": datasets(material, settings)},
    }
    for name in material.chapters:
        summary = material.ledger.chapters[name].summary
        pages[f"chapters/{name}.html"] = {
            "description": head.shortened(" ".join(summary.split())),
            "graph": reviews(material, name, settings),
        }
    return {"built": str(material.build.get("built", "")), "picture": picture, "pages": pages}
