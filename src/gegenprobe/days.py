"""One way to write a day."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

import pandas as pd

FIRST, LAST = pd.Timestamp("1900-01-01"), pd.Timestamp("2100-12-31")
"""Days of our time; a date outside is a slip of the file."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@lru_cache(maxsize=4096)
def plain_day(text: str) -> pd.Timestamp:
    """Return the day that ``YYYY-MM-DD`` names; anything else (``today``, ``20250612``) is a `ValueError`."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not written YYYY-MM-DD")
    try:
        return pd.Timestamp(dt.date.fromisoformat(text))
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no day of the calendar") from None


def day_of_our_time(text: str) -> pd.Timestamp:
    """Return the day that ``YYYY-MM-DD`` names, if it lies between `FIRST` and `LAST`; else a `ValueError`."""
    day = plain_day(text)
    if not FIRST <= day <= LAST:
        raise ValueError(f"{text!r} lies outside {FIRST.year} to {LAST.year}")
    return day
