"""What changed since the video: every turn of a verdict, the release that caused it, and all claims month by month."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from gegenprobe.cards import anchor, side
from gegenprobe.charts.picture import Picture
from gegenprobe.charts.sweep import verdict_strip
from gegenprobe.sweep import Course, Flip, Release, verdicts_table
from gegenprobe.words import WORDS, long_date, plain_period

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material

NARROW = 3
"""Columns of a table by month in which a verdict's word finds no room on a phone: its mark stands alone there."""


def changes_page(found: list[Course], material: Material) -> tuple[dict[str, Any], Picture | None]:
    """Return what the template of the page needs, and the strip of the claims whose verdict turned."""
    flips = sorted(
        (flip for course in found for flip in course.flips), key=lambda flip: (flip.day, flip.claim.id), reverse=True
    )
    turns = Counter(flip.claim.gist.en for flip in flips)
    days = list(found[0].findings) if found else []
    content = {
        "total": len(found),
        "turned": len({flip.claim.id for flip in flips}),
        "often": turns.most_common(1)[0] if turns else ("", 0),
        "then_day": long_date(material.then_day),
        "now_day": long_date(material.now_day),
        "flips": [_flip(flip, material) for flip in flips],
        "months": [{"letter": f"{day:%B}"[0], "name": f"{day:%B %Y}"} for day in days],
        "years": [(year, len(list(group))) for year, group in groupby(day.year for day in days)],
        "chapters": _chapters(found, days, material),
    }
    title = f"{content['turned']} of {len(found)} verdicts turned at least once since the video"
    return content, verdict_strip(verdicts_table(found), title) if found else None


def _flip(flip: Flip, material: Material) -> dict[str, Any]:
    return {
        "day": long_date(flip.day),
        "gist": flip.claim.gist.en,
        "link": f"chapters/{flip.chapter}.html#{flip.claim.id}",
        "before": side(flip.before),
        "after": side(flip.after),
        "reason": flip.reason,
        "releases": [_release(each, material) for each in flip.releases],
    }


def _release(release: Release, material: Material) -> dict[str, str]:
    if release.fact:
        return {"title": release.title, "anchor": "", "period": "", "numbers": ""}
    frequency, (new, old) = material.store.catalogue[release.series].frequency, release.numbers
    return {
        "title": release.title + (f" ({release.area})" if release.area else ""),
        "anchor": anchor(release.series),
        "period": plain_period(release.date, frequency) if release.date is not None else "",
        "numbers": f"{old} → {new}" if old else new,
    }


def _chapters(found: list[Course], days: list[pd.Timestamp], material: Material) -> list[dict[str, Any]]:
    """Return every claim in the order of the book, with the spans over which its verdict stayed the same."""
    order = sorted(found, key=lambda course: (course.claim.position, course.claim.id))
    return [
        {
            "title": material.ledger.chapters[name].title,
            "claims": [
                {
                    "gist": course.claim.gist.en,
                    "link": f"chapters/{name}.html#{course.claim.id}",
                    "spans": _spans(course, days),
                }
                for course in order
                if course.chapter == name
            ],
        }
        for name in material.chapters
    ]


def _spans(course: Course, days: list[pd.Timestamp]) -> list[dict[str, Any]]:
    spans = []
    for verdict, group in groupby(days, key=lambda day: str(course.findings[day].verdict)):
        held = list(group)
        spans.append(
            {
                "verdict": verdict,
                "word": WORDS[verdict][0],
                "length": len(held),
                "narrow": len(held) <= NARROW,
                "days": " to ".join(dict.fromkeys(long_date(day) for day in (held[0], held[-1]))),
            }
        )
    return spans
