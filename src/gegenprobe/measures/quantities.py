"""Quantities: what a measure is taken of. Each gives one series as known on the view's day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from gegenprobe.errors import NoData
from gegenprobe.measures.periods import (
    FIRST,
    LATEST,
    Period,
    Step,
    end_of,
    is_daily,
    offset,
    on_or_before,
    resolve,
    shifted,
    start_of,
)  # fmt: skip
from gegenprobe.observations import View
from gegenprobe.rows import last_of_each

Area = Annotated[str, Field(pattern=r"^([A-Z0-9]{2,8}|each)$")]
EACH = "each"


Window = tuple[pd.Timestamp, pd.Timestamp]


@dataclass
class Reading:
    """One series that was read, and how far a window of the result reaches in it."""

    series: str
    area: str
    steps: list[Callable[[pd.Timestamp, pd.Timestamp], Window]] = field(default_factory=list)

    def reach(self, window: Window) -> Window:
        """Return the dates of the series behind a window of the result: growth over a year reaches one year back."""
        for step in reversed(self.steps):
            window = step(*window)
        return window


@dataclass
class Evaluation:
    """One evaluation: the view, the day the video is judged on, and what has been read so far."""

    view: View
    video_day: pd.Timestamp
    area: str = ""
    read: list[Reading] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    def series(self, series: str, area: str) -> pd.Series:
        """Return a series as known and note that it was read."""
        area = self.area if area == EACH else area
        values = self.view.series(series, area)
        self.read.append(Reading(series, area))
        return values

    def at(self, period: str, values: pd.Series, anchor=None) -> pd.Timestamp:
        """Return the date of `values` that a period names."""
        return resolve(period, values, self.view.day, self.video_day, anchor)


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    times: float = 1.0

    def values(self, run: Evaluation) -> pd.Series:
        """Return the quantity, indexed by date, gaps left out.

        Raises
        ------
        NoData
            If a number is too large to hold: two of them would compare as equal.
        """
        result = self._values(run)
        if self.times != 1:
            result = result * self.times
        sound = np.isfinite(result.to_numpy())
        if sound.all():
            return result
        result = result.dropna()
        if np.isinf(result.to_numpy()).any():
            raise NoData(f"{result.name}: the quantity gives no finite number")
        return result

    @property
    def is_pinned(self) -> bool:
        """False where the dates it holds depend on the day of knowledge (apart from growing at the end)."""
        parts = [getattr(self, name, None) for name in ("of", "condition")]
        flat = [each for part in parts for each in (part if isinstance(part, list) else [part])]
        return all(each.is_pinned for each in flat if isinstance(each, _Node))

    def _values(self, run: Evaluation) -> pd.Series:
        raise TypeError(f"{type(self).__name__} gives no values")


class _Derived(_Node):
    """A quantity each of whose values comes from several dates of another."""

    of: Quantity

    def _values(self, run: Evaluation) -> pd.Series:
        before = len(run.read)
        values = self.of.values(run)
        for reading in run.read[before:]:
            reading.steps.append(lambda first, last: self._reach(values, first, last))
        return self._derive(values)

    def _derive(self, values: pd.Series) -> pd.Series:
        raise TypeError(f"{type(self).__name__} gives no values")

    def _reach(self, values: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        raise TypeError(f"{type(self).__name__} reaches nowhere")


class Series(_Node):
    """``{series: DGS30}``, or with ``area: JPN`` for a panel (``area: each`` inside a ranking of areas)."""

    series: str
    area: Area | Literal[""] = ""

    def _values(self, run: Evaluation) -> pd.Series:
        return run.series(self.series, self.area)


def together(parts: list[pd.Series]) -> list[pd.Series]:
    """Return the parts on the dates they all have."""
    held = [part.index.values for part in parts]
    shared = held[0]
    for dates in held[1:]:
        if not np.array_equal(dates, shared):
            shared = np.intersect1d(shared, dates, assume_unique=True)
    return [
        part if len(dates) == len(shared) else part.iloc[dates.searchsorted(shared)]
        for part, dates in zip(parts, held, strict=True)
    ]


class SumAreas(_Node):
    """Sum of a panel over areas; a date counts only where every area has a value."""

    quantity: Literal["sum-areas"]
    series: str
    areas: list[Annotated[str, Field(pattern=r"^[A-Z0-9]{2,8}$")]] = Field(min_length=1)

    def _values(self, run: Evaluation) -> pd.Series:
        columns = together([run.series(self.series, area) for area in self.areas])
        return sum(columns[1:], columns[0]).rename(f"{self.series} over {len(columns)} areas")


class Arithmetic(_Node):
    """``ratio``, ``difference``, ``product`` or ``sum`` of quantities on the dates they share."""

    quantity: Literal["ratio", "difference", "product", "sum"]
    of: list[Quantity] = Field(min_length=2)

    def _values(self, run: Evaluation) -> pd.Series:
        parts = [part.values(run) for part in self.of]
        same = together(parts)
        if same[0].empty:
            raise NoData(f"{self.quantity}: the quantities share no date")
        result, *others = [part.to_numpy() for part in same]
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
        name = f"{self.quantity} of {' and '.join(str(part.name) for part in parts)}"
        return pd.Series(result, index=same[0].index, name=name)


class Over(_Derived):
    """``growth`` (percent) or ``change`` (in units) over a calendar step such as ``1y``; gaps stay gaps."""

    quantity: Literal["growth", "change"]
    over: Step

    def _derive(self, values: pd.Series) -> pd.Series:
        before = shifted(values, self.over)
        if self.quantity == "growth":
            sound = (before > 0) | ((before < 0) & (values <= 0))
            return ((values / before.where(sound) - 1) * 100).rename(values.name)
        return (values - before).rename(values.name)

    def _reach(self, values: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        low = first - offset(self.over)
        return (on_or_before(values, low) if is_daily(values) else low), last


class Rolling(_Derived):
    """Sum or mean of the last `window` observations; with `span` (``1y``) they must lie within it."""

    quantity: Literal["rolling-sum", "rolling-mean"]
    window: int = Field(gt=1, le=10_000)
    span: Step | None = None

    def _derive(self, values: pd.Series) -> pd.Series:
        rolling = values.rolling(self.window)
        result = rolling.sum() if self.quantity == "rolling-sum" else rolling.mean()
        if self.span:
            first = pd.Series(values.index, index=values.index).shift(self.window - 1)
            reach = pd.Series(values.index - offset(self.span), index=values.index)
            result = result.where(first > reach)
        return result.rename(values.name)

    def _reach(self, values: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        place = int(values.index.searchsorted(first)) - self.window + 1
        return values.index[max(place, 0)], last


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

    def _derive(self, values: pd.Series) -> pd.Series:
        month = values.index.values.astype("datetime64[M]").astype(np.int64)
        match self.quantity:
            case "by-quarter":
                month -= month % 3
            case "by-year":
                month -= month % 12
            case "by-fiscal-year":  # October to September, named by the year it ends in
                month = (month + 3) // 12 * 12
        label = month.astype("datetime64[M]").astype(values.index.dtype)
        if self.how == "last":  # no value is missing, so the last is that of the last row
            last = np.flatnonzero(last_of_each(label))
            last = last[np.diff(last, prepend=-1) >= (self.count or 1)]
            return pd.Series(values.to_numpy()[last], pd.DatetimeIndex(label[last], name="date"), name=values.name)
        grouped = values.groupby(label)
        result = grouped.agg(self.how)
        if self.count:
            result = result.where(grouped.count() >= self.count)
        result.index.name = "date"
        return result.rename(values.name)

    def _reach(self, values: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        if self.quantity == "by-fiscal-year":
            return pd.Timestamp(first.year - 1, 10, 1), pd.Timestamp(last.year, 9, 30)
        months = {"by-month": 1, "by-quarter": 3, "by-year": 12}[self.quantity]
        return first, last + pd.DateOffset(months=months, days=-1)


class YearToDate(_Derived):
    """Running sum from January of each year."""

    quantity: Literal["year-to-date"]

    def _derive(self, values: pd.Series) -> pd.Series:
        running = values.groupby(values.index.year).cumsum()
        place = values.groupby(values.index.year).cumcount() + 1
        return running.where(place == values.index.month)

    def _reach(self, values: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> Window:
        return pd.Timestamp(first.year, 1, 1), last


class Where(_Node):
    """Only the dates on which another quantity equals a number (reopenings: ``equals: 1``)."""

    quantity: Literal["where"]
    of: Quantity
    condition: Quantity
    equals: float

    def _values(self, run: Evaluation) -> pd.Series:
        values = self.of.values(run)
        condition = self.condition.values(run)
        return values[condition.reindex(values.index) == self.equals]


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

    def _values(self, run: Evaluation) -> pd.Series:
        values = self.of.values(run)
        low = values.index.min() if self.start == FIRST else start_of(self.start, run.view.day, run.video_day)
        high = values.index.max() if self.end == LATEST else end_of(self.end, run.view.day, run.video_day)
        return values.loc[low:high]


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
