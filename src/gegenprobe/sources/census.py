"""US Census Bureau: monthly trade in goods with one country, API for international trade. Key: CENSUS_API_KEY.

Since May 2026 every question needs a key; without one the service redirects to a web page, with a bad one it answers
with a web page and status 200. The form of the answer was seen for other countries and years, never for this one:
unproven against the live service.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.tidy import date, need, number, plain
from gegenprobe.sources.web import Web

KEY = "CENSUS_API_KEY"


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each series; ``request.flow`` is ``exports`` or ``imports``, with ``request.value`` and ``.country``."""
    return each(asked, lambda one: _one(web, one))


def _one(web: Web, one: Asked) -> pd.DataFrame:
    flow, value, country = (str(one.entry.request[name]) for name in ("flow", "value", "country"))
    query = {"get": f"{value},CTY_NAME", "CTY_CODE": country, "time": f"from {one.since:%Y-%m}", "key": web.key}
    path = f"{flow}/hs"
    answer = web.json(path, query)
    if not isinstance(answer, list) or len(answer) < 2 or not all(isinstance(row, list) for row in answer):
        raise SourceError(f"{path}: not a list of header and rows")
    header = answer[0]
    need(header, [value, "CTY_CODE", "time"], path)
    at, place, when = header.index(value), header.index("CTY_CODE"), header.index("time")
    found = []
    for row in answer[1:]:
        if len(row) != len(header) or row[place] != country:
            raise SourceError(f"{path}: a row of another form or another country than asked")
        # Dollars there, millions with one decimal here, as the bureau's own table of the country has it.
        found.append((date(row[when], path, "%Y-%m"), round(number(row[at], f"{path} {row[when]}") / 1e6, 1)))
    return plain(found)
