"""Bank for International Settlements: policy rates and effective exchange rates, by SDMX. No key.

The SDMX-ML answer was seen as recorded (policy rate, another country).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, each
from gegenprobe.sources.sdmx_reply import ask
from gegenprobe.sources.tidy import date, plain
from gegenprobe.sources.web import Web


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each series; ``request.flow`` and ``request.series`` are the SDMX flow and key of a monthly series."""
    return each(asked, lambda one: _one(web, one))


def _one(web: Web, one: Asked) -> pd.DataFrame:
    flow, key = str(one.entry.request["flow"]), str(one.entry.request["series"])
    # Without the long compilation text that each row of the policy rates repeats.
    query = {"startPeriod": f"{one.since:%Y-%m}", "detail": "dataonly"}
    _, frame = ask(web, "BIS", flow, key, query, ["TIME_PERIOD"])
    frame = frame[frame["value"].notna()]
    return plain((date(row.TIME_PERIOD, flow, "%Y-%m"), row.value) for row in frame.itertuples(index=False))
