"""Measures of one series: level, change, growth, extremes, ranks, crossings, runs."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from gegenprobe.errors import NoData
from gegenprobe.measures.evaluation import Evaluation
from gegenprobe.measures.measurement import Measurement
from gegenprobe.measures.periods import FIRST, LATEST, Period, end_of, is_fixed, start_of
from gegenprobe.measures.quantities import Quantity
from gegenprobe.measures.steps import one_back
from gegenprobe.values import Values


class Measure(BaseModel):
    """Base of all measures: validated arguments and a pure `take`."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def take(self, run: Evaluation) -> Measurement:
        """Return the measurement on the view of `run`."""
        raise TypeError(f"{type(self).__name__} measures nothing")

    @property
    def is_pinned(self) -> bool:
        """True where every day of knowledge speaks of the same period, if with newer figures."""
        return True


class _OfSeries(Measure):
    of: Quantity

    @property
    def is_pinned(self) -> bool:
        """True where the period is fixed: `at`, or the end of a span, is no moving one such as ``latest``."""
        end = next(getattr(self, name) for name in ("at", "to", "before") if name in type(self).model_fields)
        return is_fixed(end) and self.of.is_pinned

    def _values(self, run: Evaluation) -> Values:
        values = self.of.values(run)
        if not len(values):
            raise NoData(f"{values.name}: nothing known on {run.view.day:%Y-%m-%d} fits the definition")
        return values


class _Spanned(_OfSeries):
    """A measure of the observations between `start` and `to`, both included."""

    start: Period = "first"
    to: Period = "latest"

    def _span(self, run: Evaluation) -> Values:
        values = self._values(run)
        return span(values, self.start, self.to, run)


def span(values: Values, start: str, to: str, run: Evaluation, anchor: pd.Timestamp | None = None) -> Values:
    """Return the observations between two periods, both whole; the ends need not be dates of the series."""
    if anchor is not None:
        high = anchor
    else:
        high = values.date(-1) if to == LATEST else end_of(to, run.view.day, run.video_day)
    if start == FIRST:
        low = values.date(0)
    elif start == LATEST:
        low = values.date(-1)
    elif start.startswith("-"):
        low = one_back(high, start[1:]) + pd.Timedelta(days=1)
    else:
        low = start_of(start, run.view.day, run.video_day)
    chosen = values.between(low, high)
    if not len(chosen):
        where = f"between {low:%Y-%m-%d} and {high:%Y-%m-%d}"
        raise NoData(f"{values.name}: nothing known on {run.view.day:%Y-%m-%d} {where}")
    return chosen


def _result(value: float, chosen: Values, date: pd.Timestamp | None = None, note: str = "") -> Measurement:
    last = chosen.date(-1)
    return Measurement(
        value=float(value),
        date=last if date is None else date,
        window=(chosen.date(0), last),
        n=len(chosen),
        note=note,
    )


class Level(_OfSeries):
    """The value at one date."""

    measure: Literal["level"]
    at: Period = "latest"

    def take(self, run: Evaluation) -> Measurement:
        """Return the value at `at`."""
        values = self._values(run)
        date = run.at(self.at, values)
        return Measurement(float(values.at(date)), date, (date, date), 1)


class Difference(_OfSeries):
    """``change`` (in units) or ``growth`` (percent) from one date to another; ``start: -1y`` counts back from `to`."""

    measure: Literal["change", "growth"]
    start: Period
    to: Period = "latest"

    def take(self, run: Evaluation) -> Measurement:
        """Return the change between the two dates."""
        values = self._values(run)
        end = run.at(self.to, values)
        begin = run.at(self.start, values, anchor=end)
        if begin >= end:
            raise NoData(f"{values.name}: {begin:%Y-%m-%d} does not lie before {end:%Y-%m-%d}")
        before, after = values.at(begin), values.at(end)
        note = f"from {before:.6g} in {begin:%Y-%m-%d} to {after:.6g} in {end:%Y-%m-%d}"
        if self.measure == "change":
            return Measurement(float(after - before), end, (begin, end), 2, note)
        if before == 0 or before < 0 < after:
            raise NoData(f"{values.name}: no growth from {before:g} in {begin:%Y-%m-%d} to {after:g} in {end:%Y-%m-%d}")
        return Measurement(float((after / before - 1) * 100), end, (begin, end), 2, note)


class Summary(_Spanned):
    """Mean, median, sum, maximum, minimum or number of the observations in a span."""

    measure: Literal["mean", "median", "sum", "maximum", "minimum", "count"]

    def take(self, run: Evaluation) -> Measurement:
        """Return the summary; for an extreme, its date too."""
        chosen = self._span(run)
        numbers = chosen.numbers
        match self.measure:
            case "maximum" | "minimum":
                place = int(numbers.argmax() if self.measure == "maximum" else numbers.argmin())
                date = chosen.date(place)
                return _result(numbers[place], chosen, date=date, note=f"on {date:%Y-%m-%d}")
            case "count":
                return _result(len(chosen), chosen)
            case "median":
                return _result(np.median(numbers), chosen)
            case "sum":
                return _result(numbers.sum(), chosen)
            case "mean":
                return _result(numbers.sum() / len(chosen), chosen)


class CountWhere(_Spanned):
    """How many observations in a span lie above, below, at least or at most a level (``share`` in percent)."""

    measure: Literal["count-where", "share-where"]
    is_: Literal["above", "below", "at-least", "at-most"] = Field(alias="is")
    level: float

    def take(self, run: Evaluation) -> Measurement:
        """Return the number or the share of observations that fulfil the condition."""
        chosen = self._span(run)
        numbers = chosen.numbers
        match self.is_:
            case "above":
                hits = numbers > self.level
            case "below":
                hits = numbers < self.level
            case "at-least":
                hits = numbers >= self.level
            case "at-most":
                hits = numbers <= self.level
        hits = int(np.count_nonzero(hits))
        note = f"{hits} of {len(chosen)}"
        return _result(hits if self.measure == "count-where" else 100 * hits / len(chosen), chosen, note=note)


class Rank(_OfSeries):
    """Place of one observation among those of a span that ends with it; 1 = highest (or lowest).

    Ties share the best place. ``percentile`` is the share of the span's observations that are at or below it.
    """

    measure: Literal["rank", "percentile"]
    at: Period = "latest"
    start: Period = "first"
    to: Literal["at", "latest"] = "at"
    order: Literal["highest", "lowest"] = "highest"

    @property
    def is_pinned(self) -> bool:
        """True where the span ends at a fixed date."""
        return super().is_pinned and self.to == "at"

    def take(self, run: Evaluation) -> Measurement:
        """Return the place, with the size of the field in the note."""
        values = self._values(run)
        date = run.at(self.at, values)
        chosen = span(values, self.start, "latest", run, anchor=date if self.to == "at" else None)
        own = values.at(date)
        if self.measure == "percentile":
            share = np.count_nonzero(chosen.numbers <= own) / len(chosen)
            return _result(100 * share, chosen, date=date, note=f"of {len(chosen)}")
        ahead = chosen.numbers > own if self.order == "highest" else chosen.numbers < own
        return _result(1 + np.count_nonzero(ahead), chosen, date=date, note=f"of {len(chosen)}")


class LastAtLeast(_OfSeries):
    """When the series was last as high (or low) before a date: the year, or the days since.

    Without `level` the value at `before` itself is the bar. A series that was never so high gives the year of its first
    observation minus one, and says so.
    """

    measure: Literal["last-at-least", "last-at-most"]
    before: Period = "latest"
    level: float | None = None
    give: Literal["year", "days"] = "year"

    def take(self, run: Evaluation) -> Measurement:
        """Return the year (or the days before) of the last time."""
        values = self._values(run)
        date = run.at(self.before, values)
        bar = values.at(date) if self.level is None else self.level
        before = values.first_from(date)
        if not before:
            raise NoData(f"{values.name}: nothing before {date:%Y-%m-%d}")
        numbers = values.numbers[:before]
        hits = np.flatnonzero(numbers >= bar if self.measure == "last-at-least" else numbers <= bar)
        if not len(hits):
            first = values.date(0)
            when = pd.Timestamp(year=first.year - 1, month=1, day=1)
            note = f"never since the record began in {first.year}"
        else:
            when = values.date(hits[-1])
            note = f"last on {when:%Y-%m-%d} ({numbers[hits[-1]]:.6g})"
        value = when.year if self.give == "year" else (date - when).days
        return _result(value, values.only(slice(before + 1)), date=date, note=note)


class FirstCrossing(_Spanned):
    """When the series first stood at or above (at or below) a level: the year, or the days from the span's start."""

    measure: Literal["first-crossing"]
    level: float
    direction: Literal["up", "down"] = "up"
    give: Literal["year", "days"] = "year"

    def take(self, run: Evaluation) -> Measurement:
        """Return the year (or the days) of the first crossing; none so far is `NoData`."""
        chosen = self._span(run)
        hits = chosen.numbers >= self.level if self.direction == "up" else chosen.numbers <= self.level
        if not hits.any():
            raise NoData(f"{chosen.name}: {self.level:g} was not reached by {chosen.date(-1):%Y-%m-%d}")
        place = int(hits.argmax())
        when = chosen.date(place)
        value = when.year if self.give == "year" else (when - chosen.date(0)).days
        return _result(value, chosen, date=when, note=f"on {when:%Y-%m-%d} ({chosen.numbers[place]:.6g})")


class Run(_OfSeries):
    """How many observations in a row, up to `at`, lie below (or above) a level."""

    measure: Literal["run-below", "run-above"]
    at: Period = "latest"
    level: float = 0.0

    def take(self, run: Evaluation) -> Measurement:
        """Return the length of the run that ends at `at`; 0 where that observation itself does not qualify."""
        values = self._values(run)
        end = values.first_after(run.at(self.at, values))
        numbers = values.numbers[:end]
        hits = numbers < self.level if self.measure == "run-below" else numbers > self.level
        length = int(lengths(hits)[-1])
        return _result(length, values.only(slice(end - max(length, 1), end)))


class LongestRun(_Spanned):
    """The longest run of observations below (or above) a level within a span."""

    measure: Literal["longest-run-below", "longest-run-above"]
    level: float = 0.0

    def take(self, run: Evaluation) -> Measurement:
        """Return the length of the longest run."""
        chosen = self._span(run)
        hits = chosen.numbers < self.level if self.measure == "longest-run-below" else chosen.numbers > self.level
        held = lengths(hits)
        place = int(held.argmax())
        return _result(held[place], chosen, date=chosen.date(place))


def lengths(hits: np.ndarray) -> np.ndarray:
    """Return, for each of some observations, how many in a row up to and with it qualify."""
    places = np.arange(len(hits))
    return places - np.maximum.accumulate(np.where(hits, -1, places))
