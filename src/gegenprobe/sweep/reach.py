"""Which figures a reading of a fixed period can see: what is about later dates cannot change it, so it is no input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gegenprobe.measures import Measure
from gegenprobe.measures.periods import LATEST, end_of, is_fixed, start_of

_ENDS = ("at", "to", "before", "on")


@dataclass(frozen=True)
class Reach:
    """What of the figures a measure can see.

    Attributes
    ----------
    last : Timestamp or None
        The last date whose figures can change it; None where that moves with the day of knowledge.
    first_days : tuple of Timestamp
        The first day of each fixed period: until then a figure about it is none yet, afterwards it is missing.
    """

    last: pd.Timestamp | None
    first_days: tuple[pd.Timestamp, ...]


def reach(measure: Measure, plain: dict[str, Any], video_day: pd.Timestamp) -> Reach:
    """Return what of the figures a measure can see; `plain` is the same measure as plain values, defaults included."""
    ends: set[str] = set()
    starts: set[str] = set()
    whole_years = False
    for node in nodes(plain):
        whole_years |= str(node.get("quantity")).startswith("by-")
        starts.add(node.get("start") or "")
        ends.update(node[key] for key in _ENDS if node.get(key) and (key, node[key]) != ("to", "at"))
    fixed = {each for each in ends | starts if each and is_fixed(each)}
    first_days = tuple(sorted({start_of(each, video_day, video_day) for each in fixed}))
    if not measure.is_pinned or not ends <= fixed or not ends or LATEST in starts:
        return Reach(None, first_days)
    last = max(end_of(each, video_day, video_day) for each in fixed)
    # A quarter or a year made of months goes on after the day that names it.
    return Reach(pd.Timestamp(last.year, 12, 31) if whole_years else last, first_days)


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping in a measure written as plain values, however deep."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, (list, tuple)):
        for each in node:
            yield from nodes(each)
