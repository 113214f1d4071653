"""Japan's exports by partner and by commodity (Ministry of Finance, customs statistics).

Commodities by country come from e-Stat (key: ESTAT_APP_ID), where a table holds five years, the month lies in a class
of its own, months still to come are 0, and there are no totals: the world is the sum of all countries. All goods to the
world come from the customs time series, a csv file that needs no key and was seen as published.

Unproven against the live service: the codes of the commodities other than passenger cars, and of the countries other
than the United States, China and South Korea (from the ministry's list of countries). A wrong one shows as values that
are far from those held, which refresh refuses.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

import pandas as pd

from gegenprobe.catalogue import Entry
from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.estat import KEY, values_of
from gegenprobe.sources.tidy import date, need, number, rows
from gegenprobe.sources.web import Web

__all__ = ["KEY", "fetch", "keyless"]

TABLES = {
    2006: "0003228191", 2011: "0003228192", 2016: "0003313967", 2021: "0003425295", 2026: "0004049327",
}  # fmt: skip
"""First year of each table; a new one comes every fifth year."""
COUNTRIES = {
    "50103": "KOR", "50105": "CHN", "50106": "TWN", "50108": "HKG", "50110": "VNM", "50111": "THA", "50112": "SGP",
    "50113": "MYS", "50117": "PHL", "50118": "IDN", "50123": "IND", "50205": "GBR", "50213": "DEU", "50302": "CAN",
    "50304": "USA", "50305": "MEX", "50409": "CHL", "50601": "AUS", "50606": "NZL",
}  # fmt: skip
CPTPP9 = ("AUS", "CAN", "CHL", "GBR", "MEX", "MYS", "NZL", "SGP", "VNM")
VALUE_OF_MONTH = {140 + 20 * month: month + 1 for month in range(12)}
"""Class codes of the monthly values; those of the quantities lie 10 below."""
WORLD_FILE = "d41ma.csv"
MONTH = re.compile(r"^\d{4}/\d{2}$")
STEPS = {"monthly": (1, "MS"), "quarterly": (3, "QS"), "annual": (12, "YS")}

Months = dict[tuple[str, pd.Timestamp], float]


def keyless(entry: Entry) -> bool:
    """Tell whether a series needs no key: the totals come as a file."""
    return entry.request["goods"] == "all"


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each panel; ``request.goods`` is ``all`` or the commodity's code, in billions of yen."""
    return each(asked, lambda one: _one(web, one))


def _one(web: Web, one: Asked) -> pd.DataFrame:
    goods, since = str(one.entry.request["goods"]), one.since.replace(month=1, day=1)
    months = _world(web, since) if goods == "all" else _countries(web, goods, since)
    wanted = str(one.entry.request["areas"]).split()
    count, step = STEPS[one.entry.frequency]
    frame = pd.Series(months).unstack(level=0)
    # Only whole quarters and years: a sum of fewer months is another quantity.
    sums = frame.resample(step).sum(min_count=count)
    return rows(
        (area, day, None, round(value / 1e6, 6))
        for area in wanted
        if area in sums
        for day, value in sums[area].dropna().items()
        if day >= one.since
    )


def _world(web: Web, since: pd.Timestamp) -> Months:
    lines = [line.split(",") for line in web.text(WORLD_FILE, encoding="cp932", base=web.address.files).splitlines()]
    start = next((at for at, cells in enumerate(lines) if cells[0] == "Years/Months"), None)
    if start is None:
        raise SourceError(f"{WORLD_FILE}: no line of column names ('Years/Months')")
    need(lines[start], ["Exp-Total"], WORLD_FILE)
    at = lines[start].index("Exp-Total")
    found: Months = {}
    for cells in lines[start + 1 :]:
        if not MONTH.match(cells[0]):
            continue
        if len(cells) != len(lines[start]):
            raise SourceError(f"{WORLD_FILE} {cells[0]}: {len(cells)} cells in place of {len(lines[start])}")
        month = date(cells[0], WORLD_FILE, "%Y/%m")
        if ("WLD", month) in found:
            raise SourceError(f"{WORLD_FILE}: {cells[0]} stands twice")
        found["WLD", month] = number(cells[at], f"{WORLD_FILE} {cells[0]}")
    # Months still to come are 0.
    return {key: value for key, value in found.items() if value and key[1] >= since}


def _countries(web: Web, goods: str, since: pd.Timestamp) -> Months:
    found: Months = {}
    for first, following in itertools.pairwise([*TABLES, 9999]):
        if following <= since.year:
            continue
        table = TABLES[first]
        asking = {
            "statsDataId": table, "cdCat01": goods, "cdCat02": ",".join(map(str, VALUE_OF_MONTH)),
            "cdTimeFrom": f"{max(first, since.year)}000000",
        }  # fmt: skip
        part: Months = {}
        for row in values_of(web, asking):
            need(row, ["@cat01", "@cat02", "@area", "@time", "$"], f"table {table}")
            if row["@cat01"] != goods or int(row["@cat02"]) not in VALUE_OF_MONTH:
                raise SourceError(f"table {table}: a row of another commodity or kind than asked")
            key = (str(row["@area"]), pd.Timestamp(int(row["@time"][:4]), VALUE_OF_MONTH[int(row["@cat02"])], 1))
            if key in part:
                raise SourceError(f"table {table}: {key[0]} {key[1]:%Y-%m} stands twice")
            part[key] = number(row["$"], f"table {table} {key[0]} {key[1]:%Y-%m}")
        last = max((month for (_, month), value in part.items() if value), default=None)
        for (code, month), value in part.items():
            if last is not None and month <= last:
                found["WLD", month] = found.get(("WLD", month), 0.0) + value
                if code in COUNTRIES:
                    found[COUNTRIES[code], month] = value
    for month in {month for _, month in found}:
        found["CPTPP9", month] = sum(found.get((area, month), 0.0) for area in CPTPP9)
    return found
