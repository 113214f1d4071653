"""The next figure that could change a verdict, and when it is due by rule: from the figures held, without a clock."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gegenprobe.calendars import next_date, release_day
from gegenprobe.findings import Finding
from gegenprobe.observations import View

_SLOW = ("daily", "monthly", "quarterly", "annual", "fiscal-year")


@dataclass(frozen=True)
class Upcoming:
    """A figure not yet held.

    ``date`` is the period it will speak of, ``expected`` the day its agency usually publishes it, ``newest`` the last
    period held.
    """

    series: str
    area: str
    newest: pd.Timestamp
    date: pd.Timestamp
    expected: pd.Timestamp


def next_figure(finding: Finding, view: View) -> Upcoming | None:
    """Return the figure that a finding waits for.

    A number made of several series waits for the slowest of them; of a panel, for the first area to come. None where
    no new figure can change it: nothing was measured, the reading speaks of a fixed period, or no series behind it is
    still meant to grow by a rule (auctions and decisions have no such rule).
    """
    if finding.measurement is None or finding.definition is None or finding.definition.measure.is_pinned:
        return None
    first: dict[str, Upcoming] = {}
    for rest in finding.measurement.rests:
        found = _next(view, rest.series, rest.area)
        if found is not None and (rest.series not in first or found.expected < first[rest.series].expected):
            first[rest.series] = found
    return max(
        first.values(),
        key=lambda each: (_SLOW.index(view.entry(each.series).frequency), each.expected, each.series),
        default=None,
    )


def _next(view: View, series: str, area: str) -> Upcoming | None:
    entry = view.entry(series)
    if entry.freshness is None or entry.publication_lag_days is None or entry.frequency == "irregular":
        return None
    newest = view.newest(series, area)
    date = next_date(newest, entry)
    return Upcoming(series, area, newest, date, release_day(date, entry))
