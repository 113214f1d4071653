"""Pictures of how the auction ranks, and of the few tails that are known."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.auctions import BOND, decade, fit, meant
from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import source_line, time_axis
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

MEASURES = (
    ("bid_to_cover", "Bids per dollar on offer", 1),
    ("indirect_share", "Share of indirect bidders", 1),
    ("dealer_share", "Share left with dealers", -1),
    ("high_yield", "Yield the Treasury pays", -1),
)
"""Series, name, and whether more (1) or less (-1) of it makes a better auction for the Treasury."""


@drawn
def auction_ranks(view: View, video_day: pd.Timestamp) -> Picture:
    """Show, for four measures, how many auctions of the ten years before were weaker for the Treasury."""
    rows = []
    for name, label, sense in MEASURES:
        values = view.series(f"{BOND}.{name}")
        day = meant(values, video_day)
        rivals = decade(values, day)
        weaker = int(((values[day] - rivals) * sense > 0).sum())
        rows.append({"measure": label, "weaker": weaker, "of": len(rivals), "share": 100 * weaker / len(rivals)})
    frame = pd.DataFrame(rows)
    frame["label"] = [f"{row.weaker} of {row.of}" for row in frame.itertuples()]
    better = int((frame["share"] > 50).sum())

    def draw(layout: Layout) -> alt.LayerChart:
        order = frame["measure"].tolist()
        y = alt.Y("measure:N", sort=order, axis=alt.Axis(title=None, labelLimit=190, labelColor=layout.ink))
        x = alt.X(
            "share:Q",
            scale=alt.Scale(domain=[0, 135 if layout.narrow else 112]),
            axis=alt.Axis(title=None, values=[0, 50, 100], grid=True, format=".0f", domain=False),
        )
        bars = Chart(frame).mark_bar(height=10, color=layout.accent).encode(x=x, y=y)
        text = Chart(frame).mark_text(align="left", dx=5, color=layout.ink).encode(x="share:Q", y=y, text="label:N")
        return fit(layered(bars, text), layout, 170)

    return Picture(
        name="auction-ranks",
        title=(
            f"By {better} of {len(frame)} measures the auction of {long_date(day)} was better than "
            f"most of the ten years before; "
            f"its yield was {'higher' if frame['share'].iloc[-1] < 50 else 'lower'} than most"
        ),
        subtitle="30-year auctions of the ten years before that were weaker for the Treasury, percent",
        description=" ".join(f"{row.measure}: {row.label} auctions were weaker." for row in frame.itertuples()),
        source=source_line(view, *(f"{BOND}.{name}" for name, _, _ in MEASURES)),
        data=frame.drop(columns="label"),
        draw=draw,
    )


@drawn
def auction_tails(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the tails that were found on pages: how far auctions came out above or below the market's yield."""
    tails = view.series(f"{BOND}.tail_bp")
    day = meant(tails, video_day)
    own = tails[day]
    frame = tails.rename("value").rename_axis("date").reset_index()
    frame["meant"] = frame["date"] == day
    auctions = len(view.series(f"{BOND}.bid_to_cover").loc[tails.index[0] :])

    def draw(layout: Layout) -> alt.LayerChart:
        x = time_axis(layout)
        y = alt.Y(
            "value:Q",
            axis=alt.Axis(title=None, tickCount=5),
            scale=alt.Scale(domain=[tails.min() - 1.2, tails.max() + 1], nice=False),
        )
        colour = alt.condition("datum.meant", alt.value(layout.accent), alt.value(layout.context))
        base = Chart(frame)
        zero = Chart(pd.DataFrame({"value": [0]})).mark_rule(color=layout.muted, strokeWidth=1).encode(y="value:Q")
        sticks = base.mark_rule(strokeWidth=2).encode(x=x, y=y, y2=alt.datum(0), color=colour)
        dots = base.mark_circle(size=46, opacity=1).encode(x=x, y=y, color=colour)
        label = (
            Chart(frame[frame["meant"]])
            .mark_text(align="right", baseline="top", dx=-6, dy=3, color=layout.accent, fontWeight="bold")
            .encode(x="date:T", y="value:Q", text=alt.value(number(own, 1)))
        )
        notes = pd.DataFrame(
            {"at": [0.0, 1.0], "label": ["a higher yield than expected: weak", "a lower yield than expected: strong"]}
        )
        words = [
            Chart(notes.iloc[[place]])
            .mark_text(align="left", baseline=side, dx=2, color=layout.muted, fontSize=11)
            .encode(x=alt.value(0), y=alt.value(0 if place == 0 else layout.height), text="label:N")
            for place, side in ((0, "top"), (1, "bottom"))
        ]
        return fit(layered(zero, sticks, dots, label, *words), layout, layout.height)

    where = "below" if own < 0 else "above"
    return Picture(
        name="auction-tails",
        title=(
            f"On {long_date(day)} the yield came out {number(abs(own), 1)} basis points {where} what "
            f"the market had expected"
            if own
            else f"On {long_date(day)} the yield came out exactly where the market had expected it"
        ),
        subtitle=(
            f"Yield less the market's yield at the deadline, basis points, the {len(frame)} of "
            f"{auctions} 30-year auctions since "
            f"{frame['date'].iloc[0].year} for which a page gives it; not a full record"
        ),
        description=(
            f"Sticks from zero for {len(frame)} auctions, highest {number(tails.max(), 1)} in "
            f"{tails.idxmax():%B %Y}, lowest "
            f"{number(tails.min(), 1)} in {tails.idxmin():%B %Y}; {long_date(day)}: {number(own, 1)}. "
            f"Most auctions are missing."
        ),
        source=source_line(view, f"{BOND}.tail_bp")
        + " Single figures from financial pages; no official body publishes them.",
        data=frame.drop(columns="meant").rename(columns={"value": "tail_basis_points"}),
        draw=draw,
    )
