"""Pictures of the 30-year Treasury yield: since 1977, and around the video."""

from __future__ import annotations

from contextlib import suppress

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import end_labels, gaps, source_line, stated_rule, thin, time_axis, video_rule
from gegenprobe.errors import NoData
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

SAID_YIELD, SAID_YEAR = 5.12, 2011
"""What the video says: the yield, and since when it was the highest."""
CEASED, RESUMED = "long-yields-005", "long-yields-006"
"""Facts: between these days the Treasury published no 30-year yield; the source's figures are estimates."""
WITHIN_DAY = (("long-yields-001", "20-year"), ("long-yields-002", "30-year"))


def fit(chart: alt.LayerChart, layout: Layout, height: int | None = None) -> alt.LayerChart:
    """Return the chart in the width of the page, axes and labels included."""
    return chart.properties(
        width=layout.width,
        height=height or layout.height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )


def value_scale(layout: Layout, low: float, high: float, digits: int = 0) -> alt.Y:
    """Return the y encoding of ``value`` between two bounds; yields need no zero, their length means nothing."""
    axis = alt.Axis(title=None, tickCount=4 if layout.narrow else 6, format=f".{digits}f")
    return alt.Y("value:Q", axis=axis, scale=alt.Scale(domain=[low, high], nice=False, zero=False))


def span(layout: Layout, first: pd.Timestamp, last: pd.Timestamp, room: float) -> alt.X:
    """Return a time axis with a share `room` left free at the right for labels."""
    end = last + (last - first) * room * (1.9 if layout.narrow else 1.0)
    return time_axis(layout, scale=alt.Scale(domain=[f"{first:%Y-%m-%d}", f"{end:%Y-%m-%d}"], nice=False))


def tidy(values: pd.Series) -> pd.DataFrame:
    """Return columns ``date``, ``value``."""
    return values.rename("value").rename_axis("date").reset_index()


def published(view: View) -> pd.Series:
    """Return the 30-year market yield without the years in which it was only estimated."""
    values = view.series("DGS30")
    try:
        ceased, resumed = view.fact(CEASED).event_date, view.fact(RESUMED).event_date
    except NoData:
        return values
    return values[(values.index < ceased) | (values.index >= resumed)]


@drawn
def long_yields(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the 30-year yield since 1977, the stated level, and when it was last so high."""
    values = published(view)
    before = values.loc[: video_day - pd.Timedelta(days=1)]
    high = before[before >= SAID_YIELD]
    year = before[before.index.year == SAID_YEAR]
    marks = pd.DataFrame(
        {
            "date": [high.index[-1], year.idxmax()],
            "value": [high.iloc[-1], year.max()],
            "label": [f"{high.index[-1]:%B %Y}: {number(high.iloc[-1], 2)}", f"{SAID_YEAR}: {number(year.max(), 2)}"],
        }
    )
    line = gaps(thin(values, 900), pd.Timedelta(days=500))
    last = values.index[-1]
    ends = pd.DataFrame({"date": [last], "value": [values.iloc[-1] - 0.7], "label": [number(values.iloc[-1], 2)]})

    def draw(layout: Layout) -> alt.LayerChart:
        x = span(layout, values.index[0], last, 0.05)
        y = value_scale(layout, 0, 16)
        low = 96 if layout.narrow else 86
        curve = Chart(line).mark_line(color=layout.context, strokeWidth=1.4)
        dots = Chart(marks).mark_circle(size=70, color=layout.accent, opacity=1).encode(x="date:T", y="value:Q")
        texts = [
            Chart(marks.iloc[[place]])
            .mark_text(align=align, baseline="middle", dx=dx, dy=dy, color=layout.accent, fontWeight="bold")
            .encode(x="date:T", y="value:Q", text="label:N")
            for place, align, dx, dy in ((0, "left", 4, -16), (1, "left", -14, low - 26))
        ]
        missing = pd.DataFrame({"date": [view_gap(values)], "label": ["not published"]})
        gap = (
            Chart(missing)
            .mark_text(color=layout.muted, fontSize=11, angle=270, align="left")
            .encode(x="date:T", y=alt.value(layout.height - 6), text="label:N")
        )
        return fit(
            layered(
                stated_rule(layout, SAID_YIELD, f"said: {number(SAID_YIELD, 2)} %"),
                curve.encode(x=x, y=y, detail="piece:N"),
                gap,
                dots,
                *texts,
                video_rule(layout, video_day),
                end_labels(ends, layout, layout.ink),
            ),
            layout,
        )

    return Picture(
        name="long-yields",
        title=(
            f"Before the video the 30-year bond had last closed at {number(SAID_YIELD, 2)} % or more "
            f"in {high.index[-1]:%B %Y}; "
            f"in {SAID_YEAR} it never {'did' if year.max() < SAID_YIELD else 'fell below it'}"
        ),
        subtitle="30-year Treasury market yield at the close, percent, since 1977; none published from 2002 to 2006",
        description=(
            f"Line from {values.index[0]:%B %Y} to {last:%B %Y}, highest {number(values.max(), 2)} in "
            f"{values.idxmax():%B %Y}, "
            f"lowest {number(values.min(), 2)} in {values.idxmin():%B %Y}, newest {number(values.iloc[-1], 2)}. "
            f"Last at {number(SAID_YIELD, 2)} or more before the video on {long_date(high.index[-1])}; "
            f"highest close of {SAID_YEAR}: {number(year.max(), 2)}. Gap from 2002 to 2006."
        ),
        source=source_line(view, "DGS30"),
        data=tidy(values).rename(columns={"value": "yield_30y"}),
        draw=draw,
    )


def view_gap(values: pd.Series) -> pd.Timestamp:
    """Return the middle of the longest gap of a series."""
    steps = values.index.to_series().diff()
    return steps.idxmax() - steps.max() / 2


@drawn
def spring_yields(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the long yields around the video day by day, with the auctions, against the stated level."""
    day = min(video_day, view.day)
    start, end = day - pd.DateOffset(days=70), day + pd.DateOffset(days=14)
    lines = {"30-year": view.series("DGS30").loc[start:end], "20-year": view.series("DGS20").loc[start:end]}
    auctions = pd.concat(
        tidy(view.series(f"treasury.auction.{key}.high_yield").loc[start:end]).assign(bond=bond)
        for key, bond in (("30y", "30-year"), ("20y", "20-year"))
    )
    tops = []
    for name, bond in WITHIN_DAY:
        with suppress(NoData):
            fact = view.fact(name)
            tops.append({"date": fact.event_date, "value": fact.value, "bond": bond})
    within = pd.DataFrame(tops, columns=["date", "value", "bond"])
    passed = "; within a day it was passed" if (within["value"] >= SAID_YIELD).any() else ""
    closes = pd.concat(tidy(values).assign(bond=bond) for bond, values in lines.items())
    top_close, top_auction = closes["value"].max(), auctions["value"].max()
    named = auctions[(auctions["value"] == top_auction) | (auctions["date"] == video_day)]
    reached = max(top_close, top_auction) >= SAID_YIELD
    data = pd.concat(
        [closes.assign(kind="close"), auctions.assign(kind="auction"), within.assign(kind="highest within the day")]
    )

    def draw(layout: Layout) -> alt.LayerChart:
        first, last = closes["date"].min(), closes["date"].max()
        x = alt.X(
            "date:T",
            axis=alt.Axis(title=None, format="%-d %b", tickCount=4 if layout.narrow else 7),
            scale=alt.Scale(domain=[f"{first:%Y-%m-%d}", f"{last + pd.Timedelta(days=12):%Y-%m-%d}"], nice=False),
        )
        y = value_scale(layout, closes["value"].min() - 0.05, 5.22, 1)
        colour = alt.Color(
            "bond:N", scale=alt.Scale(domain=["30-year", "20-year"], range=[layout.accent, layout.second])
        )
        curve = Chart(closes).mark_line(opacity=0.75).encode(x=x, y=y, color=colour)
        sold = Chart(auctions).mark_point(shape="diamond", filled=True, size=110, opacity=1)
        sold_text = (
            Chart(named.assign(label=[number(value, 3) for value in named["value"]]))
            .mark_text(align="center", baseline="top", dy=9, fontWeight="bold")
            .encode(x="date:T", y="value:Q", color=colour, text="label:N")
        )
        peak = Chart(within).mark_point(shape="triangle-up", filled=False, size=70, strokeWidth=1.6, opacity=1)
        last_days = closes.sort_values("date").groupby("bond").tail(1)
        apart = last_days.sort_values("value").assign(label=lambda rows: rows["bond"])
        apart["value"] = apart["value"] + [-0.025, 0.025][: len(apart)]
        return fit(
            layered(
                stated_rule(layout, SAID_YIELD, f"said: {number(SAID_YIELD, 2)} %"),
                curve,
                sold.encode(x="date:T", y="value:Q", color=colour),
                sold_text,
                peak.encode(x="date:T", y="value:Q", color=colour),
                video_rule(layout, video_day, label=not layout.narrow),
                end_labels(apart, layout, colour),
            ),
            layout,
        )

    verdict = "was reached" if reached else "was reached by no close and no auction"
    return Picture(
        name="spring-yields",
        title=(
            f"In the weeks around {long_date(day)} {number(SAID_YIELD, 2)} % {verdict}: "
            f"highest close {number(top_close, 2)} %, highest auction {number(top_auction, 3)} %{passed}"
        ),
        subtitle="Market yields at the close (lines), auctions (diamonds), highest within the day (triangles), percent",
        description=(
            f"30-year and 20-year closes from {long_date(closes['date'].min())} to {long_date(closes['date'].max())}, "
            f"highest {number(top_close, 2)}. Auctions: "
            + ", ".join(f"{row.bond} {long_date(row.date)} {number(row.value, 3)}" for row in auctions.itertuples())
            + ". Within the day: "
            + ", ".join(f"{row.bond} {long_date(row.date)} {number(row.value, 3)}" for row in within.itertuples())
            + "."
        ),
        source=source_line(view, "DGS30", "treasury.auction.30y.high_yield") + " Within the day: financial pages.",
        data=data,
        draw=draw,
    )
