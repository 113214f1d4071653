"""What changed since the video: every turn of a verdict, the release that caused it, and all claims month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gegenprobe.cards import anchor
from gegenprobe.charts.picture import Picture
from gegenprobe.charts.sweep import verdict_strip
from gegenprobe.sweep import Course, Flip, verdicts_table
from gegenprobe.words import WORDS, amount, long_date, plain_period

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material


def changes_page(found: list[Course], material: Material) -> tuple[dict[str, Any], Picture | None]:
    """Return what the template of the page needs, and the strip of all claims."""
    flips = sorted(
        (flip for course in found for flip in course.flips), key=lambda flip: (flip.day, flip.claim.id), reverse=True
    )
    turned = {flip.claim.id for flip in flips}
    content = {
        "total": len(found),
        "turned": len(turned),
        "then_day": long_date(material.then_day),
        "now_day": long_date(material.now_day),
        "flips": [_flip(flip, material) for flip in flips],
    }
    title = f"{len(turned)} of {len(found)} verdicts turned at least once since the video"
    return content, verdict_strip(verdicts_table(found), title) if found else None


def _flip(flip: Flip, material: Material) -> dict[str, Any]:
    return {
        "day": long_date(flip.day),
        "gist": flip.claim.gist.en,
        "link": f"chapters/{flip.chapter}.html#{flip.claim.id}",
        "before": {"verdict": str(flip.before.verdict), "word": WORDS[str(flip.before.verdict)][0]},
        "after": {"verdict": str(flip.after.verdict), "word": WORDS[str(flip.after.verdict)][0]},
        "reason": flip.reason,
        "releases": [_release(each, material) for each in flip.releases],
    }


def _release(release, material: Material) -> dict[str, str]:
    if release.fact:
        return {"title": release.title, "anchor": "", "period": "", "numbers": ""}
    entry = material.store.catalogue[release.series]
    old, new = (
        None if each is None else amount(each, entry.units.split(",")[0], 2) for each in (release.old, release.new)
    )
    return {
        "title": release.title + (f" ({release.area})" if release.area else ""),
        "anchor": anchor(release.series),
        "period": plain_period(release.date, entry.frequency) if release.date is not None else "",
        "numbers": f"{old} → {new}" if old else (new or ""),
    }
