"""Pictures of CBO's own record: how far it was off, by horizon, and what that means for the debt ratio it projects."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.cbo_record import Component, errors_by_horizon, fan, place, projections, series_used
from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.claims import Claim
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

_WHAT = {"deficit": "deficit", "debt": "debt held by the public"}


def _source(view: View, component: Component) -> str:
    """Return source and vintage; the newest outcome counts, not the last year projected."""
    newest = view.newest(series_used(component)[1]).year
    agency = view.entry(series_used(component)[0]).agency
    return f"Source: {agency}. Newest outcome: fiscal {newest}. As known on {long_date(view.day)}."


def record_table(view: View, component: Component) -> pd.DataFrame:
    """Return the table of errors by horizon with plain column names, for a page.

    Returns
    -------
    DataFrame
        ``year`` (of the projection), ``number`` (of projections), ``fiscal years``, ``mean``, ``mean absolute``, ``root
        mean square``, ``from`` and ``to`` (the quantiles 1/6 and 5/6), ``spread`` (between these); percent of GDP, one
        decimal. ``attrs["caption"]`` says so to a reader.
    """
    table = projections(view, component)
    found = errors_by_horizon(table).reset_index()
    columns = {
        "mean": "mean", "mean_absolute": "mean absolute", "rmse": "root mean square", "low": "from", "high": "to",
        "spread": "spread",
    }  # fmt: skip
    told = pd.DataFrame(
        {
            "year": found["horizon"],
            "number": found["n"],
            "fiscal years": [f"{row.first_year}–{row.last_year}" for row in found.itertuples()],
        }
    )
    for name, words in columns.items():
        told[words] = [number(value, 1) for value in found[name]]
    told.attrs["caption"] = (
        f"Errors in percent of that year's GDP, positive where too much {component} was projected; spring baselines "
        f"since {table['baseline'].min()[:4]}, adjusted for later legislation. Two thirds of the errors lie "
        "between “from” and “to”, as far apart as “spread” says."
    )
    return told


@drawn
def cbo_errors(view: View, component: Component) -> Picture:
    """Show every error of CBO's spring projections by how many years ahead they looked, with the middle two thirds."""
    table = projections(view, component).dropna(subset="error_percent")
    summary = errors_by_horizon(table).reset_index()
    longest = summary.iloc[-1]
    what = _WHAT[component]
    wide = table.assign(zero=0)

    def draw(layout: Layout) -> alt.LayerChart:
        x = alt.X(
            "horizon:Q", scale=alt.Scale(domain=[0.5, summary["horizon"].max() + 0.5], nice=False),
            axis=alt.Axis(
                title="year of the projection (1: the year it was made)", format="d", titleAnchor="start",
                values=summary["horizon"].tolist()[:: 2 if layout.narrow else 1],
            ),
        )  # fmt: skip
        axis = alt.Axis(title=None, tickCount=5)
        y = alt.Y("error_percent:Q", axis=axis, scale=alt.Scale(nice=True))
        band = Chart(summary).mark_bar(size=layout.width / 30, opacity=0.28, color=layout.accent)
        dots = Chart(table).mark_point(filled=True, size=12, opacity=0.7, color=layout.context)
        zero = Chart(wide.head(1)).mark_rule(color=layout.ink, strokeWidth=1)
        means = Chart(summary).mark_tick(
            orient="horizontal", thickness=2.4, size=layout.width / 30, color=layout.accent, opacity=1
        )
        ends = pd.DataFrame(
            [
                {"y": table["error_percent"].max(), "label": f"more {component} projected than came"},
                {"y": table["error_percent"].min(), "label": f"less {component} projected than came"},
            ]
        )
        text = Chart(ends).mark_text(align="left", color=layout.muted, fontStyle="italic")
        return layered(
            band.encode(x=x, y=alt.Y("low:Q"), y2="high:Q"), zero.encode(y=alt.Y("zero:Q")), dots.encode(x=x, y=y),
            means.encode(x=x, y=alt.Y("mean:Q")), text.encode(x=alt.value(4), y=alt.Y("y:Q"), text="label:N"),
        ).properties(width=layout.width - 50, height=layout.height)  # fmt: skip

    listed = "; ".join(
        f"year {row.horizon}: {row.n} projections, mean {row.mean:.1f}, mean absolute {row.mean_absolute:.1f}, "
        f"root mean square {row.rmse:.1f}, spread {row.spread:.1f}"
        for row in summary.itertuples()
    )
    return Picture(
        name=f"cbo-errors-{component}",
        title=(
            f"{int(longest['horizon']) - 1} years ahead, CBO's projections of the {what} were off by "
            f"{number(longest['mean_absolute'])} % of GDP on average, up or down, later laws left aside"
        ),
        subtitle=(
            "Projection, adjusted for later legislation, less outcome, percent of GDP; spring baselines since "
            f"{table['baseline'].min()[:4]}; dot: one projection, line: mean, box: middle two thirds"
        ),
        description=f"Errors of CBO's projections of the {what} by year of the projection. {listed}.",
        source=_source(view, component),
        data=summary.merge(
            table[["horizon", "baseline", "year", "error_percent"]], on="horizon", suffixes=("", "_projection")
        ),
        draw=draw,
    )


@drawn
def cbo_debt_band(view: View, claim: Claim, year: int) -> Picture:
    """Show the newest debt baseline as a share of GDP, the band its past errors suggest, and the ratio stated.

    Parameters
    ----------
    claim : Claim
        Gives the stated ratio (the value of its test).
    year : int
        The fiscal year it was stated for.
    """
    found = fan(view)
    stated = claim.test.value
    where = place(found, year, stated)
    rows = found.years
    past = (100 * view.series("cbo.actual.debt_public") / view.series("cbo.actual.gdp")).dropna()
    past = pd.DataFrame({"year": past.index.year, "ratio": past.to_numpy()})
    past = past[(past["year"] >= rows["year"].min() - 15) & (past["year"] < rows["year"].min())]
    base = pd.concat([past.tail(1), rows])
    beyond = "above" if stated > where.ratio else "below"
    inside = "within" if where.inside else "outside"

    def draw(layout: Layout) -> alt.LayerChart:
        ticks = alt.Axis(title=None, format="d", tickCount=4 if layout.narrow else 8)
        domain = [int(past["year"].min()), int(rows["year"].max())]
        x = alt.X("year:Q", axis=ticks, scale=alt.Scale(domain=domain, nice=False))
        y = alt.Y("ratio:Q", axis=alt.Axis(title=None, tickCount=5), scale=alt.Scale(zero=True, nice=True))
        band = Chart(rows).mark_area(color=layout.accent, opacity=0.18)
        line = Chart(base).mark_line(color=layout.accent, strokeDash=[5, 3])
        real = Chart(past).mark_line(color=layout.ink, strokeWidth=2.4)
        said = pd.DataFrame([{"year": year, "ratio": stated, "label": f"said: {number(stated, 0)} % in {year}"}])
        dot = Chart(said).mark_point(shape="diamond", filled=True, size=110, color=layout.stated, opacity=1)
        text = Chart(said).mark_text(align="right", dx=-10, dy=-8, color=layout.stated, fontWeight="bold")
        tip = rows.tail(1).assign(label=f"baseline {number(rows['ratio'].iloc[-1])}")
        tip = Chart(tip).mark_text(align="left", dx=5, color=layout.accent)
        note = rows.tail(1).assign(label="middle two thirds")
        note = Chart(note).mark_text(align="right", baseline="top", dx=-2, dy=6, color=layout.muted)
        return layered(
            band.encode(x=x, y=alt.Y("low:Q"), y2="high:Q"), line.encode(x=x, y=y), real.encode(x=x, y=y),
            dot.encode(x=x, y=y), text.encode(x=x, y=y, text="label:N"), tip.encode(x=x, y=y, text="label:N"),
            note.encode(x=x, y=alt.Y("low:Q"), text="label:N"),
        ).properties(width=layout.width - (118 if layout.narrow else 125), height=layout.height)  # fmt: skip

    return Picture(
        name="cbo-debt-band",
        title=(
            f"{number(stated, 0)} % in {year} lies {number(abs(stated - where.ratio))} points {beyond} CBO's baseline, "
            f"{inside} the middle two thirds of what past errors suggest"
        ),
        subtitle=(
            f"Debt held by the public, percent of GDP, fiscal years; dashed: baseline of {found.known_since:%B %Y}, "
            "current law; band: CBO's past errors, which leave later laws out"
        ),
        description=(
            f"The baseline gives {number(where.ratio)} percent for {year}, the band {number(where.low)} to "
            f"{number(where.high)}. Of {where.n} past projections so far ahead, {where.reached} were off by so much "
            f"that this baseline would end at {number(stated, 0)} or {beyond}. The GDP projection is held in one "
            f"vintage, of {long_date(found.known_since)}; later baselines of the debt have none of their own here."
        ),
        source=_source(view, "debt"),
        data=rows.assign(baseline=found.baseline, stated=[stated if each == year else None for each in rows["year"]]),
        draw=draw,
    )
