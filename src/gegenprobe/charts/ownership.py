"""Pictures of who buys and who owns the debt: foreigners month by month, foreigners and Americans in all."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.holders import fit, span
from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import end_labels, source_line, video_rule
from gegenprobe.observations import View
from gegenprobe.words import number


@drawn
def foreign_purchases(view: View, video_day: pd.Timestamp) -> Picture:
    """Show foreigners' net purchases of long-term Treasuries month by month."""
    net = {
        "private": view.series("tic.slt1.longterm_net.private") / 1000,
        "official": view.series("tic.slt1.longterm_net.official") / 1000,
    }
    total = view.series("tic.slt1.longterm_net.total") / 1000
    frame = pd.concat(
        values.rename("value").rename_axis("date").reset_index().assign(buyer=name) for name, values in net.items()
    )
    year = total.tail(12)
    sold = int((year < 0).sum())

    def draw(layout: Layout) -> alt.LayerChart:
        years = [alt.DateTime(year=year) for year in range(total.index[0].year + 1, total.index[-1].year + 1)]
        x = alt.X("yearmonth(date):T", axis=alt.Axis(title=None, format="%Y", values=years))
        top = sum(values.clip(lower=0) for values in net.values()).max() + (60 if layout.narrow else 45)
        low = sum(values.clip(upper=0) for values in net.values()).min() - 8
        y = alt.Y(
            "value:Q",
            axis=alt.Axis(title=None, tickCount=5, format=".0f"),
            scale=alt.Scale(domain=[low, top], nice=False),
            stack=True,
        )
        colour = alt.Color(
            "buyer:N", scale=alt.Scale(domain=["private", "official"], range=[layout.accent, layout.context])
        )
        size = (layout.width - 60) / (len(total) * 1.35)
        bars = Chart(frame).mark_bar(size=size).encode(x=x, y=y, color=colour)
        zero = Chart(pd.DataFrame({"value": [0]})).mark_rule(color=layout.muted).encode(y="value:Q")
        words = [
            Chart(pd.DataFrame({"label": [label]}))
            .mark_text(align="left", baseline="top", dy=shift, color=tone, fontWeight="bold", fontSize=12)
            .encode(x=alt.value(4), y=alt.value(0), text="label:N")
            for label, tone, shift in (
                ("private buyers", layout.accent, 0),
                ("central banks and governments", layout.muted, 15),
            )
        ]
        return fit(layered(bars, zero, video_rule(layout, video_day, label=False), *words), layout)

    did = "bought" if year.sum() > 0 else "sold"
    return Picture(
        name="foreign-purchases",
        title=(
            f"In the twelve months to {total.index[-1]:%B %Y} foreigners {did}, net, "
            f"{number(abs(year.sum()), 0)} billion dollars "
            f"of long-term Treasuries; in {sold} of these months they sold"
        ),
        subtitle="Net purchases of long-term Treasuries by foreigners, billion dollars a month; below zero they sold",
        description=(
            f"Bars from {total.index[0]:%B %Y} to {total.index[-1]:%B %Y}. Largest net purchase "
            f"{number(total.max(), 0)} in "
            f"{total.idxmax():%B %Y}, largest net sale {number(abs(total.min()), 0)} in {total.idxmin():%B %Y}. "
            f"Last twelve months: private {number(net['private'].tail(12).sum(), 0)}, official "
            f"{number(net['official'].tail(12).sum(), 0)}."
        ),
        source=source_line(view, "tic.slt1.longterm_net.total"),
        data=frame.rename(columns={"value": "usd_billions"}),
        draw=draw,
    )


@drawn
def debt_owners(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the debt held by the public, split into foreign and American holders."""
    public = view.series("FYGFDPUN") / 1e6
    foreign = view.series("FDHBFIN") / 1e3
    wide = pd.concat({"Americans": public - foreign, "foreigners": foreign}, axis=1).dropna()
    share = wide["foreigners"] / wide.sum(axis=1) * 100
    last = wide.index[-1]
    frame = wide.rename_axis("date").reset_index().melt("date", var_name="holder", value_name="value")
    recent = frame[frame["date"] >= pd.Timestamp("1985-01-01")]

    def draw(layout: Layout) -> alt.LayerChart:
        x = span(layout, recent["date"].min(), last, 0.19)
        y = alt.Y("value:Q", axis=alt.Axis(title=None, tickCount=5, format=".0f"), stack="zero")
        colour = alt.Color(
            "holder:N", scale=alt.Scale(domain=["Americans", "foreigners"], range=[layout.context, layout.accent])
        )
        order = alt.Order("rank:Q")
        ranked = recent.assign(rank=(recent["holder"] == "Americans").astype(int))
        area = Chart(ranked).mark_area(opacity=0.85).encode(x=x, y=y, color=colour, order=order)
        middles = pd.DataFrame(
            {
                "date": [last, last],
                "value": [
                    wide["foreigners"].iloc[-1] / 2,
                    wide["foreigners"].iloc[-1] + wide["Americans"].iloc[-1] / 2,
                ],
                "holder": ["foreigners", "Americans"],
                "label": [
                    f"foreigners {number(share.iloc[-1], 0)} %",
                    f"Americans {number(100 - share.iloc[-1], 0)} %",
                ],
            }
        )
        return fit(
            layered(
                area,
                video_rule(layout, video_day, label=False),
                end_labels(middles.iloc[:1], layout, layout.accent),
                end_labels(middles.iloc[1:], layout, layout.muted),
            ),
            layout,
        )

    return Picture(
        name="debt-owners",
        title=(
            f"At the end of {last.year} Q{last.quarter} foreigners held {number(share.iloc[-1], 0)} % "
            f"of the debt held by the public, "
            f"after {number(share.max(), 0)} % at most, in {share.idxmax().year}"
        ),
        subtitle="Debt held by the public by holder, trillion dollars; Americans include the Federal Reserve",
        description=(
            f"Two stacked areas to {last.year} Q{last.quarter}: foreigners "
            f"{number(wide['foreigners'].iloc[-1], 1)} trillion, Americans "
            f"{number(wide['Americans'].iloc[-1], 1)}. Foreign share {number(share.iloc[-1], 1)} percent, highest "
            f"{number(share.max(), 1)} in {share.idxmax().year}. Foreign holdings are partly at "
            f"market value, the debt at face value."
        ),
        source=source_line(view, "FYGFDPUN", "FDHBFIN"),
        data=wide.rename_axis("date").reset_index().assign(foreign_share=share.to_numpy()),
        draw=draw,
    )
