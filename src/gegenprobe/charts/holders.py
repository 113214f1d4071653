"""Pictures of foreign holders of US Treasuries, and of Japan."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered, stacked
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import end_labels, gaps, source_line, time_axis, video_rule
from gegenprobe.observations import View
from gegenprobe.words import number

TIC = "tic.mfh.holdings"
BREAKS = [*(pd.Timestamp(year=year, month=6, day=1) for year in range(2002, 2012)), pd.Timestamp("2011-12-01")]
"""Months in which a new survey replaced the estimate: a step there is a new count, not a purchase (series note)."""
COUNTRIES = (("JPN", "Japan"), ("GBR", "UK"), ("CHN", "China"))
MONTH = pd.Timedelta(days=40)


def fit(chart: alt.LayerChart, layout: Layout, height: int | None = None) -> alt.LayerChart:
    """Return the chart in the width of the page, axes and labels included."""
    return chart.properties(
        width=layout.width,
        height=height or layout.height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )


def span(layout: Layout, first: pd.Timestamp, last: pd.Timestamp, room: float) -> alt.X:
    """Return a time axis with a share `room` left free at the right for labels."""
    end = last + (last - first) * room * (2.1 if layout.narrow else 1.0)
    years = range(first.year // 5 * 5 + 5, last.year + 1, 10 if layout.narrow else 5)
    axis = alt.Axis(title=None, format="%Y", values=[alt.DateTime(year=year) for year in years])
    scale = alt.Scale(domain=[f"{first:%Y-%m-%d}", f"{end:%Y-%m-%d}"], nice=False)
    return time_axis(layout, axis=axis, scale=scale)


def breaks(layout: Layout) -> alt.LayerChart:
    """Return dashed lines at the months in which a new survey replaced the estimate."""
    frame = pd.DataFrame({"date": BREAKS})
    ticks = Chart(frame).mark_rule(color=layout.grid, strokeWidth=1, strokeDash=[2, 2]).encode(x="date:T")
    label = (
        Chart(frame.head(1))
        .mark_text(align="left", baseline="top", dx=3, color=layout.muted, fontSize=11)
        .encode(
            x="date:T",
            y=alt.value(0),
            text=alt.value(
                "new counts, not purchases" if layout.narrow else "dashed: new surveys, steps are new counts"
            ),
        )
    )
    return layered(ticks, label)


def debt_public_monthly(view: View) -> pd.Series:
    """Return the debt held by the public at each month's last known day, in USD billions, dated by the month."""
    values = view.series("treasury.debt.public") / 1e9
    return values.groupby(values.index.to_period("M").to_timestamp()).last()


@drawn
def foreign_holders(view: View, video_day: pd.Timestamp) -> Picture:
    """Show foreign holdings of Treasuries since 2000, in all and of three countries, with the survey breaks."""
    total = view.series(TIC, "WLD") / 1000
    pieces = {"all foreigners": total} | {name: view.series(TIC, code) / 1000 for code, name in COUNTRIES}
    frame = pd.concat(gaps(values, MONTH).assign(holder=name) for name, values in pieces.items())
    last = total.index[-1]
    step = (total.iloc[-1] - total.get(last - pd.DateOffset(years=1), float("nan"))) * 1000
    ends = frame.sort_values("date").groupby("holder").tail(1).assign(label=lambda rows: rows["holder"])
    ends["label"] = [f"{row.holder} {number(row.value, 1)}" for row in ends.itertuples()]

    def draw(layout: Layout) -> alt.LayerChart:
        x = span(layout, frame["date"].min(), frame["date"].max(), 0.22)
        y = alt.Y(
            "value:Q",
            axis=alt.Axis(title=None, tickCount=5, format=".0f"),
            scale=alt.Scale(domain=[0, max(10, total.max() * 1.04)], nice=False),
        )
        colour = alt.Color(
            "holder:N",
            scale=alt.Scale(domain=list(pieces), range=[layout.accent, layout.second, layout.muted, layout.third]),
        )
        lines = Chart(frame).mark_line().encode(x=x, y=y, color=colour, detail="piece:N")
        spread = ends.sort_values("value").reset_index(drop=True)
        for row in range(1, len(spread)):  # labels of close lines are moved apart
            spread.loc[row, "value"] = max(spread["value"][row], spread["value"][row - 1] + 0.5)
        return fit(
            layered(
                breaks(layout), lines, video_rule(layout, video_day, label=False), end_labels(spread, layout, colour)
            ),
            layout,
        )

    way = "more" if step > 0 else "less"
    return Picture(
        name="foreign-holders",
        title=(
            f"In {last:%B %Y} foreigners held {number(total.iloc[-1], 2)} trillion dollars of Treasuries, "
            f"{number(abs(step), 0)} billion {way} than a year before"
        ),
        subtitle="Foreign holdings of US Treasuries, trillion dollars, end of month, since 2000",
        description=(
            f"Lines from {total.index[0]:%B %Y}. All foreigners: {number(total.iloc[0], 1)} at first, "
            f"{number(total.iloc[-1], 2)} in "
            f"{last:%B %Y}. "
            + " ".join(
                f"{name}: highest {number(values.max(), 2)} in {values.idxmax():%B %Y}, newest "
                f"{number(values.iloc[-1], 2)}."
                for name, values in list(pieces.items())[1:]
            )
            + " Steps each June from 2002 to 2011 and in December 2011 are new counts."
        ),
        source=source_line(view, TIC),
        data=frame.drop(columns="piece").rename(columns={"value": "usd_trillions"}),
        draw=draw,
    )


@drawn
def japan_holdings(view: View, video_day: pd.Timestamp) -> Picture:
    """Show Japan's holdings in dollars and as a share of the debt held by the public."""
    held = view.series(TIC, "JPN")
    share = (held / debt_public_monthly(view) * 100).dropna()
    peak = held.idxmax()
    panels = (
        ("Holdings, billion dollars", held, 1500, 0),
        ("Share of the debt held by the public, percent", share, 18, 1),
    )
    known = held[held.index + pd.offsets.MonthEnd(0) < video_day]
    since = (share.iloc[-1] / share[peak] - 1) * 100 if peak in share.index else float("nan")

    def draw(layout: Layout) -> alt.VConcatChart:
        width, height = layout.width - (78 if layout.narrow else 90), 120 if layout.narrow else 145
        drawn = []
        for place, (heading, values, top, digits) in enumerate(panels):
            frame = gaps(values, MONTH)
            last_one = place == len(panels) - 1
            x = alt.X(
                "date:T",
                axis=alt.Axis(title=None, tickCount=4 if layout.narrow else 8, labels=last_one, ticks=last_one),
                scale=alt.Scale(domain=[f"{held.index[0]:%Y-%m-%d}", f"{held.index[-1]:%Y-%m-%d}"], nice=False),
            )
            axis = alt.Axis(title=None, tickCount=4, format="d", minExtent=34)
            y = alt.Y("value:Q", axis=axis, scale=alt.Scale(domain=[0, top], nice=False))
            line = Chart(frame).mark_line(color=layout.accent).encode(x=x, y=y, detail="piece:N")
            ends = frame.tail(1).assign(label=number(values.iloc[-1], digits))
            top_mark = frame[frame["date"] == peak].assign(label=f"{number(values.get(peak, 0), digits)}")
            mark = Chart(top_mark).mark_circle(size=50, color=layout.accent, opacity=1).encode(x="date:T", y="value:Q")
            text = (
                Chart(top_mark)
                .mark_text(align="center", baseline="bottom", dy=-7, color=layout.accent)
                .encode(x="date:T", y="value:Q", text="label:N")
            )
            panel = layered(
                breaks(layout) if place == 0 else layered(breaks(layout).layer[0]),
                line,
                mark,
                text,
                video_rule(layout, video_day, label=False),
                end_labels(ends, layout, layout.accent),
            )
            title = alt.TitleParams(
                heading, anchor="start", frame="group", fontSize=12, fontWeight="bold", color=layout.ink, offset=6
            )
            drawn.append(panel.properties(width=width, height=height, title=title))
        return stacked(*drawn, spacing=10)

    recent = known.iloc[-1] - known.get(known.index[-1] - pd.DateOffset(months=3), float("nan"))
    way = "rose" if recent > 0 else "fell"
    return Picture(
        name="japan-holdings",
        title=(
            f"Since its holdings peaked in {peak:%B %Y} Japan's share of the debt has "
            f"{'fallen' if since < 0 else 'risen'} by "
            f"{number(abs(since), 0)} %; in the three months to {known.index[-1]:%B %Y} its holdings {way}"
        ),
        subtitle=f"Japan's holdings of US Treasuries since 2000, to {held.index[-1]:%B %Y}",
        description=(
            f"Two lines. Holdings: highest {number(held.max(), 0)} billion dollars in {peak:%B %Y}, "
            f"newest {number(held.iloc[-1], 0)}. "
            f"Share: highest {number(share.max(), 1)} percent in {share.idxmax():%B %Y}, "
            f"{number(share.get(peak, 0), 1)} in "
            f"{peak:%B %Y}, newest {number(share.iloc[-1], 1)}. Steps each June from 2002 to 2011 are new counts."
        ),
        source=source_line(view, TIC, "treasury.debt.public"),
        data=pd.concat({"usd_billions": held, "percent_of_debt": share}, axis=1).rename_axis("date").reset_index(),
        draw=draw,
    )
