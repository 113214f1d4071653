"""Pictures of Japan's consumer prices and of what its households spend."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.spans import as_frame, fit_width, roomy, spread, year_span
from gegenprobe.charts.theme import end_labels, source_line, value_axis, video_rule
from gegenprobe.observations import View
from gegenprobe.words import number

SPENDING, RICE = "estat.household_spending.real_yoy", "estat.cpi.rice.index"
APART = 2.0
"""Distance in percentage points that keeps two labels at the line's ends from touching."""
PARTS = {"all items": "all", "core-core": "core_core", "food": "food", "energy": "energy"}


def _inflation(view: View, part: str) -> pd.Series:
    """Return the change on a year before: as published where held, worked out from the index after that."""
    published = view.series(f"estat.cpi.{part}.yoy")
    index = view.series(f"estat.cpi.{part}.index")
    return published.combine_first(((index / index.shift(12, freq="MS")) - 1).mul(100).dropna()).rename(part)


@drawn
def household_spending(view: View, video_day: pd.Timestamp, month: str = "2025-03", stated: float = -0.1) -> Picture:
    """Show real household spending by month, the month of the video and the month that has its figure.

    Parameters
    ----------
    view : View
        Series ``estat.household_spending.real_yoy`` (percent against a year before); missing months stay empty.
    month : str
        The month the video names.
    stated : float
        The figure it gives, with one decimal.
    """
    spending = view.series(SPENDING)
    named = pd.Timestamp(month)
    near = spending[f"{named.year}-01" : f"{named.year}-06"]
    hits = near[near.round(1) == stated]
    own = f"in {named:%B %Y} spending was {number(abs(spending[named]), 1)} % {'up' if spending[named] > 0 else 'down'}"
    if hits.empty:
        title = f"No month of early {named.year} has {number(stated, 1)} %; {own}"
    elif hits.index[0] == named:
        title = f"The {number(stated, 1)} % is the figure for {named:%B %Y}, as the video says"
    else:
        title = f"The {number(stated, 1)} % is the figure for {hits.index[0]:%B}; {own} on the year"
    frame = as_frame(spending)
    frame["role"] = "other"
    frame.loc[frame["date"].isin(hits.index), "role"] = "figure"
    frame.loc[frame["date"] == named, "role"] = "month"
    marks = frame[frame["role"] != "other"].assign(label=lambda rows: [f"{day:%b}" for day in rows["date"]])

    def draw(layout: Layout) -> alt.LayerChart:
        first, last = frame["date"].iloc[0] - pd.DateOffset(days=20), frame["date"].iloc[-1] + pd.DateOffset(days=20)
        last = max(last, video_day + pd.DateOffset(days=10))
        x = year_span(layout, first, last)
        colour = alt.Color(
            "role:N",
            scale=alt.Scale(domain=["other", "month", "figure"], range=[layout.context, layout.accent, layout.second]),
            legend=None,
        )
        bars = Chart(frame).mark_bar(size=8 if layout.narrow else 18)
        bars = bars.encode(x=x, y=value_axis(layout, "value").scale(roomy(frame["value"])), color=colour)
        zero = Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=layout.muted).encode(y="value:Q")
        texts = [
            Chart(marks[marks["value"] >= 0]).mark_text(baseline="bottom", dy=-4, fontSize=11),
            Chart(marks[marks["value"] < 0]).mark_text(baseline="top", dy=6, fontSize=11),
        ]
        texts = [each.encode(x="date:T", y="value:Q", text="label:N", color=colour) for each in texts]
        # the words stand in the gap of spring 2024, for which no figures are held
        said = pd.DataFrame(
            {"date": [pd.Timestamp("2024-05-16")], "value": [stated], "label": [f"said {number(stated, 1)}"]}
        )
        rule = Chart(said).mark_rule(color=layout.stated, strokeDash=[6, 3], strokeWidth=1.2).encode(y="value:Q")
        note = Chart(said).mark_text(baseline="top", dy=5, color=layout.stated, fontSize=11)
        note = note.encode(x="date:T", y="value:Q", text="label:N")
        return fit_width(layered(bars, zero, rule, note, *texts, video_rule(layout, video_day)), layout)

    listed = "; ".join(f"{day:%B %Y}: {number(value, 1)} %" for day, value in spending.items())
    return Picture(
        name="household-spending",
        title=title,
        subtitle=(
            "Real spending of Japanese households of two or more, percent against a year before, by month; "
            "no bar: no figure held"
        ),
        description=f"One bar a month. {listed}.",
        source=source_line(view, SPENDING),
        data=frame.drop(columns="role").rename(columns={"value": "percent"}),
        draw=draw,
    )


@drawn
def price_parts(view: View, video_day: pd.Timestamp, start: str = "2019", month: str = "2025-04") -> Picture:
    """Show inflation in Japan by part: all items, core-core, food and energy.

    Parameters
    ----------
    view : View
        Series ``estat.cpi.*`` (published changes to April 2025, indices after that).
    month : str
        The newest month known on the day of the video; the title gives its figures.
    """
    parts = {label: _inflation(view, part)[start:] for label, part in PARTS.items()}
    at = {label: values[pd.Timestamp(month)] for label, values in parts.items()}
    title = (
        f"In {pd.Timestamp(month):%B %Y} food rose {number(at['food'], 1)} % and energy {number(at['energy'], 1)} %, "
        f"all items {number(at['all items'], 1)} %"
    )
    newest = {label: values.iloc[-1] for label, values in parts.items()}
    if parts["food"].index[-1] > video_day:
        title += f"; by {parts['food'].index[-1]:%B %Y} all items were down to {number(newest['all items'], 1)} %" if (
            newest["all items"] < at["all items"]
        ) else f"; in {parts['food'].index[-1]:%B %Y} all items rose {number(newest['all items'], 1)} %"  # fmt: skip
    tidy = pd.concat([as_frame(values, part=label) for label, values in parts.items()])
    ends = tidy.groupby("part").tail(1).sort_values("value").assign(label=lambda rows: rows["part"])
    ends = ends.assign(value=spread(ends["value"].to_list(), APART), date=max(tidy["date"].max(), video_day))

    def draw(layout: Layout) -> alt.LayerChart:
        shades = [layout.ink, layout.third, layout.accent, layout.second]
        colour = alt.Color("part:N", scale=alt.Scale(domain=list(PARTS), range=shades), legend=None)
        x = year_span(layout, tidy["date"].min(), ends["date"].max(), 0.12)
        curves = (
            Chart(tidy).mark_line(strokeWidth=1.7).encode(x=x, y=value_axis(layout, "value", zero=True), color=colour)
        )
        zero = Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=layout.muted).encode(y="value:Q")
        return fit_width(layered(zero, curves, video_rule(layout, video_day), end_labels(ends, layout, colour)), layout)

    listed = [
        f"{label}: {number(at[label], 1)} % in {pd.Timestamp(month):%B %Y}, newest {number(newest[label], 1)} %"
        for label in PARTS
    ]
    return Picture(
        name="price-parts",
        title=title,
        subtitle=(
            "Consumer prices in Japan, percent against a year before; core-core leaves out fresh food and energy. "
            "As published to April 2025, worked out from the index after that"
        ),
        description="Four lines. " + "; ".join(listed) + ".",
        source=source_line(view, *[f"estat.cpi.{part}.index" for part in PARTS.values()]),
        data=tidy.rename(columns={"value": "percent"}),
        draw=draw,
    )


@drawn
def rice(view: View, video_day: pd.Timestamp, month: str = "2025-04") -> Picture:
    """Show the consumer price of rice since 2000 beside that of all items.

    Parameters
    ----------
    view : View
        Series ``estat.cpi.rice.index`` and ``estat.cpi.all.index`` (2020 = 100).
    month : str
        The newest month known on the day of the video.
    """
    grain, everything = view.series(RICE), view.series("estat.cpi.all.index")
    everything = everything[everything.index >= grain.index[0]]
    at, before = pd.Timestamp(month), pd.Timestamp(month) - pd.DateOffset(years=1)
    change = (grain[at] / grain[before] - 1) * 100
    title = f"Rice cost {number(abs(change), 0)} % {'more' if change > 0 else 'less'} in {at:%B %Y} than a year before"
    if grain.index[-1] > video_day:
        still = grain.idxmax() == grain.index[-1]
        title += "; it has gone on rising since" if still else f"; its price peaked in {grain.idxmax():%B %Y}"
    tidy = pd.concat([as_frame(grain, item="rice"), as_frame(everything, item="all items")])
    ends = tidy.groupby("item").tail(1).assign(label=lambda rows: rows["item"], date=max(tidy["date"].max(), video_day))

    def draw(layout: Layout) -> alt.LayerChart:
        scale = alt.Scale(domain=["rice", "all items"], range=[layout.accent, layout.context])
        colour = alt.Color("item:N", scale=scale, legend=None)
        x = year_span(layout, tidy["date"].min(), ends["date"].max(), 0.10)
        curves = Chart(tidy).mark_line().encode(x=x, y=value_axis(layout, "value", zero=True), color=colour)
        return fit_width(layered(curves, video_rule(layout, video_day), end_labels(ends, layout, colour)), layout)

    return Picture(
        name="rice",
        title=title,
        subtitle="Consumer prices in Japan, 2020 = 100, by month: rice and all items",
        description=(
            f"Two lines. Rice: {number(grain[before], 0)} in {before:%B %Y}, {number(grain[at], 0)} in {at:%B %Y}, "
            f"highest {number(grain.max(), 0)} in {grain.idxmax():%B %Y}, newest {number(grain.iloc[-1], 0)}. "
            f"All items: newest {number(everything.iloc[-1], 0)}."
        ),
        source=source_line(view, RICE, "estat.cpi.all.index"),
        data=tidy.rename(columns={"value": "index_2020_100"}),
        draw=draw,
    )
