"""Treasury International Capital: who holds US Treasuries. Text files with tabs, no key.

``slt_table5.txt`` is the table of major foreign holders (the newest 13 months), ``mfhhis01.txt`` its history in blocks
of one year, ``slt_table1.txt`` the long-term holdings and net sales by country. All three were seen as official files.
``mfh.txt`` still answers with status 200 and has been frozen since January 2023: it is not asked. The annual survey
(``shlhistdat``) was not seen in its official form and has no request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.tidy import date, need, number, plain, rows
from gegenprobe.sources.web import Web, quoted

HOLDERS = {
    "Belgium": "BEL", "Canada": "CAN", "Cayman Islands": "CYM", "China, Mainland": "CHN", "France": "FRA",
    "Ireland": "IRL", "Japan": "JPN", "Luxembourg": "LUX", "Switzerland": "CHE", "Taiwan": "TWN",
    "United Kingdom": "GBR", "Grand Total": "WLD", "Of Which: Foreign Official": "OFF", "For. Official": "OFF",
}  # fmt: skip
MISSING = frozenset({"", "n.a.", "--", "*"})
FOOTNOTE = re.compile(r"\s+\d+/$")


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each series; ``request.table`` is ``holders`` or ``slt1``."""
    return each(asked, lambda one: _holders(web, one) if one.entry.request["table"] == "holders" else _slt1(web, one))


def _holders(web: Web, one: Asked) -> pd.DataFrame:
    """Join the newest table and the history; where both give a month, the newest table is right."""
    found = {}
    for cells in (_history(web.text("mfhhis01.txt")), _table5(web.text("slt_table5.txt"))):
        found.update(cells)
    return rows((area, month, None, value) for (area, month), value in found.items() if month >= one.since)


def _table5(text: str) -> dict[tuple[str, pd.Timestamp], float]:
    lines = [line.rstrip("\r").split("\t") for line in text.split("\n")]
    if not lines[0][0].startswith("Table 5:"):
        raise SourceError(f"slt_table5.txt begins with {quoted(lines[0][0], 40)!r}, not with 'Table 5:'")
    start = next((at for at, cells in enumerate(lines) if cells[0].strip() == "Country"), None)
    if start is None:
        raise SourceError("slt_table5.txt: no line of column names ('Country')")
    months = [date(cell.strip(), "slt_table5.txt column", "%Y-%m") for cell in lines[start][1:] if cell.strip()]
    found = _block(lines[start + 1 :], months, "slt_table5.txt")
    if ("WLD", months[0]) not in found:
        raise SourceError("slt_table5.txt: no Grand Total of the newest month: the table is cut short")
    return found


def _history(text: str) -> dict[tuple[str, pd.Timestamp], float]:
    lines = [[cell.strip() for cell in line.rstrip("\r").split("\t")] for line in text.split("\n")]
    found: dict[tuple[str, pd.Timestamp], float] = {}
    starts = [at for at, cells in enumerate(lines) if cells[0] == "Country"]
    if not starts:
        raise SourceError("mfhhis01.txt: no block begins with 'Country'")
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        names, years = [cell for cell in lines[start - 1] if cell], [cell for cell in lines[start][1:] if cell]
        if len(names) != len(years):
            raise SourceError(f"mfhhis01.txt line {start + 1}: {len(names)} months over {len(years)} years")
        months = [
            date(f"{name} {year}", "mfhhis01.txt column", "%b %Y") for name, year in zip(names, years, strict=True)
        ]
        for key, value in _block(lines[start + 1 : stop], months, "mfhhis01.txt").items():
            if found.setdefault(key, value) != value:
                raise SourceError(f"mfhhis01.txt: {key[0]} {key[1]:%Y-%m} stands twice with different values")
    return found


def _block(lines: list[list[str]], months: list[pd.Timestamp], where: str) -> dict[tuple[str, pd.Timestamp], float]:
    found = {}
    for cells in lines:
        name = FOOTNOTE.sub("", cells[0].strip().strip('"'))
        if name.startswith("Notes"):
            break
        area = HOLDERS.get(name)
        if area is None:
            continue
        if len(cells) <= len(months):
            raise SourceError(f"{where} {name}: {len(cells) - 1} cells in place of {len(months)}")
        for month, cell in zip(months, cells[1:], strict=False):
            if cell.strip() in MISSING:
                continue
            key, value = (area, month), number(cell, f"{where} {name} {month:%Y-%m}")
            if found.setdefault(key, value) != value:
                raise SourceError(f"{where}: {name} {month:%Y-%m} stands twice with different values")
    return found


def _slt1(web: Web, one: Asked) -> pd.DataFrame:
    """Read one column of one country; net sales begin with February 2023, ``n.a.`` before."""
    name, column = str(one.entry.request["country"]), str(one.entry.request["column"])
    lines = [line.rstrip("\r").split("\t") for line in web.text("slt_table1.txt").split("\n")]
    if not lines[0][0].startswith("Table 1:"):
        raise SourceError(f"slt_table1.txt begins with {quoted(lines[0][0], 40)!r}, not with 'Table 1:'")
    start = next((at for at, cells in enumerate(lines) if cells[0] == "country"), None)
    if start is None:
        raise SourceError("slt_table1.txt: no line of machine names ('country')")
    need(lines[start], ["country", "date", column], "slt_table1.txt")
    if not any(cells[0].startswith("Column definitions") for cells in lines):
        raise SourceError("slt_table1.txt: no column definitions at its foot: the file is cut short")
    at, when = lines[start].index(column), lines[start].index("date")
    return plain(
        (
            date(cells[when], f"slt_table1.txt {name}", "%Y-%m"),
            number(cells[at], f"slt_table1.txt {name} {cells[when]}"),
        )
        for cells in lines[start + 1 :]
        if cells[0] == name and len(cells) > at and cells[at].strip() not in MISSING
    )
