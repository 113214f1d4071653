"""Pictures of the yen: its price since 1971, and what Japan exported when it stood higher."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.spans import as_frame, fit_width, last_known, year_span
from gegenprobe.charts.theme import end_labels, source_line, value_axis, video_rule
from gegenprobe.errors import NoData
from gegenprobe.observations import View
from gegenprobe.words import number

EVENTS = (("plaza-003", "Plaza"), ("boj-015", "great easing"), ("boj-005", "end of negative rates"))
STRONGER = (0.75, 0.80)
"""Price of a dollar, as a share of that on the day of the video, at which the yen stands 20 to 25 percent higher."""


def _known_facts(view: View) -> pd.DataFrame:
    rows = []
    for name, label in EVENTS:
        try:
            rows.append({"date": view.fact(name).event_date, "label": label})
        except NoData:
            continue
    return pd.DataFrame(rows, columns=["date", "label"])


@drawn
def yen_since_1971(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the price of a dollar in yen since 1971, monthly means, with policy events and rate changes.

    Parameters
    ----------
    view : View
        Series ``DEXJPUS`` (yen per dollar, daily, H.10) and ``boj.policy_rate``; events from the facts.
    """
    daily = view.series("DEXJPUS")
    monthly = daily.resample("MS").mean().dropna()
    at_video, newest = last_known(daily, video_day), float(daily.iloc[-1])
    step = (at_video / last_known(daily, video_day - pd.DateOffset(years=1)) - 1) * 100
    since = (at_video / daily["2021"].mean() - 1) * 100
    title = (
        f"On the day of the video a dollar cost {number(abs(step), 0)} % {'less' if step < 0 else 'more'} yen than a "
        f"year before, {'but' if step * since < 0 else 'and'} {number(abs(since), 0)} % "
        f"{'more' if since > 0 else 'less'} than in 2021"
    )
    line = as_frame(monthly)
    events = _known_facts(view)
    rate = view.series("boj.policy_rate")
    moves = pd.DataFrame({"date": rate.index[rate.diff().fillna(1) != 0], "value": 60.0})
    ends = pd.DataFrame({"date": [line["date"].iloc[-1]], "value": [newest], "label": [number(newest, 0)]})
    here = pd.DataFrame({"date": [video_day], "value": [at_video], "label": [number(at_video, 0)]})
    recent = newest == at_video

    def draw(layout: Layout) -> alt.LayerChart:
        size = 11 if layout.narrow else 12
        x = year_span(layout, line["date"].iloc[0], line["date"].iloc[-1], 0.06)
        axis = alt.Axis(title=None, tickCount=4 if layout.narrow else 6)
        y = alt.Y("value:Q", axis=axis, scale=alt.Scale(domain=[50, 380], nice=False))
        curve = Chart(line).mark_line(color=layout.accent, strokeWidth=1.6).encode(x=x, y=y)
        marked = events.assign(height=[70 + 15 * place for place in range(len(events))])
        if layout.narrow and len(marked):
            marked["label"] = [*marked["label"].iloc[:-1], f"exit {marked['date'].iloc[-1]:%Y}"]
        rules = Chart(marked).mark_rule(color=layout.context, strokeWidth=1)
        rules = rules.encode(x="date:T", y=alt.value(26), y2=alt.value(layout.height))
        texts = Chart(marked).mark_text(align="right", dx=-4, fontSize=11, color=layout.muted)
        texts = texts.encode(x="date:T", y=alt.Y("height:Q", scale=None), text="label:N")
        ticks = Chart(moves).mark_point(shape="triangle-up", filled=True, size=28, color=layout.second, opacity=1)
        words = "rate changes" if layout.narrow else "rate changes of the Bank of Japan"
        note = Chart(moves.head(1)).mark_text(align="right", dx=-8, fontSize=11, color=layout.second)
        layers = [
            rules,
            curve,
            texts,
            ticks.encode(x="date:T", y="value:Q"),
            note.encode(x="date:T", y="value:Q", text=alt.value(words)),
            video_rule(layout, video_day),
            end_labels(ends, layout, layout.accent),
        ]
        if not recent:
            dot = Chart(here).mark_point(filled=True, size=30, color=layout.accent, opacity=1)
            text = Chart(here).mark_text(align="left", dx=5, dy=18, color=layout.accent, fontSize=size)
            layers += [dot.encode(x="date:T", y="value:Q"), text.encode(x="date:T", y="value:Q", text="label:N")]
        return fit_width(layered(*layers), layout)

    return Picture(
        name="yen-since-1971",
        title=title,
        subtitle=(
            "Yen per US dollar, monthly means; higher is a weaker yen. "
            "Triangles: changes of the Bank of Japan's policy rate since 2016"
        ),
        description=(
            f"Line of the yen price of a dollar from {line['date'].iloc[0]:%Y} to {line['date'].iloc[-1]:%B %Y}: "
            f"{number(monthly.iloc[0], 0)} at the start, lowest {number(monthly.min(), 0)} in "
            f"{monthly.idxmin():%B %Y}, {number(at_video, 1)} around the day of the video, newest {number(newest, 1)}. "
            f"Marked: {', '.join(f'{row.label} ({row.date:%Y})' for row in events.itertuples())}."
        ),
        source=source_line(view, "DEXJPUS", "boj.policy_rate") + " Vertical lines: documented events.",
        data=line.rename(columns={"value": "yen_per_dollar"}),
        draw=draw,
    )


@drawn
def exports_and_yen(view: View, video_day: pd.Timestamp) -> Picture:
    """Show Japan's exports by year, the years with a yen 20 to 25 percent above that of the video marked.

    Parameters
    ----------
    view : View
        Panel ``mof.exports.total.annual`` (JPY billions), series ``AEXJPUS`` and ``DEXJPUS`` (yen per dollar).
    """
    exports = view.series("mof.exports.total.annual", "WLD") / 1000
    rate = view.series("AEXJPUS").reindex(exports.index)
    strong = (rate / last_known(view.series("DEXJPUS"), video_day)).between(*STRONGER)
    frame = pd.DataFrame({"year": exports.index.year, "exports": exports.to_numpy(), "rate": rate.to_numpy()})
    frame["strong"] = strong.to_numpy()
    before = exports[exports.index.year < video_day.year]
    if strong.any():
        newest = exports[strong].index[-1]
        title = (
            f"In {newest.year}, with a yen 20 to 25 % above that of the video, Japan exported "
            f"{number(exports[newest], 0)} trillion yen, {number(100 * exports[newest] / before.iloc[-1], 0)} % "
            f"of the exports of {before.index[-1].year}"
        )
    else:
        title = f"No year since {frame['year'].iloc[0]} had a yen 20 to 25 % above that of the video"

    def draw(layout: Layout) -> alt.LayerChart:
        axis = alt.Axis(title=None, labelAngle=0, values=list(frame["year"][:: 4 if layout.narrow else 2]))
        x = alt.X("year:O", axis=axis, scale=alt.Scale(paddingInner=0.2))
        colour = alt.condition("datum.strong", alt.value(layout.accent), alt.value(layout.context))
        bars = Chart(frame).mark_bar().encode(x=x, y=value_axis(layout, "exports", zero=True), color=colour)
        texts = Chart(frame).mark_text(
            baseline="bottom", dy=-3, fontSize=9 if layout.narrow else 11, color=layout.muted
        )
        texts = texts.encode(x=x, y="exports:Q", text=alt.Text("rate:Q", format=".0f"))
        return fit_width(layered(bars, texts), layout)

    listed = [
        f"{row.year}: {number(row.exports, 1)} trillion yen at {number(row.rate, 0)} yen a dollar"
        for row in frame.itertuples()
    ]
    return Picture(
        name="exports-and-yen",
        title=title,
        subtitle=(
            "Japan's exports, trillion yen a year; above each bar the mean price of a dollar in yen. "
            "Coloured: years with a yen 20 to 25 % higher"
        ),
        description="Bars by year. " + "; ".join(listed) + ".",
        source=source_line(view, "mof.exports.total.annual", "AEXJPUS", "DEXJPUS"),
        data=frame.rename(
            columns={"exports": "trillion_yen", "rate": "yen_per_dollar", "strong": "yen_20_to_25_percent_higher"}
        ),
        draw=draw,
    )
