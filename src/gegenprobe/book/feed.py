"""Every change of a verdict since the video, as an Atom feed.

The feed is a function of the figures: the same figures give the same bytes. An entry keeps its id for ever, whatever
the address of the book, so that a reader is told of a change once.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pandas as pd

from gegenprobe.sweep import Course, Flip, through_time
from gegenprobe.words import WORDS, long_date

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material
    from gegenprobe.book.settings import Settings

ATOM = "http://www.w3.org/2005/Atom"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "gegenprobe:changes-of-verdicts")


def flips(material: Material, courses: list[Course] | None = None) -> list[Flip]:
    """Return every change of a verdict from the day of the video to the day of knowledge, the newest first.

    `courses` are those of `through_time` over that span, where somebody has them already: they take seconds to find.
    """
    first, last = material.then_day, material.now_day
    if courses is None:
        courses = through_time(material.store, material.ledger, [first, last], first) if last > first else []
    found = [flip for course in courses for flip in course.flips]
    return sorted(found, key=lambda flip: (-flip.day.value, flip.chapter, flip.claim.id))


def feed(changes: list[Flip], material: Material, settings: Settings) -> str:
    """Return ``feed.xml``.

    Addresses are relative to the feed unless the book has one; without it the link to itself, which must be absolute,
    is left out.
    """
    ET.register_namespace("", ATOM)
    root = ET.Element(_name("feed"), {"xml:lang": "en"})
    newest = changes[0].day if changes else material.then_day
    _put(root, "id", _id("feed"))
    _put(root, "title", f"{settings.title}: changes of verdicts")
    _put(root, "subtitle", "Which claims of the video came out differently when new figures or documents appeared")
    _put(root, "updated", stamp(newest))
    _put(_put(root, "author"), "name", settings.author)
    _put(root, "link", rel="alternate", type="text/html", href=settings.absolute("index.html") or "index.html")
    if settings.address:
        _put(root, "link", rel="self", type="application/atom+xml", href=settings.absolute("feed.xml"))
    _put(root, "rights", "Text: CC BY 4.0")
    for flip in changes:
        _entry(root, flip, settings)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def stamp(day: pd.Timestamp) -> str:
    """Return a day as the beginning of that day, as RFC 3339 writes it."""
    return f"{day:%Y-%m-%d}T00:00:00Z"


def _entry(root: ET.Element, flip: Flip, settings: Settings) -> None:
    before, after = (WORDS[str(each.verdict)][0] for each in (flip.before, flip.after))
    page = f"chapters/{flip.chapter}.html#{flip.claim.id}"
    entry = _put(root, "entry")
    _put(entry, "id", _id(f"{flip.claim.id}/{flip.day:%Y-%m-%d}/{flip.after.verdict}"))
    _put(entry, "title", f"{after[:1].upper()}{after[1:]}: {flip.claim.gist.en}")
    _put(entry, "updated", stamp(flip.day))
    _put(entry, "published", stamp(flip.day))
    _put(entry, "link", rel="alternate", type="text/html", href=settings.absolute(page) or page)
    _put(entry, "category", term=flip.chapter)
    text = (
        f"As known on {long_date(flip.day)}: {after}; before that: {before}. Said: {flip.claim.stated.text}. "
        f"What turned it: {flip.reason}."
    )
    _put(entry, "summary", text, type="text")


def _put(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, _name(name), attributes)
    element.text = text
    return element


def _name(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _id(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_SPACE, name)}"
