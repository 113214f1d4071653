"""Japanese cars: where they go, and what America charges on them."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import end_labels, gaps, source_line, time_axis, video_rule
from gegenprobe.charts.trade import CARS, LONGEST, label_date, quarter_name, years_axis
from gegenprobe.errors import NoData
from gegenprobe.facts import Fact
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

STATED_DUTY = 24
"""The US tariff on Japanese cars by the video, percent."""


@drawn
def cars_by_partner(view: View, video_day: pd.Timestamp) -> Picture:
    """Return the value of passenger cars exported to the USA, to Mexico and Canada, and to the other CPTPP members."""
    usa = view.series(CARS, "USA")
    pair = view.panel(CARS, ["CAN", "MEX"]).dropna().sum(axis=1)
    rest = (view.series(CARS, "CPTPP9") - pair).dropna()
    lines = {"United States": usa, "Mexico and Canada": pair, "seven other CPTPP members": rest}
    short = {
        "United States": "USA",
        "Mexico and Canada": "Mexico, Canada",
        "seven other CPTPP members": "others, CPTPP",
    }
    data = pd.concat([gaps(v.loc["2012":], LONGEST).assign(partner=k) for k, v in lines.items()], ignore_index=True)
    newest = min(v.index[-1] for v in lines.values())
    ratio = pair[newest] / usa[newest] * 100
    title = (
        f"For every 100 yen of cars to America, {number(ratio, 0)} yen go to Mexico and Canada together"
        if ratio < 100
        else f"Mexico and Canada now take more Japanese cars than America: {number(ratio, 0)} yen for every 100"
    )
    names = list(lines)

    def draw(layout: Layout) -> alt.LayerChart:
        colour = alt.Color(
            "partner:N",
            scale=alt.Scale(domain=names, range=[layout.second, layout.accent, layout.context]),
            legend=None,
        )
        y = alt.Y(
            "value:Q", axis=alt.Axis(title=None, tickCount=4), scale=alt.Scale(domain=[0, data["value"].max() * 1.12])
        )
        path = Chart(data).mark_line().encode(
            x=years_axis(layout, data["date"], 0.5 if layout.narrow else 0.36), y=y, color=colour,
            detail=["partner:N", "piece:N"],
        )  # fmt: skip
        ends = data[data["date"] == newest].assign(
            date=label_date(newest, video_day),
            label=lambda f: f["partner"].map(short) if layout.narrow else f["partner"],
        )
        return layered(path, video_rule(layout, video_day), end_labels(ends, layout, colour)).properties(
            width=layout.width - 50, height=layout.height
        )

    told = "; ".join(f"{name} {number(values[newest], 0)} billion yen" for name, values in lines.items())
    return Picture(
        name="cars-by-partner",
        title=title,
        subtitle=(
            "Passenger cars exported from Japan, value, billion yen, by quarter. Cars built abroad are not in it. "
            "Gaps: no figures"
        ),
        description=f"Lines from 2012. In {quarter_name(newest)}: {told}.",
        source=source_line(view, CARS),
        data=data[["date", "partner", "value"]],
        draw=draw,
    )


def known_fact(view: View, name: str) -> Fact | None:
    """Return a documented event, or None where it was not yet public."""
    try:
        return view.fact(name)
    except NoData:
        return None


def _rate(value: float) -> str:
    return number(value, 0 if value == int(value) else 1)


@drawn
def car_duty(view: View, video_day: pd.Timestamp) -> Picture:
    """Return the US duty on Japanese cars and on most other goods since January 2025, in steps, from documents."""
    # The steps end with the newest document, not with the day of knowledge: later rates are simply not known here.
    start = pd.Timestamp("2025-01-01")
    end = max(each.known_since for each in view.store.facts.values() if each.known_since <= view.day)
    added, total = view.fact("tariff-001"), view.fact("tariff-003")
    rows = [("cars", start, total.value - added.value), ("cars", total.event_date, total.value)]
    for group, name in (
        ("cars", "tariff-008"),
        ("goods", "tariff-002"),
        ("goods", "tariff-007"),
        ("goods", "tariff-012"),
    ):
        fact = known_fact(view, name)
        if fact is not None and fact.event_date <= end:
            rows.append((group, fact.event_date, fact.value))
    rows.append(("goods", start, 0.0))
    data = pd.DataFrame(rows, columns=["goods", "date", "value"]).sort_values(["goods", "date"])
    last = data.groupby("goods")["value"].last()
    tails = pd.DataFrame({"goods": last.index, "date": end, "value": last.to_numpy()})
    data = pd.concat([data, tails], ignore_index=True).sort_values(["goods", "date"])
    announced = known_fact(view, "tariff-004")
    on_day = data[(data["goods"] == "cars") & (data["date"] <= video_day)]["value"].iloc[-1]
    levels = sorted(set(data.loc[data["goods"] == "cars", "value"]))
    listed = ", ".join(_rate(v) for v in levels[:-1])
    title = f"On the day of the video America charged {number(on_day)} % on Japanese cars"
    if STATED_DUTY not in levels:
        title += f"; the rate was never {STATED_DUTY} %"

    def draw(layout: Layout) -> alt.LayerChart:
        colour = alt.Color(
            "goods:N", scale=alt.Scale(domain=["cars", "goods"], range=[layout.accent, layout.context]), legend=None
        )
        room = (end - start) * (0.52 if layout.narrow else 0.24)
        axis = alt.Axis(title=None, tickCount=4 if layout.narrow else 8, labelOverlap="greedy", format="%b %Y")
        x = time_axis(layout, axis=axis, scale=alt.Scale(domain=[start.isoformat(), (end + room).isoformat()]))
        top = max(float(data["value"].max()), STATED_DUTY) * 1.15
        y = alt.Y(
            "value:Q", axis=alt.Axis(title=None, tickCount=6, grid=False), scale=alt.Scale(domain=[0, top], nice=False)
        )
        steps = Chart(data).mark_line(interpolate="step-after").encode(x=x, y=y, color=colour)
        names = {"cars": "cars", "goods": "other goods"}
        ends = tails.assign(label=lambda f: f["goods"].map(names) + f["value"].map(lambda v: f" {_rate(v)} %"))
        said = pd.DataFrame({"value": [STATED_DUTY], "label": [f"video: {STATED_DUTY} %"], "date": [end + room]})
        rule = Chart(said).mark_rule(color=layout.stated, strokeDash=[6, 3], strokeWidth=1.2).encode(y="value:Q")
        text = Chart(said).mark_text(align="right", baseline="bottom", dy=-3, color=layout.stated)
        marks = [steps, rule, text.encode(x="date:T", y="value:Q", text="label:N"), video_rule(layout, video_day)]
        if announced is not None:
            spot = pd.DataFrame({
                "date": [announced.event_date], "value": [announced.value], "end": [end + room],
                "label": ["\u25cb announced for other goods"],
            })  # fmt: skip
            point = Chart(spot).mark_point(size=60, color=layout.muted, strokeWidth=1.6)
            note = Chart(spot).mark_text(align="right", baseline="top", dy=4, color=layout.muted)
            marks += [
                point.encode(x="date:T", y="value:Q"),
                note.encode(x="end:T", y="value:Q", text="label:N"),
            ]
        return layered(*marks, end_labels(ends, layout, colour)).properties(
            width=layout.width - 40, height=layout.height
        )

    path = "; ".join(
        f"{number(r.value)} % from {long_date(r.date)}" for r in data[data["goods"] == "cars"].iloc[:-1].itertuples()
    )
    return Picture(
        name="us-duty-on-japanese-cars",
        title=title,
        subtitle="US duty on Japanese cars (whole rate) and added duty on most other Japanese goods, percent",
        description=f"Steps for cars: {path}. Rates below the highest: {listed} %.",
        source=f"Source: orders and press reports, among the documented events. As known on {long_date(view.day)}.",
        data=data,
        draw=draw,
    )
