"""US Treasury Fiscal Data: Debt to the Penny, interest expense, the Monthly Treasury Statement, auctions. No key.

Every value comes as text, and a missing one as the text ``null``. Rows are asked for whole (leaving out key columns by
``fields=`` makes the server add rows up), page by page, and counted against the announced total. Names of fields were
seen in recorded answers; of ``interest_expense`` and ``mts_table_9`` only single rows were.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.tidy import date, need, number, plain
from gegenprobe.sources.web import Web, quoted

PAGE = 10_000
"""Rows a page; one more is refused with status 400."""
MOST_PAGES = 50
NULL = "null"
SHARES = {
    "dealer_share": "primary_dealer_accepted",
    "direct_share": "direct_bidder_accepted",
    "indirect_share": "indirect_bidder_accepted",
}


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each series; ``request.set`` names the data set, ``request.field`` the column."""
    return each(asked, lambda one: SETS[str(one.entry.request["set"])](web, one))


def _rows(web: Web, path: str, conditions: str, wanted: list[str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for page in range(1, MOST_PAGES + 1):
        query = {"filter": conditions, "sort": "record_date", "page[number]": page, "page[size]": PAGE}
        answer = web.json(path, query)
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise SourceError(f"{path}: no list 'data' in the answer")
        meta = answer.get("meta") or {}
        total, pages = meta.get("total-count"), meta.get("total-pages")
        if not isinstance(total, int) or not isinstance(pages, int):
            raise SourceError(f"{path}: no total-count or total-pages in the answer")
        for row in answer["data"]:
            need(row, wanted, path)
        found.extend(answer["data"])
        # Asking past the last page is status 400, not an empty list.
        if page >= pages:
            break
    if len(found) != total:
        raise SourceError(f"{path}: {total} rows announced, {len(found)} came")
    if not found:
        raise SourceError(f"{path}: the answer holds no rows")
    whole = [tuple(sorted(row.items())) for row in found]
    if len(set(whole)) != len(whole):
        raise SourceError(f"{path}: a row came twice")
    return found


def _debt(web: Web, one: Asked) -> pd.DataFrame:
    path, field = "v2/accounting/od/debt_to_penny", str(one.entry.request["field"])
    found = _rows(web, path, f"record_date:gte:{one.since:%Y-%m-%d}", ["record_date", field])
    return plain(
        (date(row["record_date"], path), number(row[field], f"{path} {row['record_date']} {field}"))
        for row in found
        if row[field] != NULL
    )


def _interest(web: Web, one: Asked) -> pd.DataFrame:
    """Add up the categories of each month: several rows share one."""
    path, field = "v2/accounting/od/interest_expense", "month_expense_amt"
    found = _rows(web, path, f"record_date:gte:{one.since:%Y-%m-%d}", ["record_date", "expense_catg_desc", field])
    sums: dict[str, list[float]] = {}
    for row in found:
        if row[field] != NULL:
            sums.setdefault(row["record_date"], []).append(number(row[field], f"{path} {row['record_date']} {field}"))
    return plain((date(day, path).replace(day=1), round(math.fsum(parts), 2)) for day, parts in sums.items())


def _statement(web: Web, one: Asked) -> pd.DataFrame:
    """Read one line of table 9, net of refunds, in whole millions as the printed statement gives it."""
    path, field, line = "v1/accounting/mts/mts_table_9", "current_month_rcpt_outly_amt", str(one.entry.request["line"])
    conditions = f"record_date:gte:{one.since:%Y-%m-%d},classification_desc:eq:{line}"
    found = _rows(web, path, conditions, ["record_date", "classification_desc", field])
    values = [
        (date(row["record_date"], path).replace(day=1), round(number(row[field], f"{path} {row['record_date']}") / 1e6))
        for row in found
        if row["classification_desc"] == line and row[field] != NULL
    ]
    return plain(values)


def _auction(web: Web, one: Asked) -> pd.DataFrame:
    """Read one property of the auctions of one tenor, reopenings included, the 25-million-dollar tests left out."""
    path, term, field = "v1/accounting/od/auctions_query", one.entry.request["term"], str(one.entry.request["field"])
    wanted = [
        "cusip", "auction_date", "original_security_term", "security_type", "inflation_index_security", "floating_rate",
        "noncomp_tenders_accepted", "comp_accepted", "bid_to_cover_ratio", "high_yield", "offering_amt", "reopening",
        *SHARES.values(),
    ]  # fmt: skip
    # The same question serves all properties of all tenors, so that it is asked once.
    found = _rows(web, path, f"auction_date:gte:{one.since:%Y-%m-%d},security_type:in:(Note,Bond)", wanted)
    values = []
    for row in found:
        nominal = row["inflation_index_security"] == "No" and row["floating_rate"] == "No"
        if row["original_security_term"] != term or not nominal or row["noncomp_tenders_accepted"] == "No":
            continue
        # A row stands there from the announcement on; before the result it is not an observation.
        if row["bid_to_cover_ratio"] == NULL or row["comp_accepted"] == NULL:
            continue
        where = f"{path} {quoted(row['cusip'], 12)} {row['auction_date']} {field}"
        values.append((date(row["auction_date"], where), _property(row, field, where)))
    return plain(values)


def _property(row: dict[str, str], field: str, where: str) -> float:
    if field in SHARES:
        part, whole = (number(row[name], where) for name in (SHARES[field], "comp_accepted"))
        if whole <= 0:
            raise SourceError(f"{where}: nothing accepted")
        # Cut, not rounded, to four decimals, as the figures held were; in whole numbers, so that nothing is lost.
        return int(part) * 1_000_000 // int(whole) / 1e4
    if field == "reopening":
        if row["reopening"] not in ("Yes", "No"):
            raise SourceError(f"{where}: {quoted(row['reopening'], 20)!r} is neither Yes nor No")
        return float(row["reopening"] == "Yes")
    return number(row[field], where)


SETS = {"debt": _debt, "interest": _interest, "statement": _statement, "auctions": _auction}
