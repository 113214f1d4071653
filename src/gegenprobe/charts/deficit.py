"""Pictures of the debt: each trillion and its day, the pace, two ratios, and the deficits of other countries."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import end_labels, source_line, stated_rule, thin, time_axis, value_axis, video_rule
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

TRILLION = 1e12
STATED_DEBT = 34  # trillion dollars: what the video says
DEBT = "treasury.debt.total"


def crossings(debt: pd.Series) -> pd.DataFrame:
    """Return the first day on which the debt reached each whole trillion.

    Parameters
    ----------
    debt : Series
        Daily, trillion dollars, indexed by date.

    Returns
    -------
    DataFrame
        ``trillion``, ``date``, ``value``, ``days`` since the trillion before (missing for the first one).
    """
    highest = debt.cummax()
    rows = []
    for trillion in range(int(debt.iloc[0]) + 1, int(highest.iloc[-1]) + 1):
        date = highest.index[highest.searchsorted(trillion)]
        rows.append({"trillion": trillion, "date": date, "value": debt[date]})
    frame = pd.DataFrame(rows, columns=["trillion", "date", "value"])
    frame["days"] = frame["date"].diff().dt.days
    return frame


@drawn
def debt_milestones(view: View, video_day: pd.Timestamp) -> Picture:
    """Return total public debt by day, with the days on which it reached each whole trillion."""
    debt = view.series(DEBT) / TRILLION
    marks = crossings(debt)
    own = marks[marks["trillion"] == STATED_DEBT]
    if own.empty:
        title = f"The federal debt had not reached {STATED_DEBT} trillion dollars"
    else:
        day = own["date"].iloc[0]
        gap = (video_day - day).days
        when = f"{number(abs(gap) / 30.44, 0)} months {'before' if gap > 0 else 'after'} the video"
        title = f"The federal debt passed {STATED_DEBT} trillion dollars on {long_date(day)}, {when}"
    newest = debt.index[-1]
    line = thin(debt, 900).rename("value").rename_axis("date").reset_index()
    data = pd.concat(
        [debt.rename("value").rename_axis("date").reset_index(), marks[["date", "value", "trillion"]]],
        ignore_index=True,
    ).sort_values(["date", "trillion"], na_position="first")
    last = f"{number(debt.iloc[-1], 1)} trillion dollars on {long_date(newest)}"

    def draw(layout: Layout) -> alt.LayerChart:
        end = pd.DataFrame(
            {"date": [max(newest, video_day)], "value": [debt.iloc[-1]], "label": [number(debt.iloc[-1], 1)]}
        )
        path = (
            Chart(line)
            .mark_line(color=layout.accent)
            .encode(x=time_axis(layout), y=value_axis(layout, "value", zero=True))
        )
        dots = (
            Chart(marks)
            .mark_point(filled=True, size=16, color=layout.accent, opacity=1)
            .encode(x="date:T", y="trillion:Q")
        )
        return layered(
            stated_rule(layout, STATED_DEBT, f"video: over {STATED_DEBT}"), video_rule(layout, video_day), path, dots,
            end_labels(end, layout, layout.accent),
        ).properties(width=layout.width - 80, height=layout.height)  # fmt: skip

    return Picture(
        name="debt-milestones",
        title=title,
        subtitle="Total public debt outstanding, trillion dollars, daily since 1993; dots: first day of each trillion",
        description=(
            f"{title}. From {number(debt.iloc[0], 1)} trillion dollars in {debt.index[0].year} it rises to {last}."
        ),
        source=source_line(view, DEBT),
        data=data,
        draw=draw,
    )


@drawn
def trillion_days(view: View, video_day: pd.Timestamp) -> Picture:
    """Return how many days each further trillion of debt took."""
    marks = crossings(view.series(DEBT) / TRILLION).dropna(subset=["days"])
    before = marks[marks["date"] <= video_day]
    last = (before if len(before) else marks).iloc[-1]
    slow, fast = marks.loc[marks["days"].idxmax()], marks.loc[marks["days"].idxmin()]
    title = (
        f"The last trillion before the video took {last['days']:.0f} days, "
        f"the quickest took {fast['days']:.0f}, the slowest {number(slow['days'], 0)}"
    )
    data = marks.assign(own=marks["trillion"] == last["trillion"])

    def draw(layout: Layout) -> alt.LayerChart:
        ticks = [int(each) for each in data["trillion"] if each % (10 if layout.narrow else 5) == 0]
        x = alt.X("trillion:O", axis=alt.Axis(title="trillion reached", values=ticks, labelAngle=0))
        bars = (
            Chart(data)
            .mark_bar()
            .encode(
                x=x,
                y=value_axis(layout, "days", zero=True),
                color=alt.condition("datum.own", alt.value(layout.accent), alt.value(layout.context)),
            )
        )
        return layered(bars).properties(width=layout.width - 60, height=layout.height - 40)

    return Picture(
        name="trillion-days",
        title=title,
        subtitle="Days from one whole trillion of total public debt to the next; blue: the last one before the video",
        description=(
            f"{title}. The slowest was the step to {slow['trillion']:.0f} trillion, reached in {slow['date'].year}."
        ),
        source=source_line(view, DEBT),
        data=data[["trillion", "date", "days"]],
        draw=draw,
    )


@drawn
def debt_ratios(view: View, video_day: pd.Timestamp) -> Picture:
    """Return gross debt and debt held by the public as shares of GDP; the second is our quotient."""
    gross = view.series("GFDEGDQ188S").loc["1970":]
    public = (view.series("FYGFDPUN") / view.series("GDP") / 10).dropna()
    title = (
        f"All federal debt is {number(gross.iloc[-1], 0)} % of GDP, "
        f"what the public holds {number(public.iloc[-1], 0)} %: two measures"
    )
    names = {"gross": gross, "held by the public": public}
    data = pd.concat(
        [each.rename("value").rename_axis("date").reset_index().assign(measure=name) for name, each in names.items()]
    )

    def draw(layout: Layout) -> alt.LayerChart:
        colour = alt.Color("measure:N", scale=alt.Scale(domain=list(names), range=[layout.second, layout.accent]))
        ends = data.groupby("measure").tail(1).assign(
            date=lambda rows: rows["date"].clip(lower=video_day),
            label=lambda rows: [
                f"{'public' if layout.narrow and name != 'gross' else name} {value:.0f}"
                for name, value in zip(rows["measure"], rows["value"], strict=True)
            ]
        )  # fmt: skip
        lines = (
            Chart(data).mark_line().encode(x=time_axis(layout), y=value_axis(layout, "value", zero=True), color=colour)
        )
        return layered(video_rule(layout, video_day), lines, end_labels(ends, layout, colour)).properties(
            width=layout.width - (120 if layout.narrow else 170), height=layout.height
        )

    return Picture(
        name="debt-ratios",
        title=title,
        subtitle=(
            "Federal debt, percent of GDP, quarterly since 1970; "
            "the lower line is our quotient of debt held by the public and GDP"
        ),
        description=f"{title}. In {gross.index[0].year} gross debt stood at {number(gross.iloc[0], 0)} % of GDP.",
        source=source_line(view, "GFDEGDQ188S", "FYGFDPUN", "GDP"),
        data=data,
        draw=draw,
    )


@drawn
def deficit_by_country(view: View, year: int, count: int = 12) -> Picture:
    """Return the largest general government deficits among the advanced economies in a year, beside the year before."""
    areas = view.store.areas
    panel = view.panel("imf.weo.net_lending", list(areas.index[areas["advanced_economy"]]))
    now, before = (-panel.loc[pd.Timestamp(year=each, month=1, day=1)] for each in (year, year - 1))
    ranked = now.dropna().sort_values(ascending=False)
    place, earlier = (int((each > each["USA"]).sum()) + 1 for each in (now, before))
    word = "the largest deficit" if place == 1 else f"the deficit number {place}"
    title = (
        f"In {year} the United States has {word} of {len(ranked)} advanced economies, "
        f"in {year - 1} it was number {earlier}"
    )
    edition = view.vintages("imf.weo.net_lending", "USA")["known_since"].max()
    shown = ranked.head(count)
    if "USA" not in shown.index:
        shown = pd.concat([shown, ranked.loc[["USA"]]])
    data = pd.DataFrame(
        {"area": shown.index, "deficit": shown.to_numpy(), "before": before.reindex(shown.index).to_numpy()}
    )
    data["country"] = [areas.loc[code, "name"].split(",")[0].split(" Special")[0] for code in data["area"]]

    def draw(layout: Layout) -> alt.LayerChart:
        y = alt.Y(
            "country:N", sort=list(data["country"]), axis=alt.Axis(title=None, labelLimit=110 if layout.narrow else 200)
        )
        x = alt.X("deficit:Q", axis=alt.Axis(title=None, grid=True, tickCount=4), scale=alt.Scale(zero=True))
        own = alt.condition("datum.area == 'USA'", alt.value(layout.accent), alt.value(layout.context))
        bars = Chart(data).mark_bar(height=14).encode(y=y, x=x, color=own)
        ticks = Chart(data).mark_tick(thickness=2, size=18, color=layout.ink).encode(y=y, x="before:Q")
        # Inside the bar, so that no mark of the year before can hide the number.
        text = (
            Chart(data)
            .mark_text(align="left", dx=4, color=layout.ground)
            .encode(y=y, x=alt.value(0), text=alt.Text("deficit:Q", format=".1f"))
        )
        return layered(bars, ticks, text).properties(
            width=layout.width - (130 if layout.narrow else 170), height=24 * len(data)
        )

    return Picture(
        name=f"deficit-by-country-{year}",
        title=title,
        subtitle=(
            f"General government deficit, percent of GDP: bars {year}, upright marks {year - 1}; "
            f"the largest {count} of the IMF's advanced economies"
        ),
        description=f"{title}. " + "; ".join(f"{row.country} {row.deficit:.1f}" for row in data.itertuples()) + ".",
        source=(
            f"Source: International Monetary Fund, World Economic Outlook, edition of {long_date(edition)}. "
            f"As known on {long_date(view.day)}. A value for the running or a later year is a projection."
        ),
        data=data[["area", "country", "deficit", "before"]],
        draw=draw,
    )
