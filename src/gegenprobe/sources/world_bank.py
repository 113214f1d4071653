"""World Bank, API version 2. No key; CC BY 4.0. Answers were seen as recorded (another country)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.tidy import date, need, number, rows
from gegenprobe.sources.web import Web, quoted


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each series; ``request.indicator`` and ``request.countries`` (ISO codes, with spaces between)."""
    return each(asked, lambda one: _one(web, one))


def _one(web: Web, one: Asked) -> pd.DataFrame:
    indicator, countries = str(one.entry.request["indicator"]), str(one.entry.request["countries"]).split()
    path = f"country/{';'.join(countries)}/indicator/{indicator}"
    query = {"format": "json", "date": f"{one.since.year}:{one.today.year}", "per_page": 20000, "page": 1}
    answer = web.json(path, query)
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], dict):
        raise SourceError(f"{indicator}: not a list of header and rows")
    if "message" in answer[0]:
        raise SourceError(f"{indicator}: {quoted(str(answer[0]['message']))}")
    if len(answer) < 2 or not answer[1]:
        raise SourceError(f"{indicator}: the answer holds no rows")
    if int(answer[0].get("pages", 0)) != 1 or int(answer[0].get("total", -1)) != len(answer[1]):
        raise SourceError(f"{indicator}: {answer[0].get('total')} rows announced, {len(answer[1])} came")
    found = []
    for row in answer[1]:
        need(row, ["countryiso3code", "date", "value"], indicator)
        if row["value"] is not None:
            where = f"{indicator} {row['countryiso3code']} {row['date']}"
            area = row["countryiso3code"] if one.entry.panel else ""
            found.append((area, date(row["date"], where, "%Y"), None, number(row["value"], where)))
    return rows(found)
