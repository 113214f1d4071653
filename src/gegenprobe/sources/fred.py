"""FRED and ALFRED (Federal Reserve Bank of St. Louis), through fredapi.

fredapi has no timeout, no retry, no pause, swallows the status and puts the key into its addresses; it also stops
silently at the service's row limit. Here it builds the question and reads the answer; asking is `Web`'s.

A vintage is asked for by ``realtime_start`` and ``realtime_end`` (any other spelling is ignored by the service with
status 200, and revised figures come back), and the answer must repeat both: else it is not taken.

Error texts and JSON were recorded from the live service; the XML of observations is the attribute layout fredapi reads.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

import pandas as pd
from fredapi import Fred

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.tidy import not_too_many, nothing_new, plain_xml, rows
from gegenprobe.sources.web import Web, quoted

KEY = "FRED_API_KEY"
NEVER = "9999-12-31"
HOME = "America/Chicago"
NOTHING_NEW = "No vintage dates exist"


class _Client(Fred):
    """fredapi with its one fetching method replaced."""

    def __init__(self, web: Web):
        # Not super().__init__: it would read proxies and install a global opener.
        self.root_url = "fred:"
        self.web = web

    def _Fred__fetch_data(self, url: str) -> ET.Element:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        reply = self.web.get(parts.path, {**query, "api_key": self.web.key}, also=(400, 404))
        not_too_many(reply.body.count(b"<observation "))
        try:
            root = ET.fromstring(plain_xml(reply.body, self.web.host))
        except ET.ParseError:
            raise SourceError(f"{self.web.host} answered with no valid XML (status {reply.status})") from None
        if root.tag == "error":
            raise SourceError(self.web.clean(f"{self.web.host} says: {quoted(root.get('message', ''))}"))
        if reply.status != 200 or root.tag != "observations":
            raise SourceError(f"{self.web.host} answered with <{quoted(root.tag, 30)}> (status {reply.status})")
        for name in ("realtime_start", "realtime_end"):
            if root.get(name) != query.get(name):
                raise SourceError(
                    f"{name} {query.get(name)} was asked, {quoted(str(root.get(name)), 20)} came back: "
                    "the vintage was ignored"
                )
        count = root.get("count", "")
        if count.isdigit() and int(count) != len(root):
            raise SourceError(f"{count} rows announced, {len(root)} came")
        if not len(root):
            raise SourceError("the answer holds no rows")
        for child in root:
            if child.get("date") is None or child.get("value") is None:
                raise SourceError("a row without date or value: the answer has another form than expected")
        return root


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield what FRED knows of each series.

    A series that is never revised is read as it stands today; of any other, every vintage after the newest one held.
    """
    client = _Client(web)
    return each(asked, lambda one: _one(client, one))


def _one(client: _Client, one: Asked) -> pd.DataFrame:
    name = quote(one.entry.key, safe="")
    today = _their_day(one.today)
    day = f"{today:%Y-%m-%d}"
    try:
        if one.entry.vintage_basis == "never-revised":
            series = client.get_series(name, observation_start=one.since, realtime_start=day, realtime_end=day)
            found = [("", date, None, value) for date, value in series.items() if pd.notna(value)]
        else:
            start = min(one.known + pd.Timedelta(days=1), today)
            frame = client.get_series_all_releases(name, f"{start:%Y-%m-%d}", NEVER)
            # A value that held before the window began is known at the latest on its first day.
            found = [
                ("", row.date, max(row.realtime_start, start), row.value)
                for row in frame.itertuples(index=False)
                if pd.notna(row.value)
            ]
    except (ValueError, TypeError) as error:
        raise SourceError(client.web.clean(f"a row cannot be read ({quoted(str(error), 80)})")) from None
    except SourceError as error:
        if NOTHING_NEW in str(error):
            return nothing_new()
        raise
    return rows(found)


def _their_day(today: pd.Timestamp) -> pd.Timestamp:
    """Return the day it is in St. Louis while it is `today` here: a day not begun there is refused as the future."""
    now = pd.Timestamp.now("UTC")
    here, there = (moment.tz_localize(None).normalize() for moment in (now, now.tz_convert(HOME)))
    return there if today == here else today
