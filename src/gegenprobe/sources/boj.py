"""Bank of Japan, API of the time-series data search. No key.

Net purchases of foreign bonds come in 100 million yen and are turned into dollars at the Bank's own monthly mean rate.
The form of answers and errors was seen as recorded, for other series; the codes and the sign of this one are unproven
against the live service. Policy decisions are no series there: that one is kept by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.tidy import date, need, number, plain
from gegenprobe.sources.web import Web, quoted

GOOD = "M181000I"
MOST_PAGES = 20
MONTHLY_RATE = ("FM08", "FXERM07")


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each series; ``request.db`` and ``request.code`` name the yen series to be turned into dollars."""
    return each(asked, lambda one: _one(web, one))


def _one(web: Web, one: Asked) -> pd.DataFrame:
    yen = _series(web, str(one.entry.request["db"]), str(one.entry.request["code"]), one.since)
    rate = _series(web, *MONTHLY_RATE, one.since)
    lacking = sorted(set(yen) - set(rate))
    if lacking:
        raise SourceError(f"no exchange rate of {lacking[0]:%Y-%m} in {'/'.join(MONTHLY_RATE)}")
    # 100 million yen over yen per dollar is 100 million dollars, a tenth of a billion.
    return plain((month, round(value / rate[month] / 10, 3)) for month, value in yen.items())


def _series(web: Web, db: str, code: str, since: pd.Timestamp) -> dict[pd.Timestamp, float]:
    query: dict[str, object] = {"format": "json", "lang": "en", "db": db, "code": code, "startDate": f"{since:%Y%m}"}
    found: dict[pd.Timestamp, float] = {}
    for _ in range(MOST_PAGES):
        # The manual promises status 200 for errors too, observers saw 400: the body decides.
        answer = web.json("getDataCode", query, also=(400, 500, 503))
        need(answer if isinstance(answer, dict) else (), ["MESSAGEID"], "getDataCode")
        if answer["MESSAGEID"] != GOOD:
            raise SourceError(f"{db}/{code}: {quoted(str(answer['MESSAGEID']))} {quoted(str(answer.get('MESSAGE')))}")
        need(answer, ["RESULTSET"], "getDataCode")
        for part in answer["RESULTSET"]:
            need(part, ["SERIES_CODE", "VALUES"], f"{db}/{code}")
            days, values = part["VALUES"].get("SURVEY_DATES"), part["VALUES"].get("VALUES")
            if part["SERIES_CODE"] != code or not days or not values or len(days) != len(values):
                raise SourceError(f"{db}/{code}: another series, or dates and values do not match")
            for day, value in zip(days, values, strict=True):
                month = date(day, f"{db}/{code}", "%Y%m")
                if month in found:
                    raise SourceError(f"{db}/{code}: {month:%Y-%m} stands twice")
                if value is not None:
                    found[month] = number(value, f"{db}/{code} {day}")
        if answer.get("NEXTPOSITION") is None:
            break
        query["startPosition"] = answer["NEXTPOSITION"]
    else:
        raise SourceError(f"{db}/{code}: more than {MOST_PAGES} pages")
    if not found:
        raise SourceError(f"{db}/{code}: the answer holds no values")
    return found
