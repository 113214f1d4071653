"""The grids of a sweep: on which days of knowledge, and under which tolerances."""

from __future__ import annotations

import pandas as pd

from gegenprobe.errors import InputError
from gegenprobe.observations import LATEST, Store, as_day

STEPS = {"days": "D", "weeks": "W", "months": "ME", "quarters": "QE"}
DEFAULT_GRID = "months"
DEFAULT_TOLERANCES = "0.5,1,2"
"""Half, once and twice the tolerance of `gegenprobe.verdicts`: is a verdict a matter of that policy?"""
MOST_TOLERANCES = 1000
_DAYS_HELP = "write days (2025-06-12,2025-12-31), or months, weeks, days or quarters, alone or as FROM:TO:months"


def read_grid(text: str, store: Store, video_day: pd.Timestamp) -> list[pd.Timestamp]:
    """Return the days of knowledge a text asks for, in order, each once.

    Parameters
    ----------
    text : str
        Days with commas between them; or ``months`` (``weeks``, ``days``, ``quarters``): the ends of these from the
        video's day to the newest day of the store, and both ends of that span; or ``FROM:TO:months``.

    Raises
    ------
    InputError
        If it is none of these, or a day lies outside what the store knows.
    """
    first, last, step = video_day, store.newest, text.strip()
    if step.count(":") == 2:
        begin, end, step = (part.strip() for part in step.split(":"))
        first, last = (_day(each, store) for each in (begin, end))
        if first > last:
            raise InputError(f"grid {text!r}: {first:%Y-%m-%d} lies after {last:%Y-%m-%d}")
    if step in STEPS:
        days = {first, last, *pd.date_range(first, last, freq=STEPS[step])}
    elif ":" in text or not any(character.isdigit() or character == "l" for character in text):
        raise InputError(f"grid {text!r} is no grid of days; {_DAYS_HELP}")
    else:
        days = {_day(each.strip(), store) for each in text.split(",")}
    for day in sorted(days)[:1]:
        store.as_of(day)  # refuses a day before the first observation
    return sorted(days)


def _day(text: str, store: Store) -> pd.Timestamp:
    if text == LATEST:
        return store.newest
    try:
        day = as_day(text)
    except InputError:
        raise InputError(f"grid: {text!r} is not a day; {_DAYS_HELP}") from None
    if day > store.newest:
        raise InputError(f"grid: nothing is known after {store.newest:%Y-%m-%d}, so {text} would only repeat it")
    return day


def read_tolerances(text: str) -> list[float]:
    """Return the factors on the tolerance a text asks for: ``0.5,1,2``, or ``LOW:HIGH:COUNT`` for even steps.

    Raises
    ------
    InputError
        If a factor is no number from 0 to 1000, or there are more than a thousand.
    """
    try:
        if text.count(":") == 2:
            low, high, count = text.split(":")
            number = int(count)
            if not 2 <= number <= MOST_TOLERANCES:
                raise ValueError
            step = (float(high) - float(low)) / (number - 1)
            factors = [round(float(low) + place * step, 9) for place in range(number)]
        else:
            factors = [float(each) for each in text.split(",")]
        if not all(0 <= each <= 1000 for each in factors) or len(factors) > MOST_TOLERANCES:
            raise ValueError
    except ValueError:
        raise InputError(
            f"tolerances {text!r}: write factors from 0 to 1000 such as 0.5,1,2, or LOW:HIGH:COUNT, "
            f"at most {MOST_TOLERANCES}"
        ) from None
    return sorted(set(factors))
