"""Periods as the ledger writes them, and steps back in time."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BeforeValidator

from gegenprobe.errors import NoData

LATEST = "latest"
VIDEO_DAY = "video-day"
FIRST = "first"
_OFFSET = re.compile(r"-([0-9]{1,3}[ymq]|[0-9]{1,5}d)")
_FORMS = re.compile(r"(19|20)[0-9]{2}(-[0-9]{2}(-[0-9]{2})?|Q[1-4])?")
_NAMED = (LATEST, VIDEO_DAY, FIRST, "this-year", "last-year")
_MANY = 7  # days between observations below which a series counts as daily
_WITHIN = pd.Timedelta(days=7)


def _check_period(value: object) -> str:
    text = str(value)
    if text in _NAMED or _OFFSET.fullmatch(text):
        return text
    try:
        if _FORMS.fullmatch(text):
            pd.Period(text)
            return text
    except ValueError:  # 2025-13, 2025-02-30
        pass
    raise ValueError(f"{text!r} is no period; write 2025, 2025Q1, 2025-03, 2025-03-31, {', '.join(_NAMED)} or -1y, -6m")


def _check_step(value: object) -> str:
    text = str(value)
    if not _OFFSET.fullmatch("-" + text):
        raise ValueError(f"{text!r} is no step; write 1y, 4q, 12m or 30d")
    return text


Period = Annotated[str, BeforeValidator(_check_period)]
Step = Annotated[str, BeforeValidator(_check_step)]


def is_fixed(period: str) -> bool:
    """Tell whether a period is the same on whatever day it is read."""
    return period == VIDEO_DAY or period[0].isdigit()


def offset(step: str) -> pd.DateOffset:
    """Return a step such as ``1y``, ``2q``, ``6m``, ``30d`` as a calendar offset."""
    number, unit = int(step.lstrip("-")[:-1]), step[-1]
    return pd.DateOffset(
        **{"y": {"years": number}, "q": {"months": 3 * number}, "m": {"months": number}, "d": {"days": number}}[unit]
    )


def resolve(period: str, values: pd.Series, day: pd.Timestamp, video_day: pd.Timestamp, anchor=None) -> pd.Timestamp:
    """Return the date a period names in the index of `values`.

    An exact date that a daily series lacks (a weekend, a holiday) is the last one before it, at most seven days back,
    unless that date lies after the day of knowledge; a step such as ``-1y`` counts from `anchor`. A year, quarter or
    month names one figure, so it must not be longer than the periods of the series.

    Raises
    ------
    NoData
        If the series has no such date.
    """
    if values.empty:
        raise NoData(f"{values.name}: no observation in reach")
    if period == LATEST:
        return values.index[-1]
    if period == FIRST:
        return values.index[0]
    if period.startswith("-"):
        start = anchor if anchor is not None else values.index[-1]
        return on_or_before(values, start - offset(period))
    wanted = start_of(period, day, video_day)
    days = (end_of(period, day, video_day) - wanted).days + 1
    if days > 1 and spacing(values) < 0.7 * days:
        raise NoData(f"{values.name}: {period} spans several observations; name one, or take them together first")
    if wanted > day and place_of(values, wanted) is None:
        raise NoData(f"{values.name}: no observation for {wanted:%Y-%m-%d} could be known on {day:%Y-%m-%d}")
    return on_or_before(values, wanted)


def start_of(period: str, day: pd.Timestamp, video_day: pd.Timestamp) -> pd.Timestamp:
    """Return the first day of a period that needs no series to be understood; a step counts back from `day`."""
    return _bounds(period, day, video_day)[0]


def end_of(period: str, day: pd.Timestamp, video_day: pd.Timestamp) -> pd.Timestamp:
    """Return the last day of a period that needs no series to be understood: ``2025`` ends on 31 December."""
    return _bounds(period, day, video_day)[1]


@lru_cache(maxsize=4096)
def _bounds(period: str, day: pd.Timestamp, video_day: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    if period in ("this-year", "last-year"):
        period = str(day.year - (period == "last-year"))
    if period == FIRST:
        one = pd.Timestamp(1900, 1, 1)
    elif period == LATEST:
        one = day
    elif period == VIDEO_DAY:
        one = video_day
    elif period.startswith("-"):
        one = day - offset(period)
    elif len(period) == 10:
        one = pd.Timestamp(period)
    else:
        whole = pd.Period(period)
        return whole.start_time.normalize(), whole.end_time.normalize()
    return one, one


def spacing(values: pd.Series) -> float:
    """Return the usual number of days between observations; infinite for fewer than three."""
    steps = np.diff(values.index.values)
    return float(np.median(steps) / np.timedelta64(1, "D")) if len(steps) > 1 else float("inf")


def is_daily(values: pd.Series) -> bool:
    """Tell whether a series has an observation on most business days."""
    if len(values) < 3:
        return False
    return (values.index[-1] - values.index[0]).days / (len(values) - 1) < _MANY


def place_of(values: pd.Series, date: pd.Timestamp) -> int | None:
    """Return the place of a date, if the series has it; Pandas would make a table of all dates to look up one."""
    dates = values.index.values
    place = int(dates.searchsorted(date.to_datetime64()))
    return place if place < len(dates) and dates[place] == date.to_datetime64() else None


def value_at(values: pd.Series, date: pd.Timestamp) -> float:
    """Return the value at a date; a `KeyError` where there is none."""
    place = place_of(values, date)
    if place is None:
        raise KeyError(date)
    return values.to_numpy()[place]


def between(values: pd.Series, low: pd.Timestamp, high: pd.Timestamp) -> pd.Series:
    """Return the values from one date to another, both included."""
    dates = values.index.values
    first = dates.searchsorted(low.to_datetime64())
    return values.iloc[first : dates.searchsorted(high.to_datetime64(), side="right")]


def on_or_before(values: pd.Series, wanted: pd.Timestamp) -> pd.Timestamp:
    """Return the date itself where the series has it, else (daily series only) the last within seven days before."""
    if place_of(values, wanted) is not None:
        return wanted
    if is_daily(values):
        place = values.index.searchsorted(wanted, side="right") - 1
        if place >= 0 and wanted - values.index[place] <= _WITHIN:
            return values.index[place]
    raise NoData(f"{values.name}: no observation for {wanted:%Y-%m-%d}")


def shifted(values: pd.Series, step: str) -> pd.Series:
    """Return, for each date, the value one step earlier; NaN where there is none."""
    earlier = pd.DatetimeIndex(values.index - offset(step))
    if is_daily(values):
        places = values.index.searchsorted(earlier, side="right") - 1
        found = values.to_numpy()[places.clip(0)]
        gap = earlier - values.index[places.clip(0)]
        result = pd.Series(found, index=values.index).where((places >= 0) & (gap <= _WITHIN))
    else:
        result = pd.Series(values.reindex(earlier).to_numpy(), index=values.index)
    return result
