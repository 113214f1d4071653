"""One evaluation of a measure: what is known, the day the video is judged on, and what has been read so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from gegenprobe.measures.periods import resolve
from gegenprobe.observations import View
from gegenprobe.values import Values

EACH = "each"
"""The area of a series inside a ranking of areas: each of them in turn."""
Window = tuple[pd.Timestamp, pd.Timestamp]


@dataclass
class Reading:
    """One series that was read, and how far a window of the result reaches in it."""

    series: str
    area: str
    steps: list[Callable[[pd.Timestamp, pd.Timestamp], Window]] = field(default_factory=list)

    def reach(self, window: Window) -> Window:
        """Return the dates of the series behind a window of the result: growth over a year reaches one year back."""
        for step in reversed(self.steps):
            window = step(*window)
        return window


@dataclass
class Evaluation:
    """One evaluation: the view, the day the video is judged on, and what has been read so far."""

    view: View
    video_day: pd.Timestamp
    area: str = ""
    read: list[Reading] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    def series(self, series: str, area: str) -> Values:
        """Return a series as known and note that it was read."""
        area = self.area if area == EACH else area
        values = self.view.values(series, area)
        self.read.append(Reading(series, area))
        return values

    def at(self, period: str, values: Values, anchor=None) -> pd.Timestamp:
        """Return the date of `values` that a period names."""
        return resolve(period, values, self.view.day, self.video_day, anchor)
