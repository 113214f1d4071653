"""Pictures of Japan's debt ratio by edition, and of its growth as published and revised."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.spans import fit_width, roomy, year_span
from gegenprobe.charts.theme import end_labels, source_line, value_axis
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

DEBT, ANNUALISED, QUARTERLY, LEVEL = (
    "imf.weo.gross_debt", "jp.gdp.q1_2025_growth.annualised", "jp.gdp.q1_2025_growth.qoq", "jp.gdp.real",
)  # fmt: skip
QUARTER = pd.Timestamp("2025-01-01")


def _editions(rows: pd.DataFrame) -> pd.DataFrame:
    """Return every edition as its readers saw it: columns ``date``, ``value``, ``released``, ``projected``."""
    editions = []
    for released in sorted(rows["known_since"].unique()):
        known = rows[rows["known_since"] <= released].drop_duplicates("date", keep="last")
        projected = known["date"].dt.year >= released.year
        editions.append(known[["date", "value"]].assign(released=released, projected=projected))
    return pd.concat(editions, ignore_index=True)


@drawn
def debt_by_edition(view: View, video_day: pd.Timestamp, stated: float = 261.3) -> Picture:
    """Show Japan's gross debt ratio in every IMF edition held, and where the stated figure stands.

    Parameters
    ----------
    view : View
        Panel ``imf.weo.gross_debt``, Japan, percent of GDP, with its vintages.
    stated : float
        The figure of the video, with one decimal.
    """
    tidy = _editions(view.vintages(DEBT, "JPN"))
    tidy["edition"] = [f"{released:%B %Y}" for released in tidy["released"]]
    seen = tidy[tidy["released"] <= video_day]
    current = seen[seen["released"] == seen["released"].max()].set_index("date")["value"]
    year = pd.Timestamp(year=video_day.year - 1, month=1, day=1)
    hits = tidy[(tidy["value"].round(1) == stated)]
    if hits.empty:
        title = f"No edition held gives {number(stated, 1)} %; on the day of the video the newest had"
    else:
        hit = hits.iloc[0]
        title = (
            f"{number(stated, 1)} % is the IMF's figure for {hit['date'].year} from {hit['edition']}; on the day of "
            f"the video its newest had"
        )
    title += f" {number(current[year], 1)} % for {year.year}"
    order = list(tidy["edition"].unique())
    ends = tidy.groupby("edition", sort=False).tail(1).assign(label=lambda frame: frame["edition"])

    def draw(layout: Layout) -> alt.LayerChart:
        # the edition of the stated figure, that of the video's day and the newest stand out
        shades = dict.fromkeys(order, layout.context)
        if order[-1] != seen["edition"].iloc[-1]:
            shades[order[-1]] = layout.second
        shades[seen["edition"].iloc[-1]] = layout.accent
        if not hits.empty:
            shades[hits["edition"].iloc[0]] = layout.stated
        colour = alt.Color("edition:N", scale=alt.Scale(domain=order, range=list(shades.values())), legend=None)
        x = year_span(layout, tidy["date"].min(), tidy["date"].max(), 0.16)
        y = value_axis(layout, "value")
        short = ends.assign(label=[f"{day:%b %Y}" for day in ends["released"]]) if layout.narrow else ends
        known = tidy[~tidy["projected"]]
        bridge = pd.concat([known.groupby("edition").tail(1), tidy[tidy["projected"]]])
        plain = tidy["edition"].map(shades) == layout.context
        layers = []
        for chosen in (set(tidy.loc[plain, "edition"]), set(tidy.loc[~plain, "edition"])):  # context lies underneath
            for rows, look in ((known, {"strokeWidth": 2}), (bridge, {"strokeWidth": 1.4, "strokeDash": [3, 3]})):
                line = Chart(rows[rows["edition"].isin(chosen)]).mark_line(**look)
                layers.append(line.encode(x=x, y=y, color=colour, detail="edition:N"))
        layers.append(end_labels(short, layout, colour))
        if not hits.empty:
            point = Chart(hits.head(1)).mark_point(filled=True, size=70, color=layout.stated, opacity=1)
            text = Chart(hits.head(1).assign(label=f"{number(stated, 1)} % for {hits['date'].iloc[0].year}"))
            text = text.mark_text(baseline="bottom", dy=-9, color=layout.stated, fontSize=11)
            layers += [point.encode(x="date:T", y="value:Q"), text.encode(x="date:T", y="value:Q", text="label:N")]
        return fit_width(layered(*layers), layout)

    listed = []
    for name in order:
        edition = tidy[tidy["edition"] == name].set_index("date")["value"]
        parts = [
            f"{date.year}: {number(edition[date], 1)} %" for date in edition.index if date.year in (2022, 2024, 2025)
        ]
        listed.append(f"edition of {name}: {', '.join(parts)}")
    return Picture(
        name="japan-debt-by-edition",
        title=title,
        subtitle=(
            "General government gross debt of Japan, percent of GDP, by edition of the IMF's World Economic Outlook; "
            "dashed: projections. The axis does not start at zero"
        ),
        description="One line an edition. " + "; ".join(listed) + ".",
        source=source_line(view, DEBT),
        data=tidy.drop(columns="released").rename(columns={"value": "percent_of_gdp"}),
        draw=draw,
    )


@drawn
def growth_as_revised(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the growth of 2025Q1 as each release gave it.

    Parameters
    ----------
    view : View
        Series ``jp.gdp.q1_2025_growth.annualised`` (percent) with its vintages.
    """
    rows = view.vintages(ANNUALISED)[["known_since", "value"]].reset_index(drop=True)
    rows["then"] = rows["known_since"] <= video_day
    before = rows.loc[rows["then"], "value"].iloc[-1]
    newest = rows["value"].iloc[-1]
    if len(rows) == rows["then"].sum():
        title = (
            f"Early 2025 was first published as {number(rows['value'].iloc[0], 1)} %, then as {number(before, 1)} %: "
            f"{'a fall' if before < 0 else 'a rise'} as known on the day of the video"
        )
    elif before < 0 < newest:
        title = (
            f"The fall of early 2025 was revised away: {number(before, 1)} % as known on the day of the video, "
            f"+{number(newest, 1)} % in the newest release"
        )
    else:
        title = (
            f"Growth in early 2025: {number(before, 1)} % as known on the day of the video, "
            f"{number(newest, 1)} % in the newest release"
        )
    rows["label"] = [f"{number(value, 1)}" for value in rows["value"]]

    def draw(layout: Layout) -> alt.LayerChart:
        axis = alt.Axis(title=None, labelAngle=0, labelExpr="split(datum.label, '|')", domain=False, ticks=False)
        data = rows.assign(shown=[f"{day.day} {day:%b}|{day:%Y}" for day in rows["known_since"]])
        x = alt.X("shown:N", sort=list(data["shown"]), axis=axis, scale=alt.Scale(paddingInner=0.45))
        colour = alt.condition("datum.then", alt.value(layout.accent), alt.value(layout.context))
        y = value_axis(layout, "value").scale(roomy(data["value"]))
        bars = Chart(data).mark_bar(size=36 if layout.narrow else 70).encode(x=x, y=y, color=colour)
        above, below = data[data["value"] >= 0], data[data["value"] < 0]
        texts = [
            Chart(above).mark_text(baseline="bottom", dy=-4, color=layout.ink, fontSize=12),
            Chart(below).mark_text(baseline="top", dy=4, color=layout.ink, fontSize=12),
        ]
        zero = Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=layout.muted).encode(y="value:Q")
        return fit_width(
            layered(bars, zero, *[each.encode(x=x, y="value:Q", text="label:N") for each in texts]), layout
        )

    listed = "; ".join(f"{long_date(row.known_since)}: {number(row.value, 1)} %" for row in rows.itertuples())
    return Picture(
        name="growth-2025q1-as-revised",
        title=title,
        subtitle=(
            "Real GDP of Japan in 2025Q1 against the quarter before, annualised percent, by day of release; "
            "coloured: known on the day of the video"
        ),
        description=f"One bar a release. {listed}.",
        source=source_line(view, ANNUALISED),
        data=rows[["known_since", "value"]].rename(columns={"value": "percent_annualised"}),
        draw=draw,
    )


@drawn
def growth_by_quarter(view: View, video_day: pd.Timestamp) -> Picture:
    """Show Japan's real growth by quarter since 1994, 2025Q1 as known on the view's day.

    Parameters
    ----------
    view : View
        Series ``jp.gdp.real`` (levels, one late copy) and ``jp.gdp.q1_2025_growth.qoq`` (percent, with vintages).
    """
    growth = (view.series(LEVEL).pct_change() * 100).dropna()
    own = float(view.series(QUARTERLY).loc[QUARTER])
    growth[QUARTER] = own
    earlier = growth[growth.index < QUARTER]
    worse = int((earlier < own).sum())
    title = (
        f"{worse} of the {len(earlier)} quarters before 2025Q1 were worse than its "
        f"{number(own, 1 if abs(own) >= 0.1 else 2)} %; the worst, {number(earlier.min(), 1)} %, was "
        f"{earlier.idxmin().year}Q{earlier.idxmin().quarter}"
    )
    frame = growth.rename("value").rename_axis("date").reset_index()
    frame["own"] = frame["date"] == QUARTER
    mark = frame[frame["own"]].assign(label="2025Q1")

    def draw(layout: Layout) -> alt.LayerChart:
        x = year_span(layout, frame["date"].iloc[0], frame["date"].iloc[-1], 0.02)
        colour = alt.condition("datum.own", alt.value(layout.accent), alt.value(layout.context))
        bars = Chart(frame).mark_bar(size=1.6 if layout.narrow else 3.6)
        bars = bars.encode(x=x, y=value_axis(layout, "value", zero=True), color=colour)
        text = Chart(mark).mark_text(align="right", dx=6, color=layout.accent, fontSize=11)
        rule = Chart(mark).mark_rule(color=layout.accent, strokeDash=[2, 2])
        text = text.encode(x="date:T", y=alt.value(8), text="label:N")
        rule = rule.encode(x="date:T", y=alt.value(16), y2=alt.value(layout.height * 0.38))
        zero = Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=layout.muted).encode(y="value:Q")
        return fit_width(layered(bars, zero, rule, text), layout)

    lows = growth.nsmallest(3)
    listed = "; ".join(f"{day.year}Q{day.quarter}: {number(value, 1)} %" for day, value in lows.items())
    return Picture(
        name="growth-by-quarter",
        title=title,
        subtitle=(
            "Real GDP of Japan, percent against the quarter before; 2025Q1 as published by then, "
            "all others from one copy of 2026"
        ),
        description=f"One bar a quarter. 2025Q1: {number(own, 2)} %. Lowest: {listed}.",
        source=source_line(view, LEVEL, QUARTERLY),
        data=frame[["date", "value"]].rename(columns={"value": "percent"}),
        draw=draw,
    )
