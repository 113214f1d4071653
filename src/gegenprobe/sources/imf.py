"""International Monetary Fund, World Economic Outlook, by SDMX at api.imf.org. No key.

The version of the flow is no edition (version 9.0.0 was October 2025 and was then overwritten by April 2026): the
edition is the publication date that the message itself carries, and without one nothing is taken. Seen: one recorded
message of another indicator; all countries in one question is unproven against the live service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.sdmx_reply import ask
from gegenprobe.sources.tidy import number, rows
from gegenprobe.sources.web import Web

FLOW = "IMF.RES,WEO"
PUBLISHED = re.compile(rb'\bPUBLICATION_DATE="(\d{4}-\d{2}-\d{2})')
COUNTRY = re.compile(r"^[A-Z]{3}$")


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each panel, all countries at once; ``request.indicator`` is the WEO subject code, a ratio."""
    return each(asked, lambda one: _one(web, one))


def _one(web: Web, one: Asked) -> pd.DataFrame:
    indicator = str(one.entry.request["indicator"])
    body, frame = ask(
        web, "IMF_DATA", FLOW, f".{indicator}.A", {"startPeriod": str(one.since.year)},
        ["COUNTRY", "INDICATOR", "TIME_PERIOD"],
    )  # fmt: skip
    editions = set(PUBLISHED.findall(body))
    if len(editions) != 1:
        raise SourceError(f"{FLOW}: {len(editions)} publication dates in the answer: the edition is not known")
    edition = pd.Timestamp(editions.pop().decode())
    if set(frame["INDICATOR"]) != {indicator}:
        raise SourceError(f"{FLOW}: {indicator} was asked, {', '.join(sorted(set(frame['INDICATOR'])))[:60]} came")
    if "SCALE" in frame and set(frame["SCALE"].astype(str)) != {"0"}:
        raise SourceError(f"{FLOW}: {indicator} comes with a scale; ratios have none")
    frame = frame[frame["value"].notna()]
    return rows(
        (row.COUNTRY, pd.Timestamp(int(row.TIME_PERIOD), 1, 1), edition, number(row.value, f"{FLOW} {row.COUNTRY}"))
        for row in frame.itertuples(index=False)
        # Aggregates of the WEO have codes with digits.
        if COUNTRY.match(row.COUNTRY)
    )
