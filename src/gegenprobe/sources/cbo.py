"""Congressional Budget Office: baselines, their changes, and actual figures, from its own public csv files. No key.

Each baseline is a vintage of one series. The files name a baseline by its month only; its first public day is taken as
the last day of that month, or as the release day where that is known, and never as a day still to come. The headers
and rows were seen as CBO keeps them; cbo.gov itself refuses scripts and is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.tidy import number, plain, rows, table
from gegenprobe.sources.web import Web, quoted

RELEASED = {"2025-01": "2025-01-17", "2026-02": "2026-02-11"}
"""Release days read on CBO's own pages."""


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each series; ``request.file`` is the csv file, the other entries must equal its columns."""
    return each(asked, lambda one: _one(web, one))


def _one(web: Web, one: Asked) -> pd.DataFrame:
    file, year, value, month = FILES[str(one.entry.request["file"])]
    same = {name: str(text) for name, text in one.entry.request.items() if name != "file"}
    found = table(web.text(file), file, [*same, year, value, *([month] if month else [])])
    chosen = [row for row in found if all(row[name] == text for name, text in same.items())]
    if not chosen:
        raise SourceError(f"{file}: no row with {', '.join(f'{name} = {text}' for name, text in same.items())}")
    if not month:
        return plain((_fiscal(row[year], file), number(row[value], f"{file} {row[year]}")) for row in chosen)
    return rows(
        ("", _fiscal(row[year], file), _public(row[month], file, one), number(row[value], f"{file} {row[month]}"))
        for row in chosen
    )


def _fiscal(text: str, where: str) -> pd.Timestamp:
    if not (text.isdigit() and len(text) == 4):
        raise SourceError(f"{where}: {quoted(text, 20)!r} is not a fiscal year")
    return pd.Timestamp(int(text), 1, 1)


def _public(text: str, where: str, one: Asked) -> pd.Timestamp:
    """Return the first public day of a baseline known by month; the day written in the file means nothing."""
    try:
        last = pd.Period(text[:7], "M").end_time.normalize()
    except ValueError:
        raise SourceError(f"{where}: {quoted(text, 20)!r} is not a month") from None
    if last.to_period("M") > one.today.to_period("M"):
        raise SourceError(f"{where}: a baseline of {text[:7]}, which is still to come")
    return min(pd.Timestamp(RELEASED.get(text[:7], last)), one.today)


FILES = {
    "baselines": ("baselines.csv", "projected_fiscal_year", "value", "baseline_date"),
    "changes": ("baseline_changes.csv", "projected_fiscal_year", "value", "changes_baseline_date"),
    "actuals": ("actuals.csv", "fiscal_year", "actual_value", ""),
    "gdp": ("actual_GDP.csv", "fiscal_year", "GDP", ""),
}
