"""Frames of pictures: a chart in the width of its page, axes that leave room for labels, labels that do not touch."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.picture import Layout
from gegenprobe.charts.theme import time_axis


def fit_width(chart: alt.LayerChart, layout: Layout, height: int | None = None) -> alt.LayerChart:
    """Return the chart in the width of the page, axes and labels at the line's ends included."""
    return chart.properties(
        width=layout.width,
        height=height or layout.height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )


def year_span(layout: Layout, first: pd.Timestamp, last: pd.Timestamp, room: float = 0.0) -> alt.X:
    """Return a time axis from `first` to `last`, ticks at years that have data.

    Parameters
    ----------
    room : float
        Share of the span left free at the right for labels; a phone gets nearly twice as much.
    """
    end = last + (last - first) * room * (1.9 if layout.narrow else 1.0)
    step = max(1, -(-(last.year - first.year) // (4 if layout.narrow else 8)))
    step = 10 if step > 4 else step
    years = [year for year in range(first.year, last.year + 1) if year % step == 0]
    ticks = [f"{year}-01-01" for year in years if pd.Timestamp(year=year, month=1, day=1) >= first]
    axis = alt.Axis(title=None, values=ticks, format="%Y", labelOverlap="greedy")
    return time_axis(layout, axis=axis, scale=alt.Scale(domain=[f"{first:%Y-%m-%d}", f"{end:%Y-%m-%d}"], nice=False))


def roomy(values: pd.Series, share: float = 0.14) -> alt.Scale:
    """Return a scale from zero that leaves a share of the span free above and below, for labels on bars."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = (high - low) * share
    return alt.Scale(domain=[low - room if low < 0 else 0.0, high + room], nice=False)


def spread(values: list[float], apart: float) -> list[float]:
    """Return sorted values moved as little as needed to lie at least `apart` from each other."""
    places = list(values)
    for _ in range(200):
        for low in range(len(places) - 1):
            missing = apart - (places[low + 1] - places[low])
            if missing > 0:
                places[low] -= missing / 2
                places[low + 1] += missing / 2
    return places


def last_known(values: pd.Series, day: pd.Timestamp) -> float:
    """Return the last value on or before a day."""
    return float(values.loc[:day].iloc[-1])


def as_frame(values: pd.Series, **columns: object) -> pd.DataFrame:
    """Return a series as columns ``date`` and ``value``, with constant columns added."""
    return values.rename("value").rename_axis("date").reset_index().assign(**columns)
