"""The vocabulary of measures: pure functions of a view, named in the ledger and validated like it.

A measure is written as data, ``{measure: level, of: {series: DGS30}, at: 2025-06-12}``, and gives a `Measurement`.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from gegenprobe.errors import NoData
from gegenprobe.measures.documents import Documented, FactValue, NewestFact, Revision, YearsBetween
from gegenprobe.measures.evaluation import Evaluation, Window
from gegenprobe.measures.measurement import Measurement, Rest
from gegenprobe.measures.panels import Members, RankAmong
from gegenprobe.measures.quantities import Quantity
from gegenprobe.measures.scalars import (
    CountWhere,
    Difference,
    FirstCrossing,
    LastAtLeast,
    Level,
    LongestRun,
    Measure,
    Rank,
    Run,
    Summary,
)
from gegenprobe.observations import View

__all__ = ["AnyMeasure", "Combined", "Measure", "Measurement", "Quantity", "Rest", "take", "value_on"]


class Combined(Measure):
    """A number made of two or more others: their difference, ratio, sum, product, largest or smallest."""

    measure: Literal["difference-of", "ratio-of", "sum-of", "product-of", "largest-of", "smallest-of"]
    of: list[AnyMeasure] = Field(min_length=2)
    times: float = 1.0

    @property
    def is_pinned(self) -> bool:
        """True where all parts are."""
        return all(part.is_pinned for part in self.of)

    def take(self, run: Evaluation) -> Measurement:
        """Return the combined number; its window spans those of its parts."""
        parts = [part.take(run) for part in self.of]
        value, *rest = [part.value for part in parts]
        for other in rest:
            match self.measure:
                case "difference-of":
                    value -= other
                case "ratio-of":
                    if other == 0:
                        raise NoData("ratio-of: the divisor is zero")
                    value /= other
                case "sum-of":
                    value += other
                case "product-of":
                    value *= other
                case "largest-of":
                    value = max(value, other)
                case "smallest-of":
                    value = min(value, other)
        windows = [part.window for part in parts if part.window]
        dates = [part.date for part in parts if part.date is not None]
        return Measurement(
            value=value * self.times,
            date=max(dates) if dates else None,
            window=(min(w[0] for w in windows), max(w[1] for w in windows)) if windows else None,
            n=sum(part.n for part in parts),
            note=f"{self.measure.removesuffix('-of')} of {' and '.join(f'{part.value:.6g}' for part in parts)}",
        )


AnyMeasure = Annotated[
    Level | Difference | Summary | CountWhere | Rank | LastAtLeast | FirstCrossing | Run | LongestRun
    | RankAmong | Members | FactValue | NewestFact | Documented | YearsBetween | Revision | Combined,
    Field(discriminator="measure"),
]  # fmt: skip
Combined.model_rebuild()


def take(measure: Measure, view: View, video_day: pd.Timestamp) -> Measurement:
    """Take a measure on a view and record what it rests on.

    Raises
    ------
    NoData
        If the view lacks what the measure needs; the text says what.
    """
    run = Evaluation(view, pd.Timestamp(video_day))
    result = finite(measure.take(run))
    windows: dict[tuple[str, str], list[Window | None]] = {}
    for each in run.read:
        window = each.reach(result.window) if result.window else None
        windows.setdefault((each.series, each.area), []).append(window)
    rests = tuple([_rest(view, series, area, found) for (series, area), found in windows.items()])
    facts = tuple(dict.fromkeys(run.facts))
    return Measurement(result.value, result.date, result.window, result.n, result.note, rests, facts)


def value_on(measure: Measure, view: View, video_day: pd.Timestamp) -> float:
    """Take a measure on a view for its number alone; raises as `take` does."""
    return finite(measure.take(Evaluation(view, pd.Timestamp(video_day)))).value


def finite(result: Measurement) -> Measurement:
    """Return the measurement itself; one that is no number is `NoData`."""
    if not math.isfinite(result.value):
        raise NoData("the measure gives no finite number")
    return result


def _rest(view: View, series: str, area: str, windows: list[Window | None]) -> Rest:
    rows, places = view.known(series, area)
    known = [each for each in windows if each]
    if known:
        low, high = known[0]
        if len(known) > 1:
            low, high = min(first for first, _ in known), max(last for _, last in known)
        last = rows.newest_within(places, low, high)
    else:
        last = rows.newest_vintages(places)
    n = len(last)
    start = pd.Timestamp(rows.dates[last[0]])
    end = start if n == 1 else pd.Timestamp(rows.dates[last[-1]])
    return Rest(series, area, start, end, n, rows.newest_known(last), view.is_pseudo_real_time(series))
