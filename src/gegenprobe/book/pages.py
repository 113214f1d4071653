"""The pages around the chapters: scoreboard, sources, the rules' numbers, one claim walked through; and the downloads.

Everything is written below ``book/generated``: MyST files that the hand-written pages include, and ``extra/``, whose
content the site carries at its root.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from markupsafe import Markup

from gegenprobe.book.agepage import age_page
from gegenprobe.book.attacks import attacks
from gegenprobe.book.changes import changes_page
from gegenprobe.book.downloads import published, write_downloads
from gegenprobe.book.drawings import order
from gegenprobe.book.figures import place
from gegenprobe.book.inputs import write_whole
from gegenprobe.book.judged import Judged
from gegenprobe.book.layout import Places
from gegenprobe.book.machines import write_machines
from gegenprobe.book.scoreboard import scoreboard
from gegenprobe.book.social import social_picture
from gegenprobe.book.sourcelist import sources
from gegenprobe.book.spacing import spaced
from gegenprobe.book.tolerances import tolerances
from gegenprobe.book.walk import walk
from gegenprobe.cards import badge, templates
from gegenprobe.claims import Ledger, read_ledger
from gegenprobe.display import record
from gegenprobe.findings import Finding
from gegenprobe.observations import LATEST, Store, as_day
from gegenprobe.words import long_date


@dataclass(frozen=True)
class Material:
    """What every page is made from.

    Attributes
    ----------
    store : Store
    ledger : Ledger
    then, now : dict
        Findings by claim, the primary definition first: as known on the video's day, and on the day of knowledge.
    chapters : list of str
        The chapters in the order of the book.
    build : dict
        When and from what the book was built; see `write_pages`.
    """

    store: Store
    ledger: Ledger
    then: dict[str, list[Finding]]
    now: dict[str, list[Finding]]
    chapters: list[str]
    build: dict[str, Any]

    @property
    def then_day(self) -> pd.Timestamp:
        """The day the video is judged on."""
        return next(iter(self.then.values()))[0].as_of

    @property
    def now_day(self) -> pd.Timestamp:
        """The day of knowledge of the book."""
        return next(iter(self.now.values()))[0].as_of

    @property
    def now_label(self) -> str:
        """``as known now`` for a book as of the latest day, else ``as known on …``: as the chapters say it."""
        return "as known now" if self.build.get("as_of", LATEST) == LATEST else f"as known on {long_date(self.now_day)}"


def bring_pages(places: Places, parameters: dict[str, str], commit: str, newest: str, fresh: bool) -> None:
    """Judge every claim at both dates and write the generated pages and files.

    Parameters
    ----------
    parameters : dict
        ``as_of`` and ``video_day``.
    commit, newest : str
        What the checkout stands on, and the newest day on which anything in the store became known.
    fresh : bool
        Judge again what is kept.
    """
    ledger = read_ledger(places.data / "claims")
    day = as_day(parameters["video_day"])
    judged = Judged(Store(places.data), ledger, day, places.work / "judged.pickle", fresh)
    build = {
        "built": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "commit": commit, "newest": newest,
        "as_of": parameters["as_of"],
    }  # fmt: skip
    order(places, "pages", write_pages(judged, places.generated, build))
    judged.keep()


def write_pages(judged: Judged, target: Path, build: dict[str, Any]) -> list[dict[str, Any]]:
    """Write the generated pages and downloads.

    Parameters
    ----------
    judged : Judged
        The figures, the claims, and how they are judged.
    target : Path
        The folder ``book/generated``; ``_toc.yml`` beside it gives the order of the chapters.
    build : dict
        ``built`` (when), ``commit`` (of the book) and ``as_of`` (as asked for); the first two may be absent or empty,
        and then the page says so.

    Returns
    -------
    list of dict
        The pictures of these pages and the one for shared links, as `gegenprobe.book.drawings.order` takes them.
    """
    store, ledger = judged.store, judged.ledger
    then, now = (_by_claim(judged.on(day)) for day in (judged.video_day, build.get("as_of", LATEST)))
    material = Material(store, ledger, then, now, chapter_order(target.parent / "_toc.yml", ledger), dict(build))
    target.mkdir(parents=True, exist_ok=True)
    through_time = judged.courses(material.now_day)
    changes, strip = changes_page(through_time, material)
    freshness, lateness = age_page(material, as_day(str(build.get("built") or f"{store.newest:%Y-%m-%d}")[:10]))
    pictures = {name: record(each) for name, each in (("changes", strip), ("freshness", lateness)) if each is not None}
    figures = {name: Markup(place(target / "extra", each, "")) for name, each in pictures.items()}
    pages = {
        "scoreboard": page("scoreboard.html", **scoreboard(material)),
        "verdicts": page("verdicts.html"),
        "changes": page("changes.html", picture=figures.get("changes", ""), **changes),
        "freshness": page("freshness.html", picture=figures.get("freshness", ""), **freshness),
        "sources": page("sources.html", **sources(material)),
        "method": page("method.html", **tolerances(material)),
        "walk": page("walk.html", **walk(material)),
        "attacks": page("attacks.html", **tried) if (tried := attacks(target.parent.parent)) else "",
    }
    for name, text in pages.items():
        write_whole(target / f"{name}.md", text)
    records = published(material)
    write_downloads(material, target / "extra", records)
    write_machines(material, target, records, through_time)
    return [*pictures.values(), social_picture(material)]


def page(template: str, **content: Any) -> str:
    """Return a MyST file from a template whose blocks ``part_…`` are HTML and whose ``title_…`` stand before them.

    A part becomes a raw directive, so that nothing in the data is ever read as MyST. Its backticks are written as
    entities: otherwise a text from the data could end the directive.
    """
    loaded = templates().get_template(template)
    context = loaded.new_context({"badge": badge, **content})
    lines: list[str] = []
    for name, block in loaded.blocks.items():
        text = "".join(block(context)).strip()
        if name.startswith("title_"):
            lines += [f"## {text}", ""]
        elif text:
            lines += ["``````{raw} html", spaced(text).replace("`", "&#96;"), "``````", ""]
    return "\n".join(lines)


def chapter_order(contents: Path, ledger: Ledger) -> list[str]:
    """Return the ledger's chapters in the order of the book's contents; those not in it come last."""
    order: list[str] = []
    if contents.is_file():
        parts = yaml.safe_load(contents.read_text(encoding="utf-8")).get("parts", [])
        files = [chapter["file"] for part in parts for chapter in part.get("chapters", [])]
        order = [Path(each).name for each in files if each.startswith("chapters/")]
    return [name for name in order if name in ledger.chapters] + [name for name in ledger.chapters if name not in order]


def _by_claim(findings: list[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(each.claim.id, []).append(each)
    for claim in found:
        found[claim].sort(key=lambda each: each.definition is not None and not each.definition.primary)
    return found
