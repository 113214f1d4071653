"""The choices behind a definition, in words: what distinguishes one reading of a claim from another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from gegenprobe.findings import Finding
from gegenprobe.observations import View
from gegenprobe.words import long_date, plain_period

MOST_ROWS = 8
_ENOUGH = 4  # rows from which on a choice that one reading alone makes is left to its name
_MOST_PARTS = 3
_WORDS = {
    "by-month": "by month", "by-quarter": "by quarter", "by-year": "by calendar year", "rolling-sum": "rolling sum",
    "by-fiscal-year": "by fiscal year", "year-to-date": "sum since January", "rolling-mean": "rolling mean",
    "largest-of": "the largest of several", "smallest-of": "the smallest of several", "fact": "a published number",
    "newest-fact": "the newest published number",
    "rank-among": "place among areas", "last-at-least": "when last as high", "last-at-most": "when last as low",
    "first-crossing": "when first crossed", "rank": "place in time", "members": "parties in force",
    "share-where": "share of all dates", "percentile": "share of all dates", "first-print": "first print",
    "maximum": "highest of a span", "minimum": "lowest of a span", "mean": "mean of a span",
    "median": "median of a span", "change": "change", "growth": "growth", "longest-run-below": "longest run",
}  # fmt: skip
"""What is not here is only arithmetic on the way."""
_GROUPS = {
    "advanced": "advanced economies", "g7": "the G7", "cptpp": "parties to the pact", "countries": "all countries",
}  # fmt: skip
_ORDER = ("series", "area", "areas", "among", "measure", "at", "on", "before", "start", "to", "end", "over")
"""Rows in this order, whatever else there is after them."""
_PERIODS = frozenset({"at", "on", "before", "start", "to", "end", "over"})
_BEFORE = {"start": "from ", "to": "to ", "end": "to ", "before": "before "}
_NAMED = {
    "video-day": "the day of the video", "this-year": "the current year", "last-year": "the year before",
    "latest": "the newest figure", "first": "the first figure",
}  # fmt: skip
_ASIDE = re.compile(r" \([^)]*\)")
_UNITS = {"y": "year", "q": "quarter", "m": "month", "d": "day"}
Choice = tuple[int, str, str]
"""Place of its kind, what it is sorted by within that, and words."""
_FEW = 4  # areas that are named one by one; more are counted


def choices_made(held: Sequence[Finding], view: View) -> list[tuple[str, list[int]]]:
    """Return the choices on which definitions differ, and which of them make each.

    Parameters
    ----------
    held : sequence of Finding
        One a definition, in the order of the picture.
    view : View
        For the titles of series, the names of areas and the days of facts.

    Returns
    -------
    list of (words, places)
        Places count from 0 in the order given. Choices that always come together share a row; at most `MOST_ROWS`,
        and those that several definitions share before those of one alone.
    """
    measures = [each.definition.measure.model_dump(exclude_defaults=True) for each in held]
    words = _Words(measures, view)
    made: dict[Choice, set[int]] = {}
    for place, measure in enumerate(measures):
        for choice in words.of(measure):
            made.setdefault(choice, set()).add(place)
    rows: dict[tuple[int, ...], list[Choice]] = {}
    for choice, places in sorted(made.items()):
        if len(places) < len(held):
            rows.setdefault(tuple(sorted(places)), []).append(choice)
    shown = sorted(rows, key=lambda places: (-len(places), rows[places]))
    shared = sum(len(places) > 1 for places in shown)
    shown = shown[: min(max(shared, _ENOUGH), MOST_ROWS)]
    shown.sort(key=lambda places: rows[places])
    return [(_joined(rows[places]), list(places)) for places in shown]


def _joined(choices: list[Choice]) -> str:
    return "; ".join(list(dict.fromkeys(text for *_, text in choices))[:_MOST_PARTS])


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping in a measure, however deep."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, (list, tuple)):
        for each in node:
            yield from _nodes(each)


def _shortest(title: str, titles: set[str]) -> str:
    """Return as many of a title's parts as tell it from the others."""
    parts = title.split(", ")
    for count in range(1, len(parts) + 1):
        short = ", ".join(parts[:count])
        if not any(other.startswith(short) for other in titles - {title}):
            break
    return short[:1].upper() + short[1:]


class _Words:
    """Puts the arguments of measures into words, as short as the other definitions of the claim allow."""

    def __init__(self, measures: list[dict[str, Any]], view: View):
        self._view = view
        nodes = list(_nodes(measures))
        used = {node["series"] for node in nodes if isinstance(node.get("series"), str)}
        titles = {each: _ASIDE.sub("", view.entry(each).title) for each in used}
        heads = {title.split(": ")[0] for title in titles.values() if ": " in title}
        head = f"{heads.pop()}: " if len(heads) == 1 else ""
        whole = {each: title.removeprefix(head) for each, title in titles.items()}
        self._titles = {each: _shortest(title, set(whole.values())) for each, title in whole.items()}
        blocs = [set(node["areas"]) for node in nodes if len(node.get("areas") or ()) > _FEW]
        counted = Counter(area for bloc in blocs for area in bloc)
        self._everywhere = {area for area, count in counted.items() if count > 1}

    def of(self, measure: dict[str, Any]) -> set[Choice]:
        """Return the choices in one measure."""
        found = set()
        for node in _nodes(measure):
            for key, value in node.items():
                text = self._text(key, value)
                if text:
                    kind = "measure" if key == "quantity" else key
                    by = str(value) if key in _PERIODS else text
                    found.add((_ORDER.index(kind) if kind in _ORDER else len(_ORDER), by, text))
        return found

    def _text(self, key: str, value: Any) -> str:
        match key:
            case "series":
                return self._titles[value]
            case "area":
                return "" if value == "each" else self._area(value)
            case "areas":
                return self._bloc(value)
            case "among":
                return _GROUPS.get(value) or "" if isinstance(value, str) else f"among {len(value)} areas"
            case "measure" | "quantity":
                return _WORDS.get(value, "")
            case _ if key in _PERIODS:
                return self._when(key, str(value))
            case "level":
                return f"a level of {value:g}"
            case "how":
                return "" if value == "sum" else f"{value} of each period"
        return ""

    def _area(self, code: str) -> str:
        areas = self._view.store.areas
        return re.split(r",| \(| as in ", areas.at[code, "name"])[0] if code in areas.index else code

    def _bloc(self, areas: Sequence[str]) -> str:
        if len(areas) <= _FEW:
            return ", ".join(map(self._area, areas))
        without = self._everywhere - set(areas)
        if 0 < len(without) <= _FEW:
            return f"without {', '.join(map(self._area, sorted(without)))}"
        return f"{len(areas)} areas"

    def _when(self, key: str, text: str) -> str:
        if text.startswith("-") or key == "over":
            count, unit = text.lstrip("-")[:-1], _UNITS[text[-1]]
            span = f"{count} {unit}{'' if count == '1' else 's'}"
            return f"over {span}" if key == "over" else f"against {span} before"
        period = self._period(text)
        if key in ("at", "on") and text not in _NAMED:
            return f"{'on' if len(text) == 10 else 'in'} {period}"
        return _BEFORE.get(key, "") + period

    def _period(self, text: str) -> str:
        fact = self._view.store.facts.get(text)
        if fact is not None:
            return long_date(fact.event_date if fact.event_date is not None else fact.known_since)
        if text in _NAMED:
            return _NAMED[text]
        if "Q" in text:
            return text.replace("Q", " Q")
        return text if len(text) == 4 else plain_period(pd.Timestamp(text), "monthly" if len(text) == 7 else "daily")
