"""The page of freshness: how old each series is on the day of the build, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gegenprobe.cards import anchor
from gegenprobe.charts.ages import ages
from gegenprobe.charts.picture import Picture
from gegenprobe.freshness import Age, State, judge, worst
from gegenprobe.words import long_date, plain_period

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material

MARKS = {"fresh": "supported", "warning": "outdated", "error": "contradicted", "frozen": "no-data"}
"""The shapes of verdicts serve here too: a tick, a clock, a cross, a dotted line."""
WORDS = {"fresh": "in time", "warning": "late", "error": "far too late", "frozen": "does not grow"}


def age_page(material: Material, today: pd.Timestamp) -> tuple[dict[str, Any], Picture]:
    """Return what the template of the page needs, and its picture.

    Parameters
    ----------
    today : Timestamp
        The day of the build; the page says which.
    """
    judged = judge(material.store, today)
    growing = [each for each in judged if each.state is not State.FROZEN]
    waiting = [each for each in growing if each.late > 0]
    frame = pd.DataFrame([_point(each) for each in growing])
    content = {
        "today": long_date(today),
        "worst": WORDS[worst(judged).word],
        "counts": _counts(judged),
        "all": len(judged),
        "growing": len(growing),
        "waiting": len(waiting),
        "patient": sum(each.observation is State.FRESH for each in waiting),
        "rows": [_row(material, each) for each in judged],
    }
    return content, ages(frame, today)


def _counts(judged: list[Age]) -> list[dict[str, Any]]:
    """Return how many series are in each state: by their next figure, by our last look, and by the worse of the two."""
    sides = [
        [each.observation.word for each in judged],
        [each.check.word for each in judged],
        [each.state.word for each in judged],
    ]
    rows = [{"mark": MARKS[word], "word": WORDS[word], "n": [side.count(word) for side in sides]} for word in WORDS]
    return [row for row in rows if any(row["n"])]


def _point(age: Age) -> dict[str, Any]:
    return {
        "series": age.series, "source": age.source, "newest": age.newest, "due": age.due, "days_late": age.late,
        "state": age.observation.word,
    }  # fmt: skip


def _row(material: Material, age: Age) -> dict[str, Any]:
    entry = material.store.catalogue[age.series]
    return {
        "mark": MARKS[age.state.word],
        "word": WORDS[age.state.word],
        "title": entry.title,
        "anchor": anchor(age.series),
        "newest": plain_period(age.newest, entry.frequency),
        "due": "" if age.due is None else long_date(age.due),
        "looked": "" if age.looked is None else long_date(age.looked),
        "why": age.why,
    }
