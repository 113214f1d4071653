"""Pictures of the Treasury's 30-year auctions: the bids and the bidders."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered, stacked
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import source_line, time_axis, video_rule
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

BOND = "treasury.auction.30y"
MEAN_OF = 10
"""Auctions in the mean that the press quotes for comparison."""
YEARS = 10
"""Years back in which the video ranks the auction."""
BIDDERS = (
    ("indirect_share", "Indirect bidders (through others; foreign central banks among them)", "Indirect bidders"),
    ("direct_share", "Direct bidders (for themselves; mostly American funds)", "Direct bidders"),
    ("dealer_share", "Primary dealers (they must bid, and take what is left)", "Primary dealers"),
)


def meant(values: pd.Series, video_day: pd.Timestamp) -> pd.Timestamp:
    """Return the auction the video is about: that of its day, or the last one before."""
    return values.loc[:video_day].index[-1]


def before(values: pd.Series, day: pd.Timestamp) -> float:
    """Return the mean of the ten auctions before one."""
    return float(values.loc[: day - pd.Timedelta(days=1)].tail(MEAN_OF).mean())


def decade(values: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Return the auctions of the ten years that end with one, that one left out."""
    return values.loc[day - pd.DateOffset(years=YEARS) + pd.Timedelta(days=1) : day - pd.Timedelta(days=1)]


def fit(chart: alt.LayerChart, layout: Layout, height: int) -> alt.LayerChart:
    """Return the chart in the width of the page, axes and labels included."""
    return chart.properties(
        width=layout.width, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )


@drawn
def auction_cover(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the bid-to-cover ratio of every 30-year auction since 2008, the one of the video marked."""
    cover = view.series(f"{BOND}.bid_to_cover")
    reopening = view.series(f"{BOND}.reopening")
    day = meant(cover, video_day)
    own, rivals = cover[day], decade(cover, day)
    weaker = int((rivals < own).sum())
    frame = cover.rename("value").rename_axis("date").reset_index()
    frame["mean_of_ten"] = frame["value"].rolling(MEAN_OF).mean()
    frame["kind"] = frame["date"].map(reopening).map({1.0: "reopening", 0.0: "new issue"})
    marked = frame[frame["date"] == day].assign(label=number(own, 2))
    middle = frame.iloc[[len(frame) * 3 // 5]]
    failed = int((cover < 1).sum())

    def draw(layout: Layout) -> alt.LayerChart:
        x = time_axis(layout)
        y = alt.Y(
            "value:Q",
            axis=alt.Axis(title=None, values=[1, 1.5, 2, 2.5, 3], format=".1f"),
            scale=alt.Scale(domain=[0.8, 3.1], nice=False),
        )
        points = Chart(frame).mark_circle(size=22 if layout.narrow else 34, color=layout.context, opacity=0.65)
        mean = Chart(frame.dropna()).mark_line(color=layout.muted, strokeWidth=1.4).encode(x=x, y="mean_of_ten:Q")
        own_point = Chart(marked).mark_circle(size=110, color=layout.accent, opacity=1)
        own_text = Chart(marked).mark_text(
            align="right", baseline="bottom", dx=-7, dy=-6, color=layout.accent, fontWeight="bold", fontSize=13
        )
        mean_label = (
            Chart(middle)
            .mark_text(align="center", baseline="top", dy=26, color=layout.muted, fontSize=11)
            .encode(x="date:T", y="mean_of_ten:Q", text=alt.value("line: mean of ten"))
        )
        floor = pd.DataFrame({"value": [1.0]})
        rule = Chart(floor).mark_rule(color=layout.stated, strokeWidth=1.2, strokeDash=[6, 3]).encode(y="value:Q")
        rule_text = (
            Chart(floor)
            .mark_text(align="left", baseline="bottom", dx=2, dy=-3, color=layout.stated, fontSize=11)
            .encode(x=alt.value(0), y="value:Q", text=alt.value("below this line an auction fails"))
        )
        return fit(
            layered(
                rule, rule_text, points.encode(x=x, y=y), mean, mean_label, video_rule(layout, video_day),
                own_point.encode(x="date:T", y="value:Q"), own_text.encode(x="date:T", y="value:Q", text="label:N"),
            ),
            layout, layout.height,
        )  # fmt: skip

    verb = "failed" if own < 1 else "was covered"
    title = (
        f"The 30-year auction of {long_date(day)} {verb}{'' if own < 1 else f' {number(own, 2)} times'}; "
        f"{weaker} of the {len(rivals)} auctions in the ten years before drew fewer bids per dollar"
    )
    return Picture(
        name="auction-cover",
        title=title,
        subtitle=(
            f"Bids per dollar on offer (bid-to-cover), every 30-year Treasury auction since "
            f"{frame['date'].iloc[0].year}"
        ),
        description=(
            f"Dots for {len(frame)} auctions from {frame['date'].iloc[0]:%B %Y} to "
            f"{frame['date'].iloc[-1]:%B %Y}, between "
            f"{number(cover.min(), 2)} and {number(cover.max(), 2)}; {failed or 'none'} below one. "
            f"The auction of {long_date(day)} has {number(own, 2)}, the mean of the ten before it is "
            f"{number(before(cover, day), 2)}."
        ),
        source=source_line(view, f"{BOND}.bid_to_cover"),
        data=frame.rename(columns={"value": "bid_to_cover"}),
        draw=draw,
    )


@drawn
def auction_bidders(view: View, video_day: pd.Timestamp) -> Picture:
    """Show who took every 30-year auction since 2008: indirect bidders, direct bidders, dealers."""
    shares = {name: view.series(f"{BOND}.{name}") for name, _, _ in BIDDERS}
    day = meant(shares["indirect_share"], video_day)
    own = {name: values[day] for name, values in shares.items()}
    usual = {name: before(values, day) for name, values in shares.items()}
    wide = pd.DataFrame(shares).rename_axis("date").reset_index()
    step = own["indirect_share"] - usual["indirect_share"]

    def draw(layout: Layout) -> alt.VConcatChart:
        width, height = layout.width - (48 if layout.narrow else 52), 95 if layout.narrow else 120
        panels = []
        for place, (name, long, short) in enumerate(BIDDERS):
            frame = wide[["date", name]].rename(columns={name: "value"}).dropna()
            frame["mean_of_ten"] = frame["value"].rolling(MEAN_OF).mean()
            top = 100 if name != "direct_share" else 50
            axis = alt.Axis(title=None, values=[0, 25, 50, 75, 100], format=".0f")
            y = alt.Y("value:Q", axis=axis, scale=alt.Scale(domain=[0, top], nice=False))
            last = place == len(BIDDERS) - 1
            x = alt.X("date:T", axis=alt.Axis(title=None, tickCount=4 if layout.narrow else 8, labels=last, ticks=last))
            points = Chart(frame).mark_circle(size=14 if layout.narrow else 22, color=layout.context, opacity=0.6)
            mean = Chart(frame.dropna()).mark_line(color=layout.muted, strokeWidth=1.4)
            marked = frame[frame["date"] == day].assign(label=f"{number(own[name], 1)} %")
            dot = Chart(marked).mark_circle(size=90, color=layout.accent, opacity=1)
            shift = {"indirect_share": 16, "direct_share": -11, "dealer_share": -18}[name]
            text = Chart(marked).mark_text(align="right", dx=-7, dy=shift, color=layout.accent, fontWeight="bold")
            panel = layered(
                points.encode(x=x, y=y), mean.encode(x=x, y="mean_of_ten:Q"),
                video_rule(layout, video_day, label=place == 0 and not layout.narrow),
                dot.encode(x="date:T", y="value:Q"), text.encode(x="date:T", y="value:Q", text="label:N"),
            )  # fmt: skip
            heading = alt.TitleParams(
                short if layout.narrow else long,
                anchor="start",
                frame="group",
                fontSize=12,
                fontWeight="bold",
                color=layout.ink,
                offset=6,
            )
            panels.append(panel.properties(width=width, height=height, title=heading))
        return stacked(*panels, spacing=10)

    against = (
        f"{number(abs(step), 1)} points {'more' if step > 0 else 'less'} than in the ten auctions before, on average"
    )
    return Picture(
        name="auction-bidders",
        title=(
            f"Indirect bidders took {number(own['indirect_share'], 1)} % on {long_date(day)}, {against}; "
            f"dealers were left with {number(own['dealer_share'], 1)} %"
        ),
        subtitle=(
            f"Share of each group in 30-year Treasury auctions since {wide['date'].iloc[0].year}, "
            f"percent; lines: mean of ten auctions"
        ),
        description=(
            "Three panels of dots, one an auction. "
            + " ".join(
                f"{short}: {number(own[name], 1)} percent on {long_date(day)}, mean of the ten before "
                f"{number(usual[name], 1)}, "
                f"range since {wide['date'].iloc[0].year} {number(shares[name].min(), 1)} to "
                f"{number(shares[name].max(), 1)}."
                for name, _, short in BIDDERS
            )
        ),
        source=source_line(view, *(f"{BOND}.{name}" for name, _, _ in BIDDERS)),
        data=wide,
        draw=draw,
    )
