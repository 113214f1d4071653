"""The picture of yields since the video."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import end_labels, source_line, stated_rule, video_rule
from gegenprobe.charts.treasury import fit, published, span, tidy, value_scale
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

SAID_LOW = 6.0
"""The low end of what the video says may come."""


@drawn
def yields_since_video(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the 30-year yield from a year before the video to the newest day, with the auctions, against six percent."""
    start = min(video_day, view.day) - pd.DateOffset(years=1)
    values = published(view).loc[start:]
    sold = view.series("treasury.auction.30y.high_yield").loc[start:]
    after = values.loc[video_day + pd.Timedelta(days=1) :]
    line, auctions = tidy(values), tidy(sold)
    ends = pd.DataFrame({"date": [values.index[-1]], "value": [values.iloc[-1]], "label": [number(values.iloc[-1], 2)]})
    at_video = values.loc[:video_day].iloc[-1]

    def draw(layout: Layout) -> alt.LayerChart:
        x = span(layout, values.index[0], max(values.index[-1], video_day + pd.DateOffset(years=1)), 0.06)
        y = value_scale(layout, 3.5, 6.3, 1)
        curve = Chart(line).mark_line(color=layout.accent, strokeWidth=1.5).encode(x=x, y=y)
        dots = Chart(auctions).mark_point(shape="diamond", filled=True, size=60, color=layout.second, opacity=1)
        note = (
            Chart(auctions.nsmallest(1, "value"))
            .mark_text(align="left", baseline="top", dx=2, dy=10, color=layout.second, fontSize=11)
            .encode(x="date:T", y="value:Q", text=alt.value("auctions"))
        )
        return fit(
            layered(
                stated_rule(layout, SAID_LOW, f"said: {number(SAID_LOW, 0)} % or more"),
                curve,
                dots.encode(x="date:T", y="value:Q"),
                note,
                video_rule(layout, video_day, label=not layout.narrow),
                end_labels(ends, layout, layout.accent),
            ),
            layout,
        )

    if after.empty:
        title = f"Around the video the 30-year bond yielded {number(at_video, 2)} %; what came after was not yet known"
    elif after.max() >= SAID_LOW:
        title = f"{number(SAID_LOW, 0)} % was reached on {long_date(after[after >= SAID_LOW].index[0])}"
    else:
        title = (
            f"Since the video the 30-year bond has closed between {number(after.min(), 2)} and "
            f"{number(after.max(), 2)} %; "
            f"{number(SAID_LOW, 0)} % was not reached"
        )
    return Picture(
        name="yields-since-video",
        title=title,
        subtitle=(
            "Market yield of 30-year Treasuries at the close and at auctions, percent, from a year before the video"
        ),
        description=(
            f"Line from {long_date(values.index[0])} to {long_date(values.index[-1])}: "
            f"{number(at_video, 2)} at the video, newest "
            f"{number(values.iloc[-1], 2)}, highest {number(values.max(), 2)} on {long_date(values.idxmax())}. "
            f"{len(auctions)} auctions between {number(sold.min(), 3)} and {number(sold.max(), 3)}."
        ),
        source=source_line(view, "DGS30", "treasury.auction.30y.high_yield"),
        data=pd.concat([line.assign(kind="close"), auctions.assign(kind="auction")]),
        draw=draw,
    )
