"""The one look of all pictures, and the marks they share."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout
from gegenprobe.observations import View
from gegenprobe.words import long_date, plain_period

FONT = "'Liberation Sans', Arial, Helvetica, Roboto, sans-serif"
"""Arial's metrics: a wider font would be cut at the picture's edge. vl-convert brings Liberation Sans, which has them,
and measures with the first font of the list: one that it lacks would give way to any it finds."""


def finish(chart: alt.TopLevelMixin, layout: Layout) -> alt.TopLevelMixin:
    """Return the chart with the book's configuration; call it last, on the outermost chart."""
    size = 11 if layout.narrow else 12
    return chart.configure(
        background="transparent",
        font=FONT,
        padding={"left": 4, "right": 6, "top": 6, "bottom": 2},
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            domain=False, ticks=False, labelColor=layout.muted, titleColor=layout.muted, gridColor=layout.grid,
            labelFontSize=size, titleFontSize=size, titleFontWeight="normal", labelPadding=6, labelLimit=0,
        ),
        axisX=alt.AxisConfig(
            grid=False, ticks=True, tickColor=layout.grid, domain=True, domainColor=layout.grid, labelFlush=False
        ),
        header=alt.HeaderConfig(labelColor=layout.ink, labelFontSize=size, title=None, labelAnchor="start"),
        text=alt.MarkConfig(color=layout.ink, fontSize=size, font=FONT),
        line=alt.LineConfig(strokeWidth=1.8, strokeJoin="round"),
        legend=alt.LegendConfig(disable=True),
    )  # fmt: skip


def time_axis(layout: Layout, **options) -> alt.X:
    """Return the x encoding of a ``date`` column with as many ticks as the width bears."""
    axis = alt.Axis(title=None, tickCount=4 if layout.narrow else 8, labelOverlap="greedy")
    return alt.X("date:T", axis=options.pop("axis", axis), **options)


def value_axis(layout: Layout, field: str, title: str | None = None, zero: bool = False, **options) -> alt.Y:
    """Return the y encoding of a value; `zero` where length means amount. The unit belongs into the subtitle."""
    axis = alt.Axis(title=title, tickCount=4 if layout.narrow else 6)
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(zero=zero, nice=True), **options)


def video_rule(layout: Layout, day: pd.Timestamp, label: bool = True) -> alt.LayerChart:
    """Return a thin vertical line on the day of the video, with its label at the top."""
    frame = pd.DataFrame({"date": [day], "label": ["video" if layout.narrow else f"video, {long_date(day)}"]})
    rule = Chart(frame).mark_rule(color=layout.muted, strokeWidth=1, strokeDash=[3, 3]).encode(x="date:T")
    if not label:
        return layered(rule)
    text = (
        Chart(frame)
        .mark_text(align="right", baseline="top", dx=-4, color=layout.muted, fontSize=11)
        .encode(x="date:T", y=alt.value(0), text="label:N")
    )
    return layered(rule, text)


def stated_rule(layout: Layout, value: float, label: str) -> alt.LayerChart:
    """Return a horizontal line at the value the video states, with its label at the left end."""
    frame = pd.DataFrame({"value": [value], "label": [label]})
    rule = Chart(frame).mark_rule(color=layout.stated, strokeWidth=1.2, strokeDash=[6, 3]).encode(y="value:Q")
    text = (
        Chart(frame)
        .mark_text(align="left", baseline="bottom", dx=2, dy=-3, color=layout.stated, fontSize=11)
        .encode(x=alt.value(0), y="value:Q", text="label:N")
    )
    return layered(rule, text)


def end_labels(ends: pd.DataFrame, layout: Layout, colour: alt.Color | str, field: str = "value") -> alt.Chart:
    """Return direct labels at the line's ends.

    Parameters
    ----------
    ends : DataFrame
        One row a line: ``date``, the value column named by `field`, ``label``.
    colour : Color or str
        An encoding shared with the lines, or one colour.
    """
    text = Chart(ends).mark_text(align="left", baseline="middle", dx=5, fontSize=11 if layout.narrow else 12)
    encoded = text.encode(x="date:T", y=f"{field}:Q", text="label:N")
    return encoded.encode(color=colour) if isinstance(colour, alt.Color) else encoded.encode(color=alt.value(colour))


def gaps(values: pd.Series, longest: pd.Timedelta) -> pd.DataFrame:
    """Return columns ``date``, ``value``, ``piece``: a new piece after every gap, so that lines break there.

    Encode ``detail="piece:N"`` in the line.
    """
    frame = values.rename("value").rename_axis("date").reset_index()
    frame["piece"] = (frame["date"].diff() > longest).cumsum()
    return frame


def thin(values: pd.Series, most: int = 1200) -> pd.Series:
    """Return at most about `most` points that keep the first, last, lowest and highest of every bucket."""
    if len(values) <= most:
        return values
    places, numbers = np.arange(len(values)), values.to_numpy()
    bucket = places * (most // 4) // len(values)
    first = np.flatnonzero(np.diff(bucket, prepend=-1))
    last = np.append(first[1:], len(values)) - 1
    lowest = np.lexsort((places, numbers, bucket))[first]
    highest = np.lexsort((-places, numbers, bucket))[last]
    return values.iloc[np.unique(np.concatenate([first, last, lowest, highest]))]


def source_line(view: View, *series: str) -> str:
    """Return source and vintage: agencies, newest observation, the day of knowledge, pseudo-real-time if so."""
    agencies = list(dict.fromkeys(view.entry(each).agency for each in series))
    day, last = max((view.newest(each), each) for each in series)
    newest = plain_period(day, view.entry(last).frequency)
    text = f"Source: {'; '.join(agencies)}. Newest figure: {newest}. As known on {long_date(view.day)}."
    if any(view.is_pseudo_real_time(each) for each in series):
        text += " Read from a later vintage (pseudo-real-time)."
    return text
