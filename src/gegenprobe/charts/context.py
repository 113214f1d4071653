"""Pictures of the context: when and where ministers met, and how large the economies are."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import source_line
from gegenprobe.errors import NoData
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

# Row of the picture, place, and the facts that document each meeting. Places are as the facts have them.
MEETINGS = (
    ("Japan: ministers", "Washington", ("talks-001", "talks-002", "talks-003", "talks-004", "talks-005", "talks-006")),
    ("Japan: other visit", "Tokyo", ("talks-009",)),
    ("China: ministers", "Geneva", ("london-talks-003",)),
    ("China: ministers", "London", ("london-talks-001",)),
)


@drawn
def talks(view: View, video_day: pd.Timestamp) -> Picture:
    """Return the meetings of US ministers with Japan and with China in spring 2025, by day and place."""
    found = []
    for row, place, names in MEETINGS:
        for name in names:
            try:
                fact = view.fact(name)
            except NoData:
                continue
            found.append(
                {"date": fact.event_date, "row": row, "place": place, "statement": fact.statement, "fact": name}
            )
    data = pd.DataFrame(found, columns=["date", "row", "place", "statement", "fact"]).sort_values("date")
    if data.empty:
        raise NoData(f"no meeting was known on {view.day:%Y-%m-%d}")
    rounds = data[data["row"] == MEETINGS[0][0]]
    before = rounds[rounds["date"] <= video_day]
    tokyo = int((before["place"] == "Tokyo").sum())
    places = ", ".join(dict.fromkeys(before["place"]))
    title = f"Ministers of Japan and the United States met in {len(before)} rounds before the video, " + (
        f"{tokyo} of them in Tokyo" if tokyo else f"all in {places}, none in Tokyo"
    )
    rows = list(dict.fromkeys(row for row, _, _ in MEETINGS if row in set(data["row"])))

    def draw(layout: Layout) -> alt.LayerChart:
        y = alt.Y("row:N", sort=rows, axis=alt.Axis(title=None, labelLimit=140, grid=True))
        axis = alt.Axis(title=None, tickCount=4, format="%b", labelFlush=False)
        last = max(data["date"].max(), video_day) + pd.Timedelta(days=12)
        x = alt.X("date:T", axis=axis, scale=alt.Scale(domain=[data["date"].min() - pd.Timedelta(days=8), last]))
        colour = alt.Color(
            "place:N",
            scale=alt.Scale(
                domain=["Washington", "Tokyo", "Geneva", "London"],
                range=[layout.accent, layout.stated, layout.muted, layout.second],
            ),
        )
        dots = Chart(data).mark_point(filled=True, size=110, opacity=1).encode(x=x, y=y, color=colour)
        # One name a place and row, above the first of its dots.
        ends = data.drop_duplicates(["row", "place"])
        text = Chart(ends).mark_text(dy=-15, align="center").encode(x=x, y=y, color=colour, text="place:N")
        day = pd.DataFrame({"date": [video_day], "label": ["video"]})
        rule = Chart(day).mark_rule(color=layout.muted, strokeDash=[3, 3]).encode(x=x)
        word = (
            Chart(day)
            .mark_text(align="left", baseline="top", dx=4, color=layout.muted, fontSize=11)
            .encode(x=x, y=alt.value(0), text="label:N")
        )
        return layered(rule, word, dots, text).properties(width=layout.width - 140, height=68 * len(rows))

    listed = "; ".join(f"{long_date(each.date)}: {each.place}" for each in data.itertuples())
    return Picture(
        name="talks",
        title=title,
        subtitle="Meetings of US ministers on tariffs with Japan and with China, spring and summer 2025, by last day",
        description=f"{title}. {listed}.",
        source=f"Source: news agencies and newspapers, see the facts listed. As known on {long_date(view.day)}.",
        data=data,
        draw=draw,
    )


@drawn
def economies(view: View, count: int = 10) -> Picture:
    """Return the largest of the economies for which GDP in dollars is held, in the newest year known."""
    panel = view.panel("wb.gdp_usd").drop(columns="WLD", errors="ignore") / 1e12
    year = panel.dropna(how="all").index[-1]
    values = panel.loc[year].dropna().sort_values(ascending=False)
    names = view.store.areas["name"]
    data = pd.DataFrame({"area": values.index, "value": values.to_numpy()}).head(count)
    data["country"] = [str(names.get(code, code)).split(",")[0] for code in data["area"]]
    first, second = data.iloc[0], data.iloc[1]
    leader, follower = (
        (f"the {name}" if name.startswith("United") else name) for name in (first["country"], second["country"])
    )
    title = (
        f"At market exchange rates {leader} came first in {year.year} "
        f"with {number(first['value'], 1)} trillion dollars, "
        f"{follower} second with {number(second['value'], 1)}"
    )

    def draw(layout: Layout) -> alt.LayerChart:
        y = alt.Y("country:N", sort=list(data["country"]), axis=alt.Axis(title=None, labelLimit=120))
        x = alt.X("value:Q", axis=alt.Axis(title=None, tickCount=4, grid=True))
        own = alt.condition(
            "datum.area == 'USA' || datum.area == 'CHN'", alt.value(layout.accent), alt.value(layout.context)
        )
        bars = Chart(data).mark_bar(height=14).encode(y=y, x=x, color=own)
        text = Chart(data).mark_text(align="left", dx=5).encode(y=y, x=x, text=alt.Text("value:Q", format=".1f"))
        return layered(bars, text).properties(width=layout.width - 150, height=24 * len(data))

    return Picture(
        name="economies",
        title=title,
        subtitle=f"GDP in trillion dollars, {year.year}; only countries held here: Germany, India, others missing",
        description=f"{title}. " + "; ".join(f"{row.country} {row.value:.1f}" for row in data.itertuples()) + ".",
        source=source_line(view, "wb.gdp_usd"),
        data=data[["area", "country", "value"]],
        draw=draw,
    )
