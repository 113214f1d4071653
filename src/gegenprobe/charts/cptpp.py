"""The growth of Japan's exports to the CPTPP members in early 2025, counted in many ways."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import source_line
from gegenprobe.charts.trade import CARS, NINE, QUARTER, TOTAL, VEHICLES, quarter_name
from gegenprobe.errors import NoData
from gegenprobe.observations import View
from gegenprobe.words import number

TOTAL_MONTHLY = "mof.exports.total.monthly"
RATE = "EXJPUS"
STATED_GROWTH = 13.4
"""What the video says of exports to the CPTPP members, percent; the ledger states the same."""


def _over(view: View, series: str, areas: tuple[str, ...]) -> pd.Series:
    return view.panel(series, list(areas)).dropna().sum(axis=1)


def _growth(values: pd.Series, date: pd.Timestamp, years: int = 1) -> float:
    try:
        return float(values[date] / values[date - pd.DateOffset(years=years)] - 1) * 100
    except KeyError:
        raise NoData(f"no exports for {date:%Y-%m-%d}") from None


@drawn
def growth_by_definition(view: View, video_day: pd.Timestamp) -> Picture:
    """Return the growth of exports to the CPTPP members in early 2025, counted by bloc, good, currency and period."""
    blocs = {
        "nine members": NINE,
        "without the United Kingdom": tuple(a for a in NINE if a != "GBR"),
        "without Singapore": tuple(a for a in NINE if a != "SGP"),
        "without both": tuple(a for a in NINE if a not in ("GBR", "SGP")),
        "with Thailand": (*NINE, "THA"),
    }
    rate = view.series(RATE)
    rows = []
    for bloc, areas in blocs.items():
        goods, months = _over(view, TOTAL, areas), _over(view, TOTAL_MONTHLY, areas)
        dollars = (months / rate).dropna()
        by_quarter = dollars.groupby(dollars.index.to_period("Q").to_timestamp()).agg(["sum", "count"])
        whole = by_quarter.loc[by_quarter["count"] == 3, "sum"]
        ways = {
            "All goods, yen": _growth(goods, QUARTER),
            "All goods, dollars": _growth(whole, QUARTER),
            "Passenger cars": _growth(_over(view, CARS, areas), QUARTER),
            "Motor vehicles": _growth(_over(view, VEHICLES, areas), QUARTER),
            "January alone": _growth(months, QUARTER),
            "February alone": _growth(months, QUARTER + pd.DateOffset(months=1)),
            "March alone": _growth(months, QUARTER + pd.DateOffset(months=2)),
            "On two years before": _growth(goods, QUARTER, years=2),
        }
        rows += [{"way": way, "bloc": bloc, "value": value} for way, value in ways.items()]
    data = pd.DataFrame(rows)
    ways = list(dict.fromkeys(data["way"]))
    hits = int((data["value"].round(1) == STATED_GROWTH).sum())
    plain = data.iloc[0]["value"]
    met = "None" if hits == 0 else str(hits)
    stated = number(STATED_GROWTH)
    title = f"{met} of {len(data)} ways to count gives {stated} %; the plain one gives {number(plain)} %"
    kind = "nine members"

    def draw(layout: Layout) -> alt.LayerChart:
        y = alt.Y("way:N", sort=ways, axis=alt.Axis(title=None, labelLimit=130, grid=True))
        span = [min(-9.0, float(data["value"].min()) - 2), max(18.0, float(data["value"].max()) + 2)]
        x = alt.X("value:Q", axis=alt.Axis(title=None, tickCount=5), scale=alt.Scale(domain=span, nice=False))
        others = Chart(data[data["bloc"] != kind]).mark_point(size=46, color=layout.context, strokeWidth=1.4)
        main = data[data["bloc"] == kind].assign(label=lambda f: f["value"].map(number))
        dots = Chart(main).mark_circle(size=80, color=layout.accent, opacity=1).encode(y=y, x=x)
        near = (main["value"] - STATED_GROWTH).abs() < 2
        texts = [
            Chart(part).mark_text(dy=-11, dx=dx, align=align, color=layout.accent).encode(y=y, x=x, text="label:N")
            for part, align, dx in ((main[~near], "center", 0), (main[near], "right", -12))
        ]
        said = pd.DataFrame({"value": [STATED_GROWTH], "label": [f"video: {stated} %"]})
        rule = Chart(said).mark_rule(color=layout.stated, strokeDash=[6, 3], strokeWidth=1.2).encode(x="value:Q")
        name = Chart(said).mark_text(align="right", baseline="bottom", dx=-4, dy=-4, color=layout.stated)
        zero = Chart(pd.DataFrame({"value": [0]})).mark_rule(color=layout.grid).encode(x="value:Q")
        said_at = name.encode(x="value:Q", y=alt.value(0), text="label:N")
        return layered(zero, others.encode(y=y, x=x), rule, dots, *texts, said_at).properties(
            width=layout.width - 130, height=34 * len(ways)
        )

    told = "; ".join(f"{r.way}: {number(r.value)} %" for r in data[data["bloc"] == kind].itertuples())
    low, high = data["value"].min(), data["value"].max()
    return Picture(
        name="cptpp-growth-by-definition",
        title=title,
        subtitle=(
            f"Growth of Japan's exports to CPTPP members, {quarter_name(QUARTER)} on a year before, percent. "
            "Full dots: the nine members with figures (Japan has eleven partners; Brunei and Peru are missing). "
            "Rings: without the United Kingdom, without Singapore, without both, with Thailand"
        ),
        description=(
            f"Nine members: {told}. All ways together run from {number(low)} to {number(high)} %; "
            f"the video says {stated} %."
        ),
        source=source_line(view, TOTAL, TOTAL_MONTHLY, CARS, VEHICLES, RATE),
        data=data,
        draw=draw,
    )
