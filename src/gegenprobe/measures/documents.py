"""Measures of documented facts and of the history of publication itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import pandas as pd
from pydantic import Field, model_validator

from gegenprobe.days import plain_day
from gegenprobe.errors import NoData
from gegenprobe.measures.evaluation import Evaluation
from gegenprobe.measures.measurement import Measurement
from gegenprobe.measures.periods import VIDEO_DAY, Period, is_fixed
from gegenprobe.measures.quantities import Area
from gegenprobe.measures.scalars import Measure


class FactValue(Measure):
    """The number a documented fact gives."""

    measure: Literal["fact"]
    fact: str
    times: float = 1.0

    def take(self, run: Evaluation) -> Measurement:
        """Return the fact's value."""
        fact = run.view.fact(self.fact)
        if fact.value is None:
            raise NoData(f"{self.fact} carries no number")
        run.facts.append(self.fact)
        return Measurement(fact.value * self.times, fact.event_date, None, 1, fact.statement)


class NewestFact(Measure):
    """The number of the newest of several documented facts that were public: one quantity, told month by month."""

    measure: Literal["newest-fact"]
    facts: list[str] = Field(min_length=2)
    times: float = 1.0

    @property
    def is_pinned(self) -> bool:
        """False: a later day of knowledge may speak of a later period."""
        return False

    def take(self, run: Evaluation) -> Measurement:
        """Return the value for the newest period; of two facts on one period the one published last counts."""
        known = []
        for name in self.facts:
            try:
                fact = run.view.fact(name)
            except NoData:
                continue
            if fact.value is None or fact.event_date is None:
                raise NoData(f"{name} carries no number or no period")
            run.facts.append(name)
            known.append(fact)
        if not known:
            raise NoData(f"none of {', '.join(self.facts)} was public on {run.view.day:%Y-%m-%d}")
        newest = max(known, key=lambda fact: (fact.event_date, fact.known_since))
        return Measurement(newest.value * self.times, newest.event_date, None, len(known), newest.statement)


class Documented(Measure):
    """What documents say of a statement: 1 where all that are public support it, -1 where all contradict it.

    Which document bears which way is the editors' reading; `because` gives it in one sentence. A document under
    `in_substance` supports the statement but for the letter of it (0.5); one under `neither` speaks of the matter and
    decides nothing, so that it counts only where no other document does.
    """

    measure: Literal["documented"]
    supports: list[str] = Field(default_factory=list)
    in_substance: list[str] = Field(default_factory=list)
    contradicts: list[str] = Field(default_factory=list)
    neither: list[str] = Field(default_factory=list)
    because: str

    @model_validator(mode="after")
    def _some(self) -> Documented:
        if not any(ids for _, ids in self._votes):
            raise ValueError("name at least one fact under supports, in_substance, contradicts or neither")
        return self

    @property
    def _votes(self) -> list[tuple[float, list[str]]]:
        return [(1, self.supports), (0.5, self.in_substance), (-1, self.contradicts), (0, self.neither)]

    def disagree(self, facts: Collection[str]) -> bool:
        """Tell whether documents on both sides are among the facts that were public."""
        return all(not set(facts).isdisjoint(ids) for ids in (self.supports + self.in_substance, self.contradicts))

    def take(self, run: Evaluation) -> Measurement:
        """Return 1, 0.5, -1, or 0 where public documents disagree or decide nothing."""
        votes, dates = [], []
        for vote, ids in self._votes:
            for fact in ids:
                try:
                    found = run.view.fact(fact)
                except NoData:
                    continue
                run.facts.append(fact)
                votes.append(vote)
                dates.append(found.event_date or found.known_since)
        if not votes:
            names = ", ".join(name for _, ids in self._votes for name in ids)
            raise NoData(f"none of {names} was public on {run.view.day:%Y-%m-%d}")
        decisive = [vote for vote in votes if vote]
        agreed = decisive and (min(decisive) > 0 or max(decisive) < 0)
        value = min(decisive) if agreed else 0
        return Measurement(float(value), max(dates), None, len(votes), self.because)


class YearsBetween(Measure):
    """Years from one day or fact to another (365.25 days a year; ``months`` for twelfths)."""

    measure: Literal["years-between", "months-between", "days-between"]
    start: str
    end: str

    def take(self, run: Evaluation) -> Measurement:
        """Return the time between the two days."""
        begin, finish = self._day(self.start, run), self._day(self.end, run)
        days = (finish - begin).days
        value = days / {"years-between": 365.25, "months-between": 365.25 / 12, "days-between": 1}[self.measure]
        return Measurement(value, finish, None, 2, f"from {begin:%Y-%m-%d} to {finish:%Y-%m-%d}")

    def _day(self, name: str, run: Evaluation) -> pd.Timestamp:
        if is_plain(name):
            return run.video_day if name == VIDEO_DAY else plain_day(name)
        fact = run.view.fact(name)
        if fact.event_date is None:
            raise NoData(f"{name} carries no event date")
        run.facts.append(name)
        return fact.event_date


def is_plain(name: str) -> bool:
    """Tell whether an end of a time span is a day of its own rather than the id of a fact."""
    if name == VIDEO_DAY:
        return True
    try:
        plain_day(name)
    except ValueError:
        return False
    return True


class Revision(Measure):
    """How far a figure moved between its first print and the newest one known (in units)."""

    measure: Literal["revision", "first-print"]
    series: str
    area: Area | Literal[""] = ""
    at: Period = "latest"

    @property
    def is_pinned(self) -> bool:
        """True where the date is fixed."""
        return is_fixed(self.at)

    def take(self, run: Evaluation) -> Measurement:
        """Return the newest value less the first one, or the first one itself."""
        values = run.series(self.series, self.area)
        date = run.at(self.at, values)
        rows, places = run.view.known(self.series, self.area)
        prints = rows.value[places[rows.dates[places] == date.to_datetime64()]]
        if run.view.entry(self.series).combine == "sum":
            prints = prints.cumsum()
        first, last = prints[0], prints[-1]
        value = first if self.measure == "first-print" else last - first
        return Measurement(
            float(value), date, (date, date), len(prints), f"{len(prints)} vintages, first {first:g}, newest {last:g}"
        )
