"""Pictures of the US Congressional Budget Office: its baselines as a fan of vintages, and the ratio the video names."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import source_line, value_axis
from gegenprobe.errors import NoData
from gegenprobe.observations import View
from gegenprobe.rows import year_of
from gegenprobe.words import long_date, number

STATED_RATIO, STATED_YEAR = 121, 2033  # percent of GDP and fiscal year: what the video says

# Documented ratios of debt held by the public: label on the picture, fact.
RATIOS = {
    "House bill, CBO": "obbba-016",
    "House bill, watchdog": "obbba-001",
    "permanent, watchdog": "obbba-002",
    "CBO, June 2024": "cbo-002",
}
NEXT_BASELINE = ("cbo-012", "cbo-013", "cbo-015")


def baselines(view: View, series: str, since: int) -> pd.DataFrame:
    """Return every baseline of a CBO series known on the view's day.

    A row of the store stands only where a value changed, so each baseline is read as known on its own day.

    Returns
    -------
    DataFrame
        ``baseline`` (day it became known), ``year`` (fiscal year), ``value``; baselines known from `since` on.
    """
    rows, places = view.known(series)
    days = rows.days[places]
    known = np.unique(days[days >= np.datetime64(f"{since}")])
    pieces = []
    for day in known:
        own = places[days == day]
        last = rows.newest_vintages(rows.known(pd.Timestamp(day)))
        pieces.append(rows.within(last, rows.date[own[0]], rows.date[own[-1]]))
    if not pieces:
        raise NoData(f"{series}: no baseline since {since} was known on {view.day:%Y-%m-%d}")
    every = np.concatenate(pieces)
    baseline = np.repeat(known, [len(piece) for piece in pieces])
    return pd.DataFrame({"baseline": baseline, "year": year_of(rows.dates[every]), "value": rows.value[every]})


def _fan(
    view: View, series: str, actual: str, since: int, sign: float, name: str, title: str, subtitle: str
) -> Picture:
    """Return one fan: grey baselines, the newest one apart, what happened in the accent."""
    fan = baselines(view, series, since).assign(value=lambda rows: sign * rows["value"] / 1000)
    happened = view.series(actual) * sign / 1000
    happened = happened.loc[f"{since - 1}" :]
    real = pd.DataFrame({"year": happened.index.year, "value": happened.to_numpy()})
    newest = fan["baseline"].max()
    data = pd.concat([fan.assign(kind="baseline"), real.assign(kind="actual")], ignore_index=True)
    first = real["year"].min()

    def draw(layout: Layout) -> alt.LayerChart:
        x = alt.X(
            "year:Q",
            axis=alt.Axis(title=None, format="d", tickCount=4 if layout.narrow else 8),
            scale=alt.Scale(domain=[first, int(fan["year"].max())], nice=False),
        )
        y = value_axis(layout, "value", zero=True)
        old = Chart(fan[fan["baseline"] < newest]).mark_line(color=layout.context, opacity=0.55, strokeWidth=1)
        new = Chart(fan[fan["baseline"] == newest]).mark_line(color=layout.second, strokeDash=[5, 3])
        out = Chart(real).mark_line(color=layout.accent, strokeWidth=2.6)
        tip = pd.DataFrame([{**fan[fan["baseline"] == newest].iloc[-1], "label": f"{newest:%b %Y}"}])
        tip = Chart(tip).mark_text(align="left", dx=5, color=layout.second)
        # The outcome is named at its peak, with the number it has there: there the grey lines leave room.
        peak, last = real.loc[real["value"].idxmax()], real.iloc[-1]
        own = pd.DataFrame([{**peak, "label": f"outcome, {peak['year']:.0f}: {peak['value']:.1f}"}])
        place = {"align": "right", "dx": -6, "dy": -12} if peak["year"] == last["year"] else {"align": "left", "dx": 8}
        own = Chart(own).mark_text(color=layout.accent, **place)
        return layered(
            old.encode(x=x, y=y, detail="baseline:N"), new.encode(x=x, y=y), out.encode(x=x, y=y),
            tip.encode(x="year:Q", y="value:Q", text="label:N"), own.encode(x="year:Q", y="value:Q", text="label:N"),
        ).properties(width=layout.width - 105, height=layout.height)  # fmt: skip

    return Picture(
        name=name, title=title, subtitle=subtitle, description=f"{title}. Newest baseline: {long_date(newest)}.",
        source=source_line(view, actual).replace("Newest figure", "Newest outcome"), data=data, draw=draw,
    )  # fmt: skip


@drawn
def debt_fan(view: View, since: int = 2000) -> Picture:
    """Return CBO's projections of debt held by the public, one line a baseline, against what happened."""
    fan = baselines(view, "cbo.baseline.debt_public", since)
    actual = view.series("cbo.actual.debt_public")
    year = actual.index[-1].year
    first = fan[fan["year"] == year].iloc[0]
    gap = actual.iloc[-1] - first["value"]
    title = (
        f"CBO's first look at {year}, in {first['baseline'].year}, had a debt of "
        f"{number(first['value'] / 1000, 1)} trillion dollars; it came to {number(actual.iloc[-1] / 1000, 1)}, "
        f"{number(abs(gap) / 1000, 1)} {'more' if gap > 0 else 'less'}"
    )
    return _fan(
        view, "cbo.baseline.debt_public", "cbo.actual.debt_public", since, 1, "cbo-debt-fan", title,
        "Debt held by the public, trillion dollars, end of fiscal year; "
        f"grey: each main baseline since {since}, dashed: the newest",
    )  # fmt: skip


@drawn
def deficit_fan(view: View, since: int = 2007) -> Picture:
    """Return CBO's projections of the deficit, one line a baseline, against what happened."""
    fan = baselines(view, "cbo.baseline.deficit", since)
    actual = -view.series("cbo.actual.deficit")
    year = actual.index[-1].year
    last = fan[(fan["year"] == year) & (fan["baseline"] < pd.Timestamp(year=year, month=10, day=1))].iloc[-1]
    title = (
        f"The deficit of fiscal {year} was {number(actual.iloc[-1] / 1000, 2)} trillion dollars; "
        f"CBO had expected {number(-last['value'] / 1000, 2)} in {last['baseline']:%B %Y}"
    )
    return _fan(
        view, "cbo.baseline.deficit", "cbo.actual.deficit", since, -1, "cbo-deficit-fan", title,
        f"Federal deficit, trillion dollars, fiscal year; grey: each baseline since {since}, dashed: the newest",
    )  # fmt: skip


@drawn
def ratio_2033(view: View) -> Picture:
    """Return where the ratio the video names lies against CBO's baseline and the documented ratios.

    The baseline's line is our quotient: the debt of CBO's January 2025 baseline over the GDP of the same publication,
    the only GDP projection held. Later baselines are points, as documented.
    """
    gdp = view.series("cbo.gdp.fiscal_year")
    published = view.vintages("cbo.gdp.fiscal_year")["known_since"].max()
    debt = (
        baselines(view, "cbo.baseline.debt_public", published.year)
        .query("baseline == @published")
        .set_index("year")["value"]
    )
    line = (debt / gdp.set_axis(gdp.index.year) * 100).dropna()
    past = (view.series("cbo.actual.debt_public") / view.series("cbo.actual.gdp") * 100).dropna().loc["2015":]
    points = []
    for label, name in (*RATIOS.items(), *(("CBO, Feb 2026", each) for each in NEXT_BASELINE)):
        try:
            fact = view.fact(name)
        except NoData:
            continue
        points.append({"year": fact.event_date.year, "value": fact.value, "label": label, "fact": name})
    dots = pd.DataFrame(points, columns=["year", "value", "label", "fact"])
    base = line[STATED_YEAR]
    gap = STATED_RATIO - base
    side = "above" if gap > 0 else "below"
    title = (
        f"{STATED_RATIO} % in {STATED_YEAR} lies {number(abs(gap), 1)} points {side} CBO's {published:%B %Y} baseline"
    )
    bill = dots[dots["label"] == "House bill, CBO"]
    if len(bill):
        row = bill.iloc[0]
        diff = row["value"] - STATED_RATIO
        word = "below" if diff > 0 else "above"
        title += f" and {number(abs(diff), 1)} {word} what CBO gave for the House bill in {row['year']}"
    table = [
        pd.DataFrame({"year": past.index.year, "value": past.to_numpy(), "label": "actual"}),
        pd.DataFrame({"year": line.index, "value": line.to_numpy(), "label": f"baseline {published:%Y-%m}"}),
        dots,
        pd.DataFrame([{"year": STATED_YEAR, "value": STATED_RATIO, "label": "video"}]),
    ]

    def draw(layout: Layout) -> alt.LayerChart:
        start = 2024 if layout.narrow else 2020
        x = alt.X(
            "year:Q",
            axis=alt.Axis(title=None, format="d", tickCount=4 if layout.narrow else 8),
            scale=alt.Scale(domain=[start, 2036], nice=False),
        )
        y = alt.Y(
            "value:Q", axis=alt.Axis(title=None, tickCount=5), scale=alt.Scale(zero=False, domain=[92, 130], nice=False)
        )

        def dot(frame: pd.DataFrame, colour: str, **mark) -> alt.Chart:
            return Chart(frame).mark_point(filled=True, opacity=1, color=colour, **mark).encode(x=x, y=y)

        def text(frame: pd.DataFrame, colour: str, **mark) -> alt.Chart:
            return Chart(frame).mark_text(color=colour, **mark).encode(x=x, y=y, text="label:N")

        later = dots["fact"].isin(NEXT_BASELINE)
        said = table[-1].assign(label=f"video: {STATED_RATIO}")
        note = pd.DataFrame([{"year": 2030.5, "value": line[2031] - 3, "label": f"baseline, {published:%b %Y}"}])
        middle = dots[dots["fact"] == NEXT_BASELINE[0]]
        happened = table[0][table[0]["year"] >= start]
        return layered(
            Chart(happened).mark_line(color=layout.ink, strokeWidth=2.4).encode(x=x, y=y),
            Chart(table[1]).mark_line(color=layout.accent).encode(x=x, y=y),
            dot(dots[~later], layout.second, size=50), dot(dots[later], layout.third, size=50, shape="square"),
            text(dots[~later], layout.second, align="left", dx=7),
            text(middle, layout.third, align="left", dx=4, dy=14),
            dot(said, layout.stated, size=110, shape="diamond"),
            text(said, layout.stated, align="right", dx=-9, fontWeight="bold"),
            text(note, layout.accent, align="left", baseline="top"),
        ).properties(width=layout.width - (140 if layout.narrow else 130), height=400)  # fmt: skip

    listed = "; ".join(f"{row.label}, {row.year}: {row.value:g}" for row in dots.itertuples())
    return Picture(
        name="cbo-ratio-2033",
        title=title,
        subtitle=(
            "Debt held by the public, percent of GDP, end of fiscal year; "
            "blue: our quotient of CBO's debt and GDP projections; axis cut below 92"
        ),
        description=f"{title}. The baseline gives {number(base, 1)} for {STATED_YEAR}. Documented points: {listed}.",
        source=(
            f"Source: Congressional Budget Office (baseline of {published:%B %Y}), "
            "letters and reports in the list of facts. "
            f"As known on {long_date(view.day)}."
        ),
        data=pd.concat(table, ignore_index=True),
        draw=draw,
    )
