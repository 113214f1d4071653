"""What one reading of a claim rests on, by content: two days with the same inputs need only one measurement.

What was known of a series on a day is the beginning of its rows in the order in which they became known. So one running
hash over that order gives the hash of every day, and a refresh that only adds later rows leaves the hashes of earlier
days as they are: cases kept from an earlier sweep stay good.
"""

from __future__ import annotations

import hashlib
import json
import sys
from bisect import bisect_right
from collections import OrderedDict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import gegenprobe
from gegenprobe.claims import Claim, Definition
from gegenprobe.errors import NoData
from gegenprobe.observations import Store, View
from gegenprobe.rows import Rows
from gegenprobe.sweep.reach import Reach, reach

MOST_VIEWS = 24
"""Days whose figures a process keeps at hand."""
_SETTLED = 40
"""Rows from which on a series keeps its frequency."""
_CALENDAR = ("this-year", "last-year")
_CODE = (
    "catalogue.py", "claims.py", "days.py", "facts.py", "files.py", "findings.py", "observations.py", "rows.py",
    "tables.py", "values.py", "verdicts.py", "measures/*.py",
    "sweep/cases.py", "sweep/inputs.py", "sweep/parts.py", "sweep/reach.py",
)  # fmt: skip


def _code_digest() -> str:
    home = Path(gegenprobe.__file__).parent
    whole = hashlib.sha256(f"{sys.version_info[:2]} {pd.__version__} {np.__version__}".encode())
    for pattern in _CODE:
        for path in sorted(home.glob(pattern)):
            whole.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


CODE = _code_digest()
"""Hash of every module that can change a verdict, as it was when this process loaded them."""


class Known:
    """The rows of one series in the order in which they became known."""

    def __init__(self, table: np.ndarray):
        self._table = table
        self._days = np.ascontiguousarray(table["known"])
        self._running: list[tuple[int, Any]] = [(0, hashlib.sha256())]
        self._parts: dict[pd.Timestamp, Known] = {}
        self._counts: dict[pd.Timestamp, int] = {}

    @classmethod
    def of(cls, rows: dict[str, Rows]) -> Known:
        """Return the rows of one series, given by area."""
        sizes = [len(each.value) for each in rows.values()]
        table = np.empty(sum(sizes), dtype=[("area", "S8"), ("date", "M8[s]"), ("known", "M8[s]"), ("value", "f8")])
        table["area"] = np.repeat([area.encode() for area in rows], sizes)
        table["date"] = np.concatenate([each.dates for each in rows.values()])
        table["known"] = np.concatenate([each.days for each in rows.values()])
        table["value"] = np.concatenate([each.value for each in rows.values()])
        return cls(table[np.argsort(table["known"], kind="stable")])

    def until(self, date: pd.Timestamp) -> Known:
        """Return only the rows about dates up to this one."""
        if date not in self._parts:
            self._parts[date] = Known(self._table[self._table["date"] <= date.to_datetime64()])
        return self._parts[date]

    def count(self, day: pd.Timestamp) -> int:
        """Return how many rows were known by a day."""
        if day not in self._counts:  # asked again by every reading of the series
            self._counts[day] = int(self._days.searchsorted(day.to_datetime64(), side="right"))
        return self._counts[day]

    def digest(self, count: int) -> bytes:
        """Return the hash of the first rows to become known."""
        place = bisect_right(self._running, count, key=lambda pair: pair[0])
        start, running = self._running[place - 1]
        if start < count:
            running = running.copy()
            running.update(self._table[start:count].tobytes())
            self._running.insert(place, (count, running))
        return running.digest()

    def days(self, first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
        """Return the days after `first`, up to `last`, on which something became known."""
        inside = self._days[self.count(first) : self.count(last)]
        return [pd.Timestamp(each) for each in np.unique(inside)]


class Figures:
    """What a store holds, by content. One for each store: the hashes are worked out once."""

    def __init__(self, store: Store):
        self.store = store
        self._known: dict[str, Known | str] = {}
        self._views: OrderedDict[pd.Timestamp, View] = OrderedDict()
        self._last: tuple[Claim, Definition | None, pd.Timestamp, Inputs] | None = None
        self._areas = hashlib.sha256(store.areas.to_csv().encode()).hexdigest()

    def known(self, series: str, until: pd.Timestamp | None = None) -> Known | str:
        """Return the rows of a series (about dates up to `until`), or why there are none."""
        if series not in self._known:
            try:
                self._known[series] = Known.of(self.store.rows(series))
            except NoData as missing:
                self._known[series] = str(missing)
        held = self._known[series]
        return held if until is None or isinstance(held, str) else held.until(until)

    def view(self, day: pd.Timestamp) -> View:
        """Return the view of a day; the last ones asked for are remembered, so that memory stays bounded."""
        if day not in self._views:
            self._views[day] = View(self.store, day)
            if len(self._views) > MOST_VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(day)
        return self._views[day]

    def inputs(self, claim: Claim, definition: Definition | None, video_day: pd.Timestamp) -> Inputs:
        """Return what a reading rests on; the last one asked for is remembered."""
        if self._last is not None:
            last_claim, last_definition, last_day, inputs = self._last
            if last_claim is claim and last_definition is definition and last_day == video_day:
                return inputs
        inputs = Inputs(claim, definition, self, video_day)
        self._last = (claim, definition, video_day, inputs)
        return inputs

    @property
    def areas(self) -> str:
        """Hash of the table of areas."""
        return self._areas

    @cache  # noqa: B019 - one instance lives as long as its store
    def members(self, day: pd.Timestamp) -> int:
        """Return how many areas were parties to the trade pact by a day."""
        return int((self.store.areas["cptpp_member_since"] <= day).sum())

    @cache  # noqa: B019
    def fact(self, name: str) -> str:
        """Hash of one documented event."""
        return _hash(self.store.facts[name].__dict__)

    @cache  # noqa: B019
    def entry(self, series: str) -> str:
        """Hash of the catalogue's entry of a series."""
        return _hash(self.store.catalogue[series].model_dump(mode="json"))


class Inputs:
    """What one definition of one claim rests on.

    Parameters
    ----------
    claim, definition
        A claim, and one of its definitions (None for a claim without).
    figures : Figures
        The store's contents.
    video_day : Timestamp
        The day the video is judged on.
    """

    def __init__(self, claim: Claim, definition: Definition | None, figures: Figures, video_day: pd.Timestamp):
        self.figures = figures
        self._digests: dict[tuple, str] = {}
        self._states: dict[pd.Timestamp, tuple] = {}
        plain = definition.measure.model_dump() if definition else {}
        series, facts = definition.named if definition else ((), ())
        self.series, self.facts = sorted(series), sorted(facts)
        words = set(_words(plain))
        seen = reach(definition.measure, plain, video_day) if definition else Reach(None, ())
        self._first_days = seen.first_days
        self._held = [figures.known(each, seen.last) for each in self.series]
        self._whole = [figures.known(each) for each in self.series] if seen.last is not None else []
        self._mixed = any(figures.store.catalogue[each].vintage_basis == "latest-only" for each in self.series)
        self.by_year = not words.isdisjoint(_CALENDAR)
        self._by_members = not words.isdisjoint(("members", "cptpp"))
        self._by_day = "members" in words  # such a number is dated by the day of knowledge itself
        relevant = {
            "claim": claim.model_dump(mode="json", include={"id", "test", "forecast", "checkable"}),
            "unit": claim.stated.unit,
            "definition": definition
            and definition.model_dump(mode="json", include={"id", "measure", "unit", "test", "lookback_months", "due"}),
            "video_day": f"{video_day:%Y-%m-%d}",
            "areas": figures.areas if words & {"rank-among", "members"} else "",
            "entries": [figures.entry(each) for each in self.series],
        }
        self._fixed = hashlib.sha256((CODE + _hash(relevant)).encode())

    def state(self, day: pd.Timestamp) -> tuple:
        """Return what distinguishes the inputs of one day from those of another, within one store."""
        if day not in self._states:
            self._states[day] = self._state(day)
        return self._states[day]

    def _state(self, day: pd.Timestamp) -> tuple:
        figures = self.figures
        return (
            *(each if isinstance(each, str) else each.count(day) for each in self._held),
            # How far apart its dates usually lie tells a daily series from others, as long as there are few.
            *(each if isinstance(each, str) else min(each.count(day), _SETTLED) for each in self._whole),
            bisect_right(self._first_days, day),
            *(figures.store.facts[each].known_since <= day for each in self.facts),
            day.year if self.by_year else 0,
            figures.members(day) if self._by_members else 0,
            day if self._by_day else 0,
            self._mixed and day >= figures.store.newest,  # from then on no reading is pseudo-real-time
        )

    def digest(self, day: pd.Timestamp) -> str:
        """Return the hash of all inputs on a day, the same in every process and every run."""
        state = self.state(day)
        if state not in self._digests:
            whole = self._fixed.copy()
            for held, count in zip(self._held, state, strict=False):
                whole.update(held.encode() if isinstance(held, str) else held.digest(count))
            for name in self.facts:
                if self.figures.store.facts[name].known_since <= day:
                    whole.update(self.figures.fact(name).encode())
            whole.update(repr(tuple(str(each) for each in state[len(self.series) :])).encode())
            self._digests[state] = whole.hexdigest()[:32]
        return self._digests[state]

    def release_days(self, first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
        """Return the days after `first`, up to `last`, on which anything this reading names became known."""
        days: set[pd.Timestamp] = set()
        for held in self._held:
            if not isinstance(held, str):
                days.update(held.days(first, last))
        days.update(self.figures.store.facts[each].known_since for each in self.facts)
        return sorted(day for day in days if first < day <= last)


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def _words(node: Any):
    """Yield every text in a measure, however deep."""
    if isinstance(node, dict):
        for value in node.values():
            yield from _words(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _words(value)
    elif isinstance(node, str):
        yield node
