"""The rows of one series as plain arrays: what was known by a day, and the newest vintage of each date."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from gegenprobe.files import Columns


def by_area(columns: Columns) -> dict[str, Rows]:
    """Return the sorted rows of one file, by area."""
    starts = starts_of(columns.area).tolist()
    stretches = [slice(start, end) for start, end in pairwise([*starts, len(columns.area)])]
    return {str(columns.area[each.start]): Rows(columns, each) for each in stretches}


def values_across(rows: dict[str, Rows], date: pd.Timestamp, day: pd.Timestamp) -> dict[str, float]:
    """Return the newest value of one date known by a day, of every area of one file that has one."""
    areas = list(rows)
    whole = rows[areas[0]]._whole
    found = np.flatnonzero((whole.date == date.to_datetime64()) & (whole.known_since <= day.to_datetime64()))
    owners = np.searchsorted([each._stretch.start for each in rows.values()], found, side="right") - 1
    # Sorted by day known, so the last one of an area stays.
    return {areas[owner]: float(whole.value[place]) for owner, place in zip(owners, found, strict=True)}


def last_of_each(keys) -> np.ndarray:
    """Tell of each of some sorted keys whether it is the last of its kind."""
    last = np.ones(len(keys), dtype=bool)
    last[:-1] = keys[1:] != keys[:-1]
    return last


def year_of(dates: np.ndarray) -> np.ndarray:
    """Return the calendar year of each date."""
    return dates.astype("datetime64[Y]").astype(np.int64) + 1970


def starts_of(keys: np.ndarray) -> np.ndarray:
    """Return the place at which each kind of some sorted keys begins; empty where there are none."""
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    return np.flatnonzero(first)


class Rows:
    """All rows of one series and area, sorted by date and day known, held as plain arrays.

    A panel has many areas and few are asked for, so an area is only a stretch of its file's columns until it is.
    """

    def __init__(self, whole: Columns, stretch: slice):
        self._whole = whole
        self._stretch = stretch
        self._places: np.ndarray | None = None
        self._newest: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    @cached_property
    def dates(self) -> np.ndarray:
        """What each row is about."""
        return self._whole.date[self._stretch]

    @cached_property
    def days(self) -> np.ndarray:
        """Since when each row is known."""
        return self._whole.known_since[self._stretch]

    @cached_property
    def value(self) -> np.ndarray:
        """The values."""
        return self._whole.value[self._stretch]

    @cached_property
    def date(self) -> pd.DatetimeIndex:
        """What each row is about, for pandas."""
        return pd.DatetimeIndex(self.dates, name="date")

    @cached_property
    def known_since(self) -> pd.DatetimeIndex:
        """Since when each row is known, for pandas."""
        return pd.DatetimeIndex(self.days, name="known_since")

    @cached_property
    def _days_in_order(self) -> np.ndarray:
        return np.sort(self.days, kind="stable")

    @cached_property
    def _days_of_news(self) -> tuple[np.ndarray, np.ndarray]:
        """Each day on which a row became known, and whether it is the last such day of its month."""
        days = np.unique(self._days_in_order)
        return days, last_of_each(days.astype("datetime64[M]"))

    @cached_property
    def _every(self) -> np.ndarray:
        every = np.arange(len(self.value))
        every.flags.writeable = False
        return every

    @cached_property
    def _unrevised(self) -> bool:
        """Whether each date has one row, and later dates are known no sooner: then what is known is a beginning."""
        return bool((self.dates[1:] != self.dates[:-1]).all() and (self.days[1:] >= self.days[:-1]).all())

    def known(self, day: pd.Timestamp) -> np.ndarray:
        """Return the places of the rows known by a day: the very same array as before, where they are as many."""
        moment = day.to_datetime64()
        count = int(self._days_in_order.searchsorted(moment, side="right"))
        if self._places is None or len(self._places) != count:
            if self._unrevised:
                self._places = self._every[:count]
            else:
                self._places = np.flatnonzero(self.days <= moment)
                self._places.flags.writeable = False
        return self._places

    def last_news(self, day: pd.Timestamp) -> np.ndarray:
        """Return the last day of each month on which a row became known, of the days up to this one."""
        days, last = self._days_of_news
        count = int(days.searchsorted(day.to_datetime64(), side="right"))
        last = last[:count].copy()
        last[-1:] = True
        return days[:count][last]

    def newest_vintages(self, places: np.ndarray) -> np.ndarray:
        """Return, of these places, the last one of each date; the last answer is kept."""
        return self._newest_of(places)[1]

    def newest_values(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return, of these places, the dates, each once, and the last value of each."""
        _, newest, dates = self._newest_of(places)
        return dates, self.value[: len(newest)] if newest is self._places else self.value[newest]

    def newest_within(self, places: np.ndarray, first: pd.Timestamp, last: pd.Timestamp) -> np.ndarray:
        """Return, of these places, the last one of each date between two dates.

        Where none lies between, it is the last one before; where none does before either, the first of all.
        """
        _, newest, dates = self._newest_of(places)
        end = int(dates.searchsorted(last.to_datetime64(), side="right"))
        if not end:
            return places[:1]
        if first == last:  # of a panel with many areas only one date is asked for
            return newest[end - 1 : end]
        begin = min(int(dates.searchsorted(first.to_datetime64())), end - 1)
        return newest[begin:end]

    def _newest_of(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if self._newest is None or self._newest[0] is not places:
            if self._unrevised and places is self._places:
                self._newest = (places, places, self.dates[: len(places)])
            else:
                dates = self.dates[places]
                last = last_of_each(dates)
                self._newest = (places, places[last], dates[last])
        return self._newest

    def within(self, places: np.ndarray, first: pd.Timestamp, last: pd.Timestamp) -> np.ndarray:
        """Return, of these places, those between two dates; where there is none, the last before, or else the first."""
        dates = self.dates[places]
        end = max(int(dates.searchsorted(last.to_datetime64(), side="right")), 1)
        begin = min(int(dates.searchsorted(first.to_datetime64())), end - 1)
        return places[begin:end]

    def newest_known(self, places: np.ndarray) -> pd.Timestamp:
        """Return the newest vintage among these places."""
        return pd.Timestamp(self.days[places[0]] if len(places) == 1 else self.days[places].max())

    def frame(self, places: np.ndarray) -> pd.DataFrame:
        """Return these rows as columns ``date``, ``known_since``, ``value``."""
        columns = {"date": self.date[places], "known_since": self.known_since[places], "value": self.value[places]}
        return pd.DataFrame(columns)
