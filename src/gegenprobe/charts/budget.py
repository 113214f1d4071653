"""Pictures of the plans of 2025: what the tax bill was estimated to add, and what customs duties bring in."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.cbo import baselines
from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import source_line, value_axis
from gegenprobe.errors import NoData
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

STATED_PLAN = (2.4, 2.6)  # trillion dollars over ten years: what the video says

# Which version of the bill, and how it was counted; the day comes from the fact.
ESTIMATES = {
    "obbba-003": "House draft, watchdog",
    "obbba-004": "House bill, without interest",
    "obbba-015": "House bill, with interest",
    "obbba-017": "House bill, with growth",
    "obbba-018": "Senate bill, without interest",
    "obbba-019": "law, without interest",
    "obbba-020": "law, with interest",
    "obbba-022": "law, with growth",
}


@drawn
def plan_estimates(view: View, video_day: pd.Timestamp) -> Picture:
    """Return the published estimates of what the tax bill of 2025 adds to deficits through 2034, in order of time."""
    rows = []
    for name, label in ESTIMATES.items():
        try:
            fact = view.fact(name)
        except NoData:
            continue
        rows.append({"known": fact.known_since, "label": label, "value": fact.value, "fact": name})
    if not rows:
        raise NoData(f"no estimate of the tax bill was public on {view.day:%Y-%m-%d}")
    data = pd.DataFrame(rows).sort_values("known", kind="stable")
    low, high = STATED_PLAN
    data["inside"] = data["value"].round(1).between(low, high)
    data["row"] = [f"{row.known:%b %Y}: {row.label}" for row in data.itertuples()]
    before = data[data["known"] <= video_day]
    title = (
        f"{int(before['inside'].sum())} of {len(before)} estimates known on the day of the video "
        f"lay in the range it names; "
        f"the newest known says {number(data['value'].iloc[-1], 1)} trillion dollars"
    )

    def draw(layout: Layout) -> alt.LayerChart:
        y = alt.Y(
            "row:N",
            sort=list(data["row"]),
            axis=alt.Axis(title=None, labelLimit=190 if layout.narrow else 260, grid=True),
        )
        x = alt.X(
            "value:Q",
            axis=alt.Axis(title=None, tickCount=4 if layout.narrow else 6),
            scale=alt.Scale(domain=[0, 4.6], nice=False),
        )
        band = (
            Chart(pd.DataFrame({"low": [low], "high": [high]}))
            .mark_rect(color=layout.stated, opacity=0.22)
            .encode(x="low:Q", x2="high:Q")
        )
        word = (
            Chart(pd.DataFrame({"value": [low], "label": ["video"]}))
            .mark_text(align="right", baseline="top", dx=-4, dy=2, color=layout.stated)
            .encode(x="value:Q", y=alt.value(0), text="label:N")
        )
        late = f"datum.known > {int(video_day.timestamp() * 1000)}"
        dots = (
            Chart(data)
            .mark_point(filled=True, size=90, opacity=1)
            .encode(
                x=x,
                y=y,
                color=alt.condition(late, alt.value(layout.context), alt.value(layout.accent)),
                tooltip="known:T",
            )
        )
        text = Chart(data).mark_text(align="left", dx=8).encode(x=x, y=y, text=alt.Text("value:Q", format=".1f"))
        return layered(band, word, dots, text).properties(
            width=layout.width - (215 if layout.narrow else 285), height=34 * len(data)
        )

    listed = "; ".join(f"{row.row} {row.value:g}" for row in data.itertuples())
    return Picture(
        name="plan-estimates",
        title=title,
        subtitle=(
            "Effect of the tax bill of 2025 on deficits of 2025 to 2034, trillion dollars; "
            "blue: known on the day of the video, grey: later"
        ),
        description=f"{title}. {listed}.",
        source=(
            "Source: Congressional Budget Office and one watchdog group, see the facts listed. "
            f"As known on {long_date(view.day)}."
        ),
        data=data[["known", "label", "value", "fact"]],
        draw=draw,
    )


@drawn
def customs(view: View, first: int = 2015) -> Picture:
    """Return customs duties by fiscal year against CBO's baselines of January 2025 and, once known, February 2026.

    The running fiscal year shows as its months so far.
    """
    monthly = view.series("treasury.mts.customs") / 1000
    year = monthly.index.year + (monthly.index.month >= 10)
    sums, months = monthly.groupby(year).sum(), monthly.groupby(year).count()
    bars = pd.DataFrame({"year": sums.index, "value": sums.to_numpy(), "months": months.to_numpy()}).query(
        "year >= @first"
    )
    fan = baselines(view, "cbo.baseline.customs", 2025).assign(
        label=lambda rows: rows["baseline"].dt.strftime("CBO, %b %Y")
    )
    labels = list(dict.fromkeys(fan["label"]))
    whole = bars[bars["months"] == 12].iloc[-1]
    part = bars.iloc[-1]
    expected = fan[(fan["label"] == labels[0]) & (fan["year"] == part["year"])]["value"]
    if part["months"] < 12 and len(expected):
        span = f"the first {part['months']:.0f} months of fiscal {part['year']:.0f}"
        title = (
            f"Customs duties of {span} came to {number(part['value'], 0)} billion dollars; "
            f"CBO had expected {number(expected.iloc[0], 0)} for the year"
        )
    else:
        title = f"Customs duties of fiscal {whole['year']:.0f} came to {number(whole['value'], 0)} billion dollars"
    data = pd.concat([bars.assign(label="collected"), fan[["year", "value", "label"]]], ignore_index=True)
    bars = bars.assign(left=bars["year"] - 0.38, right=bars["year"] + 0.38, part=bars["months"] < 12)

    def draw(layout: Layout) -> alt.LayerChart:
        axis = alt.Axis(title=None, format="d", tickCount=4 if layout.narrow else 8)
        scale = alt.Scale(domain=[first - 0.6, 2036.4], nice=False)
        x = alt.X("year:Q", axis=axis, scale=scale)
        y = value_axis(layout, "value", zero=True)
        blocks = Chart(bars).mark_rect(color=layout.accent).encode(
            x=alt.X("left:Q", axis=axis, scale=scale), x2="right:Q", y=y, y2=alt.datum(0),
            opacity=alt.condition("datum.part", alt.value(0.45), alt.value(1)),
        )  # fmt: skip
        colour = alt.Color(
            "label:N", scale=alt.Scale(domain=labels, range=[layout.second, layout.third][: len(labels)])
        )
        lines = Chart(fan).mark_line(strokeWidth=2.2).encode(x=x, y=y, color=colour)
        # Named at the highest point, where nothing lies above.
        peaks = fan.loc[fan.groupby("label")["value"].idxmax()]
        at_end = peaks["year"] >= fan.groupby("label")["year"].max().min()
        texts = [
            Chart(part).mark_text(align=align, dy=-10).encode(x=x, y=y, color=colour, text="label:N")
            for part, align in ((peaks[at_end], "right"), (peaks[~at_end], "left"))
        ]
        return layered(blocks, lines, *texts).properties(width=layout.width - 55, height=layout.height)

    return Picture(
        name="customs",
        title=title,
        subtitle=(
            "Customs duties, billion dollars, fiscal year; "
            "bars: collected (pale: year not complete), lines: CBO's baselines"
        ),
        description=(
            f"{title}. Fiscal {whole['year']:.0f} as a whole: {number(whole['value'], 0)}. "
            f"Baselines: {', '.join(labels)}."
        ),
        source=source_line(view, "treasury.mts.customs"),
        data=data[["year", "value", "label", "months"]],
        draw=draw,
    )
