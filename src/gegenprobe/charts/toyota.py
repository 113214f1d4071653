"""Toyota's forecasts of its profit in the year of the tariffs."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.cars import known_fact
from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

STATED_FALL = 20
"""The fall of Toyota's profit by the video, percent."""


@drawn
def toyota_forecasts(view: View, video_day: pd.Timestamp) -> Picture:
    """Return Toyota's forecasts of its operating income for the year to March 2026, and the tariffs counted in them."""
    last_year = view.fact("toyota-001").value
    told = [
        ("toyota-002", 1000, "toyota-004", "forecast"), ("toyota-009", 1000, "toyota-result-007", "forecast"),
        ("toyota-010", 1000, "toyota-result-005", "forecast"), ("toyota-011", 1000, "toyota-result-009", "forecast"),
        ("toyota-result-001", 1, "toyota-result-002", "result"),
    ]  # fmt: skip
    rows = []
    for name, times, tariff, kind in told:
        fact, cost = known_fact(view, name), known_fact(view, tariff) if tariff else None
        if fact is None:
            continue
        when = fact.known_since
        label = f"{kind}, {when:%b %Y}"
        rows.append(
            {
                "date": when,
                "label": label,
                "kind": "operating income",
                "value": fact.value * times,
                "result": kind == "result",
            }
        )
        if cost is not None:
            rows.append(
                {"date": when, "label": label, "kind": "tariffs", "value": cost.value, "result": kind == "result"}
            )
    data = pd.DataFrame(rows)
    income = data[data["kind"] == "operating income"]
    order = ["year before", *income["label"]]
    fall = (income["value"] / last_year - 1) * 100
    title = f"Toyota forecast {number(abs(fall.iloc[0]), 1)} % less profit in May 2025"
    if income["result"].iloc[-1]:
        title += f"; it came out {number(abs(fall.iloc[-1]), 1)} % {'lower' if fall.iloc[-1] < 0 else 'higher'}"
    elif len(income) > 1:
        more = "less" if fall.iloc[-1] < 0 else "more"
        title += f"; by {income['date'].iloc[-1]:%B %Y} it was {number(abs(fall.iloc[-1]), 1)} % {more}"
    base = pd.DataFrame({"label": ["year before"], "value": [last_year], "text": [number(last_year / 1000, 2)]})

    def draw(layout: Layout) -> alt.LayerChart:
        y = alt.Y("label:N", sort=order, axis=alt.Axis(title=None, labelLimit=130))
        room = 1.75 if layout.narrow else 1.35
        x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, last_year * room], nice=False))
        shown = income.assign(
            text=[f"{number(v / 1000, 2)} ({number(f)} %)" for v, f in zip(income["value"], fall, strict=True)]
        )
        costs = data[data["kind"] == "tariffs"].assign(
            text=lambda f: f["value"].map(lambda v: f"tariffs {number(v / 1000, 2)}")
        )
        bars = Chart(shown).mark_bar(size=16, color=layout.accent, yOffset=-7).encode(y=y, x=x)
        cost = Chart(costs).mark_bar(size=8, color=layout.second, yOffset=8).encode(y=y, x=x)
        before = Chart(base).mark_bar(size=16, color=layout.context).encode(y=y, x=x)
        line = Chart(base).mark_rule(color=layout.muted, strokeDash=[3, 3]).encode(x=x)
        at_line = shown.assign(value=last_year)
        texts = [
            Chart(frame).mark_text(align="left", dx=6, dy=dy, color=colour).encode(y=y, x=x, text="text:N")
            for frame, dy, colour in ((at_line, -7, layout.ink), (costs, 8, layout.second), (base, 0, layout.ink))
        ]
        said = pd.DataFrame(
            {"value": [last_year * (1 - STATED_FALL / 100)], "text": [f"video: {number(-STATED_FALL, 0)} %"]}
        )
        rule = Chart(said).mark_rule(color=layout.stated, strokeDash=[6, 3], strokeWidth=1.2).encode(x=x)
        name = Chart(said).mark_text(align="right", baseline="bottom", dx=-4, dy=-4, color=layout.stated)
        texts += [rule, name.encode(x=x, y=alt.value(0), text="text:N")]
        return layered(line, before, bars, cost, *texts).properties(width=layout.width - 130, height=44 * len(order))

    words = "; ".join(f"{row.label} {number(row.value / 1000, 2)} trillion yen" for row in income.itertuples())
    return Picture(
        name="toyota-forecasts",
        title=title,
        subtitle=(
            "Toyota's operating income for the year to March 2026, trillion yen, by date of the forecast, "
            "and the US tariffs counted in it"
        ),
        description=(
            f"Year before: {number(last_year / 1000, 2)} trillion yen. {words}. The video says {STATED_FALL} % less."
        ),
        source=f"Source: press reports of its results, among the documented events. As known on {long_date(view.day)}.",
        data=data.drop(columns="result"),
        draw=draw,
    )
