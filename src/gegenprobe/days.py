"""One way to write a day."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def plain_day(text: str) -> pd.Timestamp:
    """Return the day that ``YYYY-MM-DD`` names; anything else (``today``, ``20250612``) is a `ValueError`."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text!r} is not written YYYY-MM-DD")
    try:
        return pd.Timestamp(dt.date.fromisoformat(text))
    except ValueError:
        raise ValueError(f"{text!r} is no day of the calendar") from None
