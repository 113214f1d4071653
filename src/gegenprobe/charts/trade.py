"""Japan's exports by partner: shares, and contributions to a change.

``CPTPP9`` is the source's bloc: nine of Japan's eleven partners in the pact (Brunei and Peru are not in the source),
with the United Kingdom counted in all years.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import end_labels, gaps, source_line, time_axis, value_axis, video_rule
from gegenprobe.errors import NoData
from gegenprobe.observations import View
from gegenprobe.words import number

TOTAL = "mof.exports.total.quarterly"
VEHICLES, CARS = "mof.exports.motor_vehicles.quarterly", "mof.exports.cars.quarterly"
NINE = ("AUS", "CAN", "CHL", "GBR", "MEX", "MYS", "NZL", "SGP", "VNM")
NAMES = {
    "AUS": "Australia", "CAN": "Canada", "CHL": "Chile", "GBR": "United Kingdom", "MEX": "Mexico", "MYS": "Malaysia",
    "NZL": "New Zealand", "SGP": "Singapore", "VNM": "Viet Nam",
}  # fmt: skip
QUARTER = pd.Timestamp("2025-01-01")
"""The quarter of which the video speaks."""
LONGEST = pd.Timedelta(days=100)
BLOC_NOTE = "CPTPP: nine of Japan's eleven partners (no figures for Brunei and Peru), the United Kingdom in all years"


def quarter_name(date: pd.Timestamp) -> str:
    """Return ``January to March 2025`` for the first day of a quarter."""
    return f"{date:%B} to {date + pd.DateOffset(months=2):%B %Y}"


@drawn
def exports_by_partner(view: View, video_day: pd.Timestamp) -> Picture:
    """Return the shares of the USA, the CPTPP members, China and Thailand in Japan's exports, by quarter.

    Parameters
    ----------
    view : View
        As known on a day; quarters without figures stay open.
    video_day : Timestamp
        Marked by a line.
    """
    world = view.series(TOTAL, "WLD")
    areas = {"USA": "United States", "CPTPP9": "CPTPP members", "CHN": "China", "THA": "Thailand (no member)"}
    short = {"USA": "USA", "CPTPP9": "CPTPP", "CHN": "China", "THA": "Thailand"}
    parts = []
    for area in areas:
        share = (view.series(TOTAL, area) / world * 100).dropna().loc["2012":]
        parts.append(gaps(share, LONGEST).assign(area=area))
    data = pd.concat(parts, ignore_index=True)
    newest = data["date"].max()
    last = data[data["date"] == newest].set_index("area")["value"]
    before = data[data["date"] == newest - pd.DateOffset(years=1)].set_index("area")["value"]
    moves = {area: last[area] - before[area] for area in ("USA", "CPTPP9")}
    words = {area: ("less" if move < 0 else "more") for area, move in moves.items()}
    joint = "both" if words["USA"] == words["CPTPP9"] else ""
    title = (
        f"America bought {number(last['USA'])} % of Japan's exports, {words['USA']} than a year before; "
        f"the CPTPP members {number(last['CPTPP9'])} %, {'also ' if joint else ''}{words['CPTPP9']}"
    )
    names = list(areas)

    def draw(layout: Layout) -> alt.LayerChart:
        colours = [layout.second, layout.accent, layout.context, layout.context]
        colour = alt.Color("area:N", scale=alt.Scale(domain=names, range=colours), legend=None)
        lines = Chart(data).mark_line().encode(
            x=years_axis(layout, data["date"], 0.28 if layout.narrow else 0.24),
            y=value_axis(layout, "value", zero=True), color=colour, detail=["area:N", "piece:N"],
        )  # fmt: skip
        ends = data[data["date"] == newest].assign(label=lambda f: f["area"].map(short if layout.narrow else areas))
        ends["value"] = _apart(ends["value"], 1.7 if layout.narrow else 1.3)
        ends["date"] = label_date(newest, video_day)
        return layered(lines, video_rule(layout, video_day), end_labels(ends, layout, colour)).properties(
            width=layout.width - 40, height=layout.height
        )

    told = "; ".join(
        f"{areas[a]} {number(last[a])} % ({number(last[a] - before[a], 2)} points on a year before)" for a in names
    )
    return Picture(
        name="exports-by-partner",
        title=title,
        subtitle=f"Share in Japan's exports of all goods, percent of value, by quarter. {BLOC_NOTE}. Gaps: no figures",
        description=f"Lines from 2012 to {quarter_name(newest)}. In the newest quarter: {told}.",
        source=source_line(view, TOTAL),
        data=data[["date", "area", "value"]],
        draw=draw,
    )


def label_date(newest: pd.Timestamp, video_day: pd.Timestamp) -> pd.Timestamp:
    """Return where labels at a line's end begin: behind the line of the video's day, where that is close."""
    close = newest < video_day < newest + pd.Timedelta(days=400)
    return video_day if close else newest


def years_axis(layout: Layout, dates: pd.Series, room: float) -> alt.X:
    """Return a time axis with ticks at years that have figures, and a share of its length kept for labels."""
    first, last = dates.min(), dates.max()
    step = 4 if layout.narrow else 2
    ticks = [f"{year}-01-01" for year in range(first.year, last.year + 1) if (year - first.year) % step == 0]
    axis = alt.Axis(title=None, values=ticks, format="%Y")
    end = last + (last - first) * room
    return time_axis(layout, axis=axis, scale=alt.Scale(domain=[first.isoformat(), end.isoformat()]))


def _apart(values: pd.Series, least: float) -> pd.Series:
    """Return label positions at least `least` apart, moved as little as the order allows."""
    placed = values.sort_values()
    for low, high in zip(placed.index[:-1], placed.index[1:], strict=True):
        if placed[high] - placed[low] < least:
            placed[high] = placed[low] + least
    return placed.reindex(values.index)


@drawn
def contributions(view: View, video_day: pd.Timestamp) -> Picture:
    """Return what each member added to the change of exports in the first quarter of 2025 on a year before."""
    before = QUARTER - pd.DateOffset(years=1)
    rows = []
    for series, kind in ((TOTAL, "all goods"), (VEHICLES, "motor vehicles")):
        panel = view.panel(series, list(NINE))
        if QUARTER not in panel.index or panel.loc[[QUARTER, before]].isna().any(axis=None):
            raise NoData(f"{series}: {QUARTER:%Y-%m-%d} is not known on {view.day:%Y-%m-%d}")
        change = panel.loc[QUARTER] - panel.loc[before]
        rows += [{"area": a, "member": NAMES[a], "kind": kind, "value": change[a]} for a in NINE]
    data = pd.DataFrame(rows)
    goods = data[data["kind"] == "all goods"].set_index("area")["value"].sort_values(ascending=False)
    vehicles = data[data["kind"] == "motor vehicles"].set_index("area")["value"]
    whole, first = goods.sum(), goods.index[0]
    pair = vehicles["CAN"] + vehicles["MEX"]
    share, cars = number(goods[first] / whole * 100, 0), number(pair / whole * 100, 0)
    title = f"{NAMES[first]} alone brought {share} % of the rise; vehicles to Canada and Mexico {cars} %"
    if whole <= 0:
        title = f"Exports to the members did not rise; {NAMES[first]} bought {number(goods[first], 0)} billion yen more"
    order = [NAMES[a] for a in goods.index]

    def draw(layout: Layout) -> alt.LayerChart:
        member = alt.Y("member:N", sort=order, axis=alt.Axis(title=None, labelLimit=110))
        reach = [float(data["value"].min()) * (2.6 if layout.narrow else 1.8), float(goods.max()) * 1.3]
        x = alt.X(
            "value:Q", axis=alt.Axis(title=None, tickCount=4, grid=True), scale=alt.Scale(domain=reach, nice=False)
        )
        wide = data[data["kind"] == "all goods"].assign(label=lambda f: f["value"].map(lambda v: number(v, 0)))
        thin_ = data[data["kind"] == "motor vehicles"].assign(mark=lambda f: f["area"].isin(["CAN", "MEX"]))
        bars = Chart(wide).mark_bar(size=17, color=layout.context, opacity=0.55).encode(y=member, x=x)
        paint = alt.condition("datum.mark", alt.value(layout.accent), alt.value(layout.muted))
        cars = Chart(thin_).mark_bar(size=6).encode(y=member, x="value:Q", color=paint)
        ups, downs = wide[wide["value"] >= 0], wide[wide["value"] < 0]
        at = {True: ("left", 5), False: ("right", -5)}
        texts = [
            Chart(part)
            .mark_text(align=at[up][0], dx=at[up][1], color=layout.ink)
            .encode(y=member, x="value:Q", text="label:N")
            for up, part in ((True, ups), (False, downs))
            if len(part)
        ]  # fmt: skip
        zero = Chart(pd.DataFrame({"value": [0]})).mark_rule(color=layout.muted).encode(x="value:Q")
        return layered(bars, cars, zero, *texts).properties(width=layout.width - 110, height=28 * len(order))

    told = ", ".join(f"{NAMES[a]} {number(goods[a])} (motor vehicles {number(vehicles[a])})" for a in goods.index)
    return Picture(
        name="cptpp-contributions",
        title=title,
        subtitle=(
            f"Change of Japan's exports to CPTPP members, {quarter_name(QUARTER)} on a year before, billion yen. "
            "Wide bars: all goods. Narrow bars: motor vehicles among them, Canada and Mexico in colour"
        ),
        description=f"Bars by member, in billion yen: {told}. The whole change is {number(whole)}.",
        source=source_line(view, TOTAL, VEHICLES),
        data=data,
        draw=draw,
    )
