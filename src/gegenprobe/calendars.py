"""Periods, business days of the United States and Japan, and the day on which a figure is due."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import date as Day
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from gegenprobe.catalogue import Entry
from gegenprobe.paths import environment_folder

JAPANESE = frozenset({"boj", "estat", "mof-customs", "mof-jgb"})
"""Sources that publish on Japanese business days; all others on American ones."""
WEEKLY = 7
"""A daily series with so many days of delay comes once a week, a whole week at a time (the Federal Reserve's H.10)."""
_AS_NOW = 1978
"""The first year in which every federal holiday lay where it lies now: Veterans Day had been moved to a Monday."""
_LISTED = range(1949, 2100)
"""The years for which `holidays` knows when Japan's exchange is closed."""
_PERIODS = {"monthly": "M", "quarterly": "Q", "annual": "Y", "fiscal-year": "Y"}


def country_of(entry: Entry) -> str:
    """Return whose business days a series follows: ``JP`` or ``US``."""
    return "JP" if entry.source in JAPANESE else "US"


@cache
def closed_days(country: str, year: int) -> frozenset[Day]:
    """Return the days of a year on which the agencies of a country publish nothing, weekends aside."""
    if country == "US" and year >= _AS_NOW:
        return _federal(year)
    if country == "JP" and year in _LISTED:
        return days_of_japan().get(year, frozenset())
    return look_up(country, range(year, year + 1)).get(year, frozenset())


def look_up(country: str, years: range) -> dict[int, frozenset[Day]]:
    """Return what `holidays` says, by year."""
    import holidays

    if country == "JP":
        # The exchange is closed when the banks are, in the first days of January too.
        found = holidays.financial_holidays("XJPX", years=years)
    else:
        found = holidays.country_holidays("US", years=years)
    return {year: frozenset(day for day in found if day.year == year) for year in years}


@cache
def days_of_japan() -> dict[int, frozenset[Day]]:
    """Return the days of Japan as `holidays` lists them, read from a file once that was made.

    To say one of them, `holidays` loads the calendars of two hundred countries, in each chapter anew.
    """
    share = environment_folder()
    path = share / f"closed-JP-{version('holidays')}.json" if share else None
    found = _read(path) if path else None
    if found is None:
        found = look_up("JP", _LISTED)
        if path:
            _keep(path, found)
    return found


def _read(path: Path) -> dict[int, frozenset[Day]] | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        found = {int(year): frozenset(map(Day.fromisoformat, days)) for year, days in kept.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    return found if found.keys() == set(_LISTED) else None


def _keep(path: Path, found: dict[int, frozenset[Day]]) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):  # then it is looked up again next time
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({year: sorted(map(str, days)) for year, days in found.items()}), encoding="utf-8")
        part.replace(path)


@cache
def _federal(year: int) -> frozenset[Day]:
    """Return the federal holidays of a year, as they are kept since 1978."""
    from pandas.tseries.holiday import USFederalHolidayCalendar

    around = USFederalHolidayCalendar().holidays(f"{year - 1}-12-01", f"{year + 1}-01-31")
    return frozenset(each.date() for each in around if each.year == year)


def _is_holiday(day: pd.Timestamp, country: str) -> bool:
    # Agencies publish on federal business days: on Good Friday too, when the bond market is closed.
    return day.date() in closed_days(country, day.year)


def is_business_day(day: pd.Timestamp, country: str) -> bool:
    """Tell whether a day is neither weekend nor holiday."""
    return day.weekday() < 5 and not _is_holiday(day, country)


def business_day(day: pd.Timestamp, country: str) -> pd.Timestamp:
    """Return the day itself, or the first business day after it."""
    while not is_business_day(day, country):
        day += pd.Timedelta(days=1)
    return day


def period_start(date: pd.Timestamp, entry: Entry) -> pd.Timestamp:
    """Return how the store writes a period: by its first day; a fiscal year by 1 January of its number."""
    period = _PERIODS.get(entry.frequency)
    return date if period is None else date.to_period(period).start_time


def period_end(date: pd.Timestamp, entry: Entry) -> pd.Timestamp:
    """Return the last day of the period a date of the store speaks of; a US fiscal year ends in September."""
    if entry.frequency == "fiscal-year":
        return pd.Timestamp(date.year, 9, 30)
    period = _PERIODS.get(entry.frequency)
    if _names_a_month(date, entry):
        period = "M"
    return date if period is None else date.to_period(period).end_time.normalize()


def _names_a_month(date: pd.Timestamp, entry: Entry) -> bool:
    """Tell whether a yearly figure speaks of one month, as the survey of holdings does of the end of June."""
    return entry.frequency == "annual" and date.month != 1


def release_day(date: pd.Timestamp, entry: Entry) -> pd.Timestamp:
    """Return the day a figure is published by rule: so many days after its period, on a business day.

    Of a series that comes once a week: the first business day of the week after.
    """
    if entry.frequency == "daily" and entry.publication_lag_days == WEEKLY:
        return business_day(date + pd.Timedelta(days=WEEKLY - date.weekday()), country_of(entry))
    lag = pd.Timedelta(days=entry.publication_lag_days or 0)
    return business_day(period_end(date, entry) + lag, country_of(entry))


def next_date(date: pd.Timestamp, entry: Entry) -> pd.Timestamp:
    """Return the date that follows in a series; of an irregular one no date can be told, so the same."""
    if entry.frequency == "irregular":
        return date
    if entry.frequency == "daily":
        return business_day(date + pd.Timedelta(days=1), country_of(entry))
    if _names_a_month(date, entry):
        return date + pd.DateOffset(years=1)
    return (date.to_period(_PERIODS[entry.frequency]) + 1).start_time
