"""Steps back in the calendar: a year before 29 February is the 28th, a month before 31 May is 30 April."""

from __future__ import annotations

import calendar
import re
from functools import lru_cache
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BeforeValidator

PATTERN = re.compile(r"[0-9]{1,3}[ymq]|[0-9]{1,5}d")
_MONTHS = {"y": 12, "q": 3, "m": 1}
_DAY = np.timedelta64(1, "D")


def _check_step(value: object) -> str:
    text = str(value)
    if not PATTERN.fullmatch(text):
        raise ValueError(f"{text!r} is no step; write 1y, 4q, 12m or 30d")
    return text


Step = Annotated[str, BeforeValidator(_check_step)]


@lru_cache(maxsize=4096)
def one_back(date: pd.Timestamp, step: str) -> pd.Timestamp:
    """Return the date one step earlier, as `pandas.DateOffset` would give it.

    Parameters
    ----------
    date : Timestamp
        Without a time of day.
    step : str
        ``1y``, ``2q``, ``6m`` or ``30d``.
    """
    number, unit = int(step[:-1]), step[-1]
    if unit == "d":
        return date - pd.Timedelta(days=number)
    return months_on(date, -number * _MONTHS[unit])


def months_on(date: pd.Timestamp, months: int) -> pd.Timestamp:
    """Return the date so many months later (earlier, if negative): the same day, or the last one of a shorter month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    day = min(date.day, calendar.monthrange(year, month + 1)[1])
    return date.replace(year=year, month=month + 1, day=day)


def each_back(dates: np.ndarray, step: str) -> np.ndarray:
    """Return each of some dates one step earlier; the same as `one_back` of each, in the unit of `dates`."""
    number, unit = int(step[:-1]), step[-1]
    if unit == "d":
        return dates - number * _DAY
    months = dates.astype("datetime64[M]")
    into = dates - months  # days after the first one of the month
    months = months - number * _MONTHS[unit]
    first = months.astype(dates.dtype)
    return first + np.minimum(into, (months + 1).astype(dates.dtype) - first - _DAY)
