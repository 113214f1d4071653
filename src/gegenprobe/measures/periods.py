"""Periods as the ledger writes them, and steps back in time."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BeforeValidator

from gegenprobe.errors import NoData
from gegenprobe.measures.steps import PATTERN, each_back, one_back
from gegenprobe.values import Values

LATEST = "latest"
VIDEO_DAY = "video-day"
FIRST = "first"
_FORMS = re.compile(r"(19|20)[0-9]{2}(-[0-9]{2}(-[0-9]{2})?|Q[1-4])?")
_NAMED = (LATEST, VIDEO_DAY, FIRST, "this-year", "last-year")
_WITHIN = np.timedelta64(7, "D")


def _is_step_back(text: str) -> bool:
    return text.startswith("-") and PATTERN.fullmatch(text, 1) is not None


def _check_period(value: object) -> str:
    text = str(value)
    if text in _NAMED or _is_step_back(text):
        return text
    try:
        if _FORMS.fullmatch(text):
            pd.Period(text)
            return text
    except ValueError:  # 2025-13, 2025-02-30
        pass
    raise ValueError(f"{text!r} is no period; write 2025, 2025Q1, 2025-03, 2025-03-31, {', '.join(_NAMED)} or -1y, -6m")


Period = Annotated[str, BeforeValidator(_check_period)]


def is_fixed(period: str) -> bool:
    """Tell whether a period is the same on whatever day it is read."""
    return period == VIDEO_DAY or period[0].isdigit()


def resolve(period: str, values: Values, day: pd.Timestamp, video_day: pd.Timestamp, anchor=None) -> pd.Timestamp:
    """Return the date a period names among those of `values`.

    An exact date that a daily series lacks (a weekend, a holiday) is the last one before it, at most seven days back,
    unless that date lies after the day of knowledge; a step such as ``-1y`` counts from `anchor`. A year, quarter or
    month names one figure, so it must not be longer than the periods of the series.

    Raises
    ------
    NoData
        If the series has no such date.
    """
    if not len(values):
        raise NoData(f"{values.name}: no observation in reach")
    if period == LATEST:
        return values.date(-1)
    if period == FIRST:
        return values.date(0)
    if period.startswith("-"):
        start = anchor if anchor is not None else values.date(-1)
        return on_or_before(values, one_back(start, period[1:]))
    wanted, end = _bounds(period, day, video_day)
    if end is not wanted:
        days = (end - wanted).days + 1
        if days > 1 and values.spacing < 0.7 * days:
            raise NoData(f"{values.name}: {period} spans several observations; name one, or take them together first")
    if wanted > day and values.place(wanted) is None:
        raise NoData(f"{values.name}: no observation for {wanted:%Y-%m-%d} could be known on {day:%Y-%m-%d}")
    return on_or_before(values, wanted)


def start_of(period: str, day: pd.Timestamp, video_day: pd.Timestamp) -> pd.Timestamp:
    """Return the first day of a period that needs no series to be understood; a step counts back from `day`."""
    return _bounds(period, day, video_day)[0]


def end_of(period: str, day: pd.Timestamp, video_day: pd.Timestamp) -> pd.Timestamp:
    """Return the last day of a period that needs no series to be understood: ``2025`` ends on 31 December."""
    return _bounds(period, day, video_day)[1]


def _bounds(period: str, day: pd.Timestamp, video_day: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    if period == LATEST:
        one = day
    elif period == VIDEO_DAY:
        one = video_day
    elif period in ("this-year", "last-year"):
        return _bounds_of(str(day.year - (period == "last-year")))
    elif period.startswith("-"):
        one = one_back(day, period[1:])
    else:
        return _bounds_of(period)
    return one, one


@lru_cache(maxsize=4096)
def _bounds_of(period: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    if len(period) == 10 or period == FIRST:
        one = pd.Timestamp(1900, 1, 1) if period == FIRST else pd.Timestamp(period)
        return one, one
    whole = pd.Period(period)
    return whole.start_time.normalize(), whole.end_time.normalize()


def on_or_before(values: Values, wanted: pd.Timestamp) -> pd.Timestamp:
    """Return the date itself where the series has it, else (daily series only) the last within seven days before."""
    place = values.first_after(wanted) - 1
    if place >= 0:
        gap = wanted.to_datetime64() - values.dates[place]
        if not gap or (gap <= _WITHIN and values.is_daily):
            return values.date(place)
    raise NoData(f"{values.name}: no observation for {wanted:%Y-%m-%d}")


def shifted(values: Values, step: str) -> np.ndarray:
    """Return, for each date, the number one step earlier; NaN where there is none."""
    earlier = each_back(values.dates, step)
    if not values.is_daily:
        return values.at_each(earlier)
    places = values.dates.searchsorted(earlier, side="right") - 1
    held = np.maximum(places, 0)
    sound = (places >= 0) & (earlier - values.dates[held] <= _WITHIN)
    return np.where(sound, values.numbers[held], np.nan)
