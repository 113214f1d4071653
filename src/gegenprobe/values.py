"""The values of one quantity by date, as plain arrays: what measures are taken of.

A pandas Series does the same with more comfort, and each small step of it costs many times the arithmetic within.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

_DAILY = 7  # days between observations below which a series counts as daily
_DAY = np.timedelta64(1, "D")
_MICROSECONDS = int(_DAY / np.timedelta64(1, "us"))  # in a day


@dataclass(frozen=True, eq=False)
class Values:
    """One number a date; never changed once made.

    Attributes
    ----------
    dates : ndarray of datetime64[us], shape (n,)
        In order, each once, without times of day.
    numbers : ndarray of float64, shape (n,)
        In the unit of the quantity; NaN for a gap.
    name : str
        What a message calls it.
    """

    dates: np.ndarray
    numbers: np.ndarray
    name: str

    def __len__(self) -> int:
        return len(self.numbers)

    def date(self, place: int) -> pd.Timestamp:
        """Return the date at a place; -1 is the last."""
        return pd.Timestamp(self.dates[place])

    def only(self, places: slice | np.ndarray) -> Values:
        """Return what stands at some places: a slice, places in order, or a mask."""
        return Values(self.dates[places], self.numbers[places], self.name)

    def holding(self, numbers: np.ndarray) -> Values:
        """Return other numbers on the same dates, under the same name."""
        return Values(self.dates, numbers, self.name)

    def first_from(self, date: pd.Timestamp) -> int:
        """Return the place of the first date that is not before this one; the length, where all are."""
        return int(self.dates.searchsorted(date.to_datetime64()))

    def first_after(self, date: pd.Timestamp) -> int:
        """Return the place of the first date after this one; the length, where none is."""
        return int(self.dates.searchsorted(date.to_datetime64(), side="right"))

    def place(self, date: pd.Timestamp) -> int | None:
        """Return the place of a date, None where there is no such date."""
        wanted = date.to_datetime64()
        place = int(self.dates.searchsorted(wanted))
        return place if place < len(self.dates) and self.dates[place] == wanted else None

    def at(self, date: pd.Timestamp) -> float:
        """Return the number at a date; a `KeyError` where there is none."""
        place = self.place(date)
        if place is None:
            raise KeyError(date)
        return self.numbers.item(place)

    def at_each(self, dates: np.ndarray) -> np.ndarray:
        """Return the number at each of some dates, NaN where there is none; shape of `dates`."""
        if not len(self):
            return np.full(len(dates), np.nan)
        places = self.dates.searchsorted(dates)
        places[places == len(self)] = 0  # after all of them, so not the first one either
        return np.where(self.dates[places] == dates, self.numbers[places], np.nan)

    def between(self, low: pd.Timestamp, high: pd.Timestamp) -> Values:
        """Return what lies from one date to another, both included."""
        return self.only(slice(self.first_from(low), self.first_after(high)))

    def rolling(self, window: int, how: str) -> np.ndarray:
        """Return the ``sum`` or ``mean`` of so many numbers up to each, NaN where there are not so many; shape (n,).

        Pandas carries each sum on from the one before, so only it has its last bit. The answer is kept: readings of one
        claim often ask for the same.
        """
        if (window, how) not in self._rolled:
            rolling = pd.Series(self.numbers).rolling(window)
            self._rolled[window, how] = (rolling.sum() if how == "sum" else rolling.mean()).to_numpy()
        return self._rolled[window, how]

    @cached_property
    def _rolled(self) -> dict[tuple[int, str], np.ndarray]:
        return {}

    @cached_property
    def spacing(self) -> float:
        """The usual number of days between two dates; infinite for fewer than three dates."""
        steps = np.diff(self.dates)
        if len(steps) < 2:
            return float("inf")
        steps = steps.view(np.int64)  # NumPy's median of durations takes fifty times as long as that of their counts
        middle = (len(steps) - 1) // 2, len(steps) // 2
        steps.partition(middle)
        return (steps.item(middle[0]) + steps.item(middle[1])) / 2 / _MICROSECONDS

    @cached_property
    def is_daily(self) -> bool:
        """Whether there is a number on most business days."""
        if len(self) < 3:
            return False
        return int((self.dates[-1] - self.dates[0]) // _DAY) / (len(self) - 1) < _DAILY

    @cached_property
    def series(self) -> pd.Series:
        """The same as a pandas Series, indexed by ``date``: for charts, notebooks and what only pandas can do."""
        return pd.Series(self.numbers, index=pd.DatetimeIndex(self.dates, name="date"), name=self.name)
