"""Pictures of the US trade balance: month by month, and how one comparison read in each release."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import end_labels, source_line, time_axis, value_axis, video_rule
from gegenprobe.errors import NoData
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

BALANCE = "BOPGSTB"
OBSERVED = pd.Timestamp("2025-06-05")  # the first release held as such: older rows carry its values, dated by rule


def _video(layout: Layout, day: pd.Timestamp) -> alt.LayerChart:
    """Return the video's day with its label on the right, where these pictures have room."""
    name = pd.DataFrame({"date": [day], "label": ["video" if layout.narrow else f"video, {long_date(day)}"]})
    label = Chart(name).mark_text(align="left", baseline="top", dx=4, color=layout.muted, fontSize=11)
    return layered(video_rule(layout, day, label=False), label.encode(x="date:T", y=alt.value(0), text="label:N"))


@drawn
def trade_monthly(view: View, video_day: pd.Timestamp, first: str = "2018") -> Picture:
    """Return the monthly deficit as known, with the first prints of the months for which another one is held."""
    deficit = -view.series(BALANCE).loc[first:] / 1000
    rows = view.vintages(BALANCE)
    prints = rows[rows.duplicated("date", keep=False)].drop_duplicates("date", keep="first")
    prints = prints[prints["known_since"] >= OBSERVED]
    prints = prints.assign(value=-prints["value"] / 1000)[["date", "value"]]
    worst = deficit.idxmax()
    newest = deficit.index[-1]
    before = deficit.get(newest - pd.DateOffset(years=1))
    turn = (
        f", {'less' if deficit.iloc[-1] < before else 'more'} than the {number(before, 0)} a year before"
        if before is not None
        else ""
    )
    title = (
        f"The monthly trade deficit peaked at {number(deficit.max(), 0)} billion dollars in {worst:%B %Y}; "
        f"in {newest:%B %Y} it was {number(deficit.iloc[-1], 0)}{turn}"
    )
    line = deficit.rename("value").rename_axis("date").reset_index()
    data = pd.concat([line.assign(kind="newest"), prints.assign(kind="first print")], ignore_index=True)

    def draw(layout: Layout) -> alt.LayerChart:
        path = (
            Chart(line)
            .mark_line(color=layout.accent)
            .encode(x=time_axis(layout), y=value_axis(layout, "value", zero=True))
        )
        dots = (
            Chart(prints)
            .mark_point(size=26, color=layout.second, opacity=1, strokeWidth=1.3)
            .encode(x="date:T", y="value:Q")
        )
        return layered(_video(layout, video_day), path, dots).properties(
            width=layout.width - (75 if layout.narrow else 100), height=layout.height
        )

    marks = "; rings: first prints since April 2025, where they differ" if len(prints) else ""
    return Picture(
        name="trade-monthly",
        title=title,
        subtitle=f"US deficit in goods and services, billion dollars a month, seasonally adjusted{marks}",
        description=f"{title}. The line starts at {number(deficit.iloc[0], 0)} in {deficit.index[0]:%B %Y}.",
        source=source_line(view, BALANCE),
        data=data,
        draw=draw,
    )


def comparisons(view: View, year: int) -> pd.DataFrame:
    """Return how the deficit of a year so far compared with the same months of the year before, release by release.

    Returns
    -------
    DataFrame
        ``date`` (day known), ``months``, ``own`` and ``before`` (billion dollars), ``value`` (percent larger).
    """
    rows = view.vintages(BALANCE)
    start = pd.Timestamp(year=year, month=1, day=1)
    days = rows.loc[rows["date"] >= start, "known_since"].drop_duplicates().sort_values()
    found = []
    for day in days[days >= OBSERVED] if (days >= OBSERVED).any() else days.tail(1):
        known = rows[rows["known_since"] <= day].drop_duplicates("date", keep="last").set_index("date")["value"]
        own = known.loc[str(year)]
        before = known.reindex(own.index - pd.DateOffset(years=1))
        if before.isna().any() or len(own) != own.index[-1].month:
            continue
        found.append(
            {
                "date": day,
                "months": len(own),
                "own": -own.sum() / 1000,
                "before": -before.sum() / 1000,
                "value": (own.sum() / before.sum() - 1) * 100,
            }
        )
    return pd.DataFrame(found, columns=["date", "months", "own", "before", "value"])


@drawn
def trade_by_vintage(view: View, video_day: pd.Timestamp, year: int = 2025) -> Picture:
    """Return how much larger the deficit of a year so far was than a year before, as each release had it."""
    data = comparisons(view, year)
    if data.empty:
        raise NoData(f"nothing of {BALANCE} for {year} was known on {view.day:%Y-%m-%d}")
    whole = data[data["months"] == 12]
    last = data.iloc[-1]

    def said(value: float) -> str:
        return f"{number(abs(value), 1)} % {'larger' if value > 0 else 'smaller'}"

    if len(whole):
        first = whole.iloc[0]
        title = (
            f"As first known whole, the deficit of {year} was {said(first['value'])} than that of {year - 1}; "
            f"by the newest release it is {said(last['value'])}"
        )
    else:
        month = pd.Timestamp(year=year, month=int(last["months"]), day=1)
        title = f"From January to {month:%B} {year} the deficit was {said(last['value'])} than a year before"

    def draw(layout: Layout) -> alt.LayerChart:
        span = alt.Scale(
            domain=[
                min(data["date"].iloc[0], video_day) - pd.Timedelta(days=20 if len(data) > 2 else 120),
                max(last["date"], video_day),
            ]
        )
        axis = alt.Axis(title=None, tickCount=3 if layout.narrow else 6, format="%b %Y")
        path = (
            Chart(data)
            .mark_line(color=layout.accent, point=alt.OverlayMarkDef(color=layout.accent, size=34))
            .encode(x=time_axis(layout, axis=axis, scale=span), y=value_axis(layout, "value", zero=True))
        )
        zero = Chart(pd.DataFrame({"value": [0]})).mark_rule(color=layout.muted).encode(y="value:Q")
        ends = pd.DataFrame(
            [
                {
                    "date": max(last["date"], video_day),
                    "value": last["value"],
                    "label": f"{last['value']:+.1f} %".replace("-", "−"),
                }
            ]
        )
        parts = [_video(layout, video_day), zero, path, end_labels(ends, layout, layout.accent)]
        if len(whole):
            mark = pd.DataFrame(
                [{"date": whole.iloc[0]["date"], "value": whole.iloc[0]["value"], "label": "whole year"}]
            )
            parts.append(
                Chart(mark)
                .mark_text(align="center", dy=15, color=layout.muted)
                .encode(x="date:T", y="value:Q", text="label:N")
            )
        return layered(*parts).properties(width=layout.width - 95, height=layout.height)

    return Picture(
        name="trade-by-vintage",
        title=title,
        subtitle=(
            f"US deficit in goods and services since January {year} against the same months of {year - 1}, "
            "percent larger, release by release"
        ),
        description=(
            f"{title}. The first comparison, of {long_date(data['date'].iloc[0])}, was {said(data['value'].iloc[0])}."
        ),
        source=source_line(view, BALANCE),
        data=data,
        draw=draw,
    )
