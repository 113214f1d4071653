"""Ministry of Finance Japan: yields of government bonds by maturity, two csv files. No key.

One file ends with the last full month, the other holds the running one; where both give a day the newer file is right.
Both were seen as the ministry publishes them (English edition): a title line, a line of column names, days as
``2026/9/30``, ``-`` for no value, and a note at the end whose first bytes are not ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.tidy import date, need, number, plain
from gegenprobe.sources.web import Web

FILES = ("historical/jgbcme_all.csv", "jgbcme.csv")
DAY = re.compile(r"^\d{4}/\d{1,2}/\d{1,2}$")


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each series; ``request.column`` is the maturity, as ``10Y``."""
    return each(asked, lambda one: _one(web, one))


def _one(web: Web, one: Asked) -> pd.DataFrame:
    found: dict[pd.Timestamp, float] = {}
    for file in FILES:
        found.update(_read(web.text(file, encoding="cp932"), file, str(one.entry.request["column"])))
    return plain((day, value) for day, value in found.items() if day >= one.since)


def _read(text: str, file: str, column: str) -> dict[pd.Timestamp, float]:
    lines = [line.split(",") for line in text.splitlines()]
    if len(lines) < 3:
        raise SourceError(f"{file}: no rows")
    need(lines[1], ["Date", column], file)
    at = lines[1].index(column)
    found: dict[pd.Timestamp, float] = {}
    for cells in lines[2:]:
        if not DAY.match(cells[0].strip()):
            break
        day = date(cells[0].strip(), file, "%Y/%m/%d")
        if len(cells) != len(lines[1]):
            raise SourceError(f"{file} {cells[0]}: {len(cells)} cells in place of {len(lines[1])}")
        if day in found:
            raise SourceError(f"{file}: {day:%Y-%m-%d} stands twice")
        if cells[at].strip() != "-":
            found[day] = number(cells[at], f"{file} {cells[0]} {column}")
    if not found:
        raise SourceError(f"{file}: no value in column {column}")
    return found
