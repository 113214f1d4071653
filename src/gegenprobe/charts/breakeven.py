"""The picture of the inflation that markets expect."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import end_labels, source_line, stated_rule, thin, video_rule
from gegenprobe.charts.treasury import fit, span, tidy, value_scale
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

SAID_BREAKEVEN = 3.1
"""What the video says."""
GOAL = "inflation-expectations-008"


@drawn
def breakeven(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the inflation that 10-year bonds imply since 2003, against the stated rate and the Fed's goal."""
    ten, forward = view.series("T10YIE"), view.series("T5YIFR")
    own_day = ten.loc[:video_day].index[-1]
    goal = view.fact(GOAL).value
    reached = ten[ten >= SAID_BREAKEVEN - 0.05]
    line, other = tidy(thin(ten, 700)), tidy(thin(forward, 500))
    ends = pd.DataFrame({"date": [ten.index[-1]], "value": [ten.iloc[-1]], "label": [f"{number(ten.iloc[-1], 2)}"]})
    peak = pd.DataFrame({"date": [ten.idxmax()], "value": [ten.max()], "label": [number(ten.max(), 2)]})

    def draw(layout: Layout) -> alt.LayerChart:
        x = span(layout, ten.index[0], ten.index[-1], 0.05)
        y = value_scale(layout, 0, 3.4, 1)
        aim = pd.DataFrame({"value": [goal], "label": ["Fed's goal"]})
        aim_rule = Chart(aim).mark_rule(color=layout.muted, strokeWidth=1).encode(y="value:Q")
        aim_text = (
            Chart(aim)
            .mark_text(x=alt.expr("width"), align="right", baseline="top", dy=4, color=layout.muted, fontSize=11)
            .encode(y="value:Q", text="label:N")
        )
        grey = Chart(other).mark_line(color=layout.context, strokeWidth=1, opacity=0.8).encode(x=x, y=y)
        curve = Chart(line).mark_line(color=layout.accent, strokeWidth=1.5).encode(x=x, y=y)
        top = Chart(peak).mark_circle(size=60, color=layout.accent, opacity=1).encode(x="date:T", y="value:Q")
        top_text = (
            Chart(peak)
            .mark_text(align="right", dx=-8, color=layout.accent, fontWeight="bold")
            .encode(x="date:T", y="value:Q", text="label:N")
        )
        return fit(
            layered(
                stated_rule(layout, SAID_BREAKEVEN, f"said: {number(SAID_BREAKEVEN, 1)} %"),
                aim_rule,
                aim_text,
                grey,
                curve,
                top,
                top_text,
                video_rule(layout, video_day, label=not layout.narrow),
                end_labels(ends, layout, layout.accent),
            ),
            layout,
        )

    never = f"it never reached {number(SAID_BREAKEVEN, 1)} % in the record since {ten.index[0].year}"
    once = f"it last stood at {number(SAID_BREAKEVEN, 1)} % in {reached.index[-1]:%B %Y}" if len(reached) else never
    return Picture(
        name="breakeven",
        title=(
            f"On {long_date(own_day)} markets expected {number(ten[own_day], 2)} % inflation a year for "
            f"ten years; {once}"
        ),
        subtitle=(
            "10-year breakeven inflation (blue) and the 5-year forward rate that begins in five years (grey), percent"
        ),
        description=(
            f"10-year breakeven from {ten.index[0]:%B %Y} to {ten.index[-1]:%B %Y}: highest {number(ten.max(), 2)} on "
            f"{long_date(ten.idxmax())}, {number(ten[own_day], 2)} on {long_date(own_day)}, newest "
            f"{number(ten.iloc[-1], 2)}. "
            f"5-year forward: newest {number(forward.iloc[-1], 2)}. The Fed's goal is {number(goal, 0)}."
        ),
        source=source_line(view, "T10YIE", "T5YIFR"),
        data=pd.concat({"breakeven_10y": ten, "forward_5y5y": forward}, axis=1).rename_axis("date").reset_index(),
        draw=draw,
    )
