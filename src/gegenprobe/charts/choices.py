"""The choices behind a definition, in words: what distinguishes one reading of a claim from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from gegenprobe.findings import Finding
from gegenprobe.observations import View

_MOST_CHOICES = 14
_SKIPPED = frozenset({"times", "count", "because", "window", "span", "give", "also"})
_WORDS = {
    "by-month": "by month", "by-quarter": "by quarter", "by-year": "by calendar year", "rolling-sum": "rolling sum",
    "by-fiscal-year": "by fiscal year", "year-to-date": "since January", "rolling-mean": "rolling mean",
    "difference-of": "difference", "ratio-of": "ratio", "sum-of": "sum", "product-of": "product", "fact": "a document",
    "newest-fact": "the newest document",
    "rank-among": "rank among areas", "documented": "documents", "sum-areas": "", "where": "", "between": "",
}  # fmt: skip
_GROUPS = ("series", "area", "measure", "at", "start", "to", "end", "over")
"""Choices in this order, whatever else there is after them."""
_BEFORE = {"start": "from", "at": "at", "to": "to", "end": "to", "over": "over", "level": "level", "before": "before"}
_UNITS = {"y": "year", "q": "quarter", "m": "month", "d": "day"}
_FEW_AREAS = 4


def choices_made(held: Sequence[Finding], view: View) -> pd.DataFrame:
    """Return which choice each definition makes, for every choice on which they differ.

    Parameters
    ----------
    held : sequence of Finding
        One a definition, in the order of the picture.
    view : View
        For the titles of series.

    Returns
    -------
    DataFrame
        ``choice`` (words), ``place`` (from 1, in the order given), ``primary``; at most fourteen choices.
    """
    measures = [each.definition.measure.model_dump(exclude_defaults=True) for each in held]
    blocs = [areas for areas in _areas(measures) if len(areas) > _FEW_AREAS]
    counted = Counter(area for areas in blocs for area in areas)
    everywhere = {area for area, count in counted.items() if count > 1}  # what others leave something out of
    made: dict[tuple[int, str], set[int]] = {}
    for place, measure in enumerate(measures, 1):
        for choice in _flat(measure, view, everywhere):
            made.setdefault(choice, set()).add(place)
    primary = {place for place, each in enumerate(held, 1) if each.definition.primary}
    telling = {choice: places for choice, places in made.items() if choice[1] and len(places) < len(held)}
    # Where there are too many, those that several definitions share tell most.
    shown = sorted(telling, key=lambda choice: (-len(telling[choice]), choice))[:_MOST_CHOICES]
    rows = [
        {"choice": choice[1], "place": place, "primary": place in primary}
        for choice in sorted(shown)
        for place in sorted(telling[choice])
    ]
    return pd.DataFrame(rows, columns=["choice", "place", "primary"]).drop_duplicates(["choice", "place"])


def _areas(node: Any) -> Iterator[set[str]]:
    """Yield every list of areas in a measure."""
    if isinstance(node, dict):
        if isinstance(node.get("areas"), (list, tuple)):
            yield set(node["areas"])
        for value in node.values():
            yield from _areas(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _areas(value)


def _flat(node: Any, view: View, everywhere: set[str], key: str = "") -> set[tuple[int, str]]:
    """Return the choices in one definition's measure: the place of their kind, and words."""
    kind = {"quantity": "measure", "areas": "area"}.get(key, key)
    rank = _GROUPS.index(kind) if kind in _GROUPS else len(_GROUPS)
    if key in _SKIPPED:
        return set()
    if isinstance(node, dict):
        return set().union(*(_flat(value, view, everywhere, name) for name, value in node.items()))
    if key == "areas":
        without = everywhere - set(node)
        few = f"without {' '.join(sorted(without))}" if 0 < len(without) <= _FEW_AREAS else f"{len(node)} areas"
        return {(rank, few if len(node) > _FEW_AREAS else " ".join(node))}
    if isinstance(node, (list, tuple)):
        return set().union(*(_flat(each, view, everywhere, key) for each in node))
    if key == "series":
        title = view.entry(node).title.split(":")[-1].split("(")[0].split(",")[0].strip()
        return {(rank, title[:1].upper() + title[1:])}
    if key in ("measure", "quantity"):
        return {(rank, _WORDS.get(node, node))}
    if key in ("fact", "facts", "supports", "in_substance", "contradicts", "neither", "condition"):
        return set()
    return {(rank, f"{_BEFORE.get(key, '')} {_period(str(node))}".strip())}


def _period(text: str) -> str:
    """Return ``one year before`` for ``-1y``, and any other period as it stands."""
    if text.startswith("-") and text[-1] in _UNITS and text[1:-1].isdigit():
        count = int(text[1:-1])
        return f"{count} {_UNITS[text[-1]]}{'s' if count > 1 else ''} before"
    return text
