"""Quantities: what a measure is taken of. Each gives one series as known on the view's day."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from gegenprobe.errors import NoData
from gegenprobe.measures.evaluation import Evaluation, Window
from gegenprobe.measures.periods import FIRST, LATEST, Period, end_of, on_or_before, shifted, start_of
from gegenprobe.measures.steps import Step, each_back, months_on, one_back
from gegenprobe.measures.sums import running_sums
from gegenprobe.rows import starts_of
from gegenprobe.values import Values

Area = Annotated[str, Field(pattern=r"^([A-Z0-9]{2,8}|each)$")]


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    times: float = 1.0

    def values(self, run: Evaluation) -> Values:
        """Return the quantity by date, gaps left out.

        Raises
        ------
        NoData
            If a number is too large to hold: two of them would compare as equal.
        """
        result = self._values(run)
        if self.times != 1:
            with np.errstate(all="ignore"):  # what is no finite number is dealt with below
                result = result.holding(result.numbers * self.times)
        sound = np.isfinite(result.numbers)
        if sound.all():
            return result
        if np.isinf(result.numbers).any():
            raise NoData(f"{result.name}: the quantity gives no finite number")
        return result.only(sound)

    @property
    def is_pinned(self) -> bool:
        """False where the dates it holds depend on the day of knowledge (apart from growing at the end)."""
        parts = [getattr(self, name, None) for name in ("of", "condition")]
        flat = [each for part in parts for each in (part if isinstance(part, list) else [part])]
        return all(each.is_pinned for each in flat if isinstance(each, _Node))

    def _values(self, run: Evaluation) -> Values:
        raise TypeError(f"{type(self).__name__} gives no values")


class _Derived(_Node):
    """A quantity each of whose values comes from several dates of another."""

    of: Quantity

    def _values(self, run: Evaluation) -> Values:
        before = len(run.read)
        values = self.of.values(run)
        for reading in run.read[before:]:
            reading.steps.append(lambda first, last: self._reach(values, first, last))
        return self._derive(values)

    def _derive(self, values: Values) -> Values:
        raise TypeError(f"{type(self).__name__} gives no values")

    def _reach(self, values: Values, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        raise TypeError(f"{type(self).__name__} reaches nowhere")


class Series(_Node):
    """``{series: DGS30}``, or with ``area: JPN`` for a panel (``area: each`` inside a ranking of areas)."""

    series: str
    area: Area | Literal[""] = ""

    def _values(self, run: Evaluation) -> Values:
        return run.series(self.series, self.area)


def together(parts: list[Values]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the dates that all parts have, and the numbers of each on these."""
    shared = parts[0].dates
    for part in parts[1:]:
        if part.dates is not shared and not np.array_equal(part.dates, shared):
            shared = np.intersect1d(shared, part.dates, assume_unique=True)
    return shared, [
        part.numbers if len(part) == len(shared) else part.numbers[part.dates.searchsorted(shared)] for part in parts
    ]


class SumAreas(_Node):
    """Sum of a panel over areas; a date counts only where every area has a value."""

    quantity: Literal["sum-areas"]
    series: str
    areas: list[Annotated[str, Field(pattern=r"^[A-Z0-9]{2,8}$")]] = Field(min_length=1)

    def _values(self, run: Evaluation) -> Values:
        dates, (total, *others) = together([run.series(self.series, area) for area in self.areas])
        with np.errstate(over="ignore"):
            for each in others:
                total = total + each
        return Values(dates, total, f"{self.series} over {len(self.areas)} areas")


class Arithmetic(_Node):
    """``ratio``, ``difference``, ``product`` or ``sum`` of quantities on the dates they share."""

    quantity: Literal["ratio", "difference", "product", "sum"]
    of: list[Quantity] = Field(min_length=2)

    def _values(self, run: Evaluation) -> Values:
        parts = [part.values(run) for part in self.of]
        dates, (result, *others) = together(parts)
        if not len(dates):
            raise NoData(f"{self.quantity}: the quantities share no date")
        with np.errstate(all="ignore"):  # what is no finite number is dealt with in `values`
            for other in others:
                match self.quantity:
                    case "ratio":
                        result = result / np.where(other == 0, np.nan, other)
                    case "difference":
                        result = result - other
                    case "product":
                        result = result * other
                    case "sum":
                        result = result + other
        return Values(dates, result, f"{self.quantity} of {' and '.join(part.name for part in parts)}")


class Over(_Derived):
    """``growth`` (percent) or ``change`` (in units) over a calendar step such as ``1y``; gaps stay gaps."""

    quantity: Literal["growth", "change"]
    over: Step

    def _derive(self, values: Values) -> Values:
        before, after = shifted(values, self.over), values.numbers
        with np.errstate(all="ignore"):  # what is no finite number is dealt with in `values`
            if self.quantity == "change":
                return values.holding(after - before)
            sound = (before > 0) | ((before < 0) & (after <= 0))
            return values.holding((after / np.where(sound, before, np.nan) - 1) * 100)

    def _reach(self, values: Values, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        low = one_back(first, self.over)
        return (on_or_before(values, low) if values.is_daily else low), last


class Rolling(_Derived):
    """Sum or mean of the last `window` observations; with `span` (``1y``) they must lie within it."""

    quantity: Literal["rolling-sum", "rolling-mean"]
    window: int = Field(gt=1, le=10_000)
    span: Step | None = None

    def _derive(self, values: Values) -> Values:
        result = values.rolling(self.window, self.quantity.removeprefix("rolling-"))
        if self.span and len(values) >= self.window:
            before = self.window - 1
            near = values.dates[: len(values) - before] > each_back(values.dates[before:], self.span)
            result = np.concatenate((result[:before], np.where(near, result[before:], np.nan)))
        return values.holding(result)

    def _reach(self, values: Values, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        return values.date(max(values.first_from(first) - self.window + 1, 0)), last


_PERIODS = {"by-month": (1, 0), "by-quarter": (3, 0), "by-year": (12, 0), "by-fiscal-year": (12, 3)}
"""Months of a period, and how many it begins before the year it is named by: a fiscal year ends with September."""


class Resample(_Derived):
    """Quarters or years from shorter periods, dated by their first day; those with fewer than `count` are left out.

    A sum or a mean of half a year is none of a year, so for these `count` must be given.
    """

    quantity: Literal["by-month", "by-quarter", "by-year", "by-fiscal-year"]
    how: Literal["sum", "mean", "last", "max", "min"] = "sum"
    count: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _whole(self) -> Resample:
        if self.how in ("sum", "mean") and self.count is None:
            raise ValueError(f"count: say how many observations make a whole period for a {self.how}")
        return self

    def _derive(self, values: Values) -> Values:
        if not len(values):
            return values
        months, ahead = _PERIODS[self.quantity]
        first, last = (values.dates[[0, -1]].astype("datetime64[M]").astype(np.int64) + ahead) // months * months
        labels = np.arange(first, last + 1, months)
        # The few beginnings of periods are looked up among the dates: to ask each date for its period takes far longer.
        starts = values.dates.searchsorted((labels - ahead).astype("datetime64[M]").astype(values.dates.dtype))
        sizes = np.diff(starts, append=len(values))
        held = sizes > 0
        starts, sizes, labels = starts[held], sizes[held], labels[held]
        numbers = self._together(values.numbers, starts, sizes)
        whole = sizes >= (self.count or 1)
        return Values(labels[whole].astype("datetime64[M]").astype(values.dates.dtype), numbers[whole], values.name)

    def _together(self, numbers: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        match self.how:
            case "max":
                return np.maximum.reduceat(numbers, starts)
            case "min":
                return np.minimum.reduceat(numbers, starts)
            case "last":
                return numbers[starts + sizes - 1]
            case "sum":
                return np.add.reduceat(numbers, starts)
            case "mean":
                return np.add.reduceat(numbers, starts) / sizes

    def _reach(self, values: Values, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        if self.quantity == "by-fiscal-year":
            return pd.Timestamp(first.year - 1, 10, 1), pd.Timestamp(last.year, 9, 30)
        return first, months_on(last, _PERIODS[self.quantity][0]) - pd.Timedelta(days=1)


class YearToDate(_Derived):
    """Running sum from January of each year."""

    quantity: Literal["year-to-date"]

    def _derive(self, values: Values) -> Values:
        years = values.dates.astype("datetime64[Y]")
        starts = starts_of(years)
        place = np.arange(len(values)) - np.repeat(starts, np.diff(starts, append=len(values)))
        month = values.dates.astype("datetime64[M]") - years.astype("datetime64[M]")
        unbroken = place == month.astype(np.int64)
        return Values(values.dates[unbroken], running_sums(values.numbers, starts)[unbroken], values.name)

    def _reach(self, values: Values, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        return pd.Timestamp(first.year, 1, 1), last


class Where(_Node):
    """Only the dates on which another quantity equals a number (reopenings: ``equals: 1``)."""

    quantity: Literal["where"]
    of: Quantity
    condition: Quantity
    equals: float

    def _values(self, run: Evaluation) -> Values:
        values = self.of.values(run)
        condition = self.condition.values(run)
        return values.only(condition.at_each(values.dates) == self.equals)


class Between(_Node):
    """Only the dates from `start` to `end`, both included and whole."""

    quantity: Literal["between"]
    of: Quantity
    start: Period = "first"
    end: Period = "latest"

    @property
    def is_pinned(self) -> bool:
        """False where an end moves with the day of knowledge."""
        ends = (self.start, self.end)
        return super().is_pinned and not any(each.startswith("-") or each.endswith("-year") for each in ends)

    def _values(self, run: Evaluation) -> Values:
        values = self.of.values(run)
        if not len(values):
            return values
        low = values.date(0) if self.start == FIRST else start_of(self.start, run.view.day, run.video_day)
        high = values.date(-1) if self.end == LATEST else end_of(self.end, run.view.day, run.video_day)
        return values.between(low, high)


def _which(value: object) -> str | None:
    kind = value.get("quantity", "series") if isinstance(value, dict) else getattr(value, "quantity", "series")
    if not isinstance(kind, str):
        return None
    return {
        "ratio": "arithmetic", "difference": "arithmetic", "product": "arithmetic", "sum": "arithmetic",
        "growth": "over", "change": "over", "rolling-sum": "rolling", "rolling-mean": "rolling",
        "by-month": "resample", "by-quarter": "resample", "by-year": "resample", "by-fiscal-year": "resample",
    }.get(kind, kind)  # fmt: skip


Quantity = Annotated[
    Annotated[Series, Tag("series")]
    | Annotated[SumAreas, Tag("sum-areas")]
    | Annotated[Arithmetic, Tag("arithmetic")]
    | Annotated[Over, Tag("over")]
    | Annotated[Rolling, Tag("rolling")]
    | Annotated[Resample, Tag("resample")]
    | Annotated[YearToDate, Tag("year-to-date")]
    | Annotated[Where, Tag("where")]
    | Annotated[Between, Tag("between")],
    Discriminator(_which),
]
for _model in (_Derived, Arithmetic, Over, Rolling, Resample, YearToDate, Where, Between):
    _model.model_rebuild()
