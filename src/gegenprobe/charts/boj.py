"""Pictures of the Bank of Japan's rate and of Japan's bond yields."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.spans import as_frame, fit_width, last_known, roomy, spread, year_span
from gegenprobe.charts.theme import end_labels, source_line, thin, value_axis, video_rule
from gegenprobe.observations import View
from gegenprobe.words import long_date, number

BONDS = {"10 years": "mof.jgb.10y", "30 years": "mof.jgb.30y", "40 years": "mof.jgb.40y"}
APART = 0.28
"""Distance in percentage points that keeps two labels at the line's ends from touching."""


def _changes(view: View) -> pd.Series:
    """Return the decisions at which the Bank of Japan's rate changed, by day; the first of the record counts as one."""
    rate = view.series("boj.policy_rate")
    return rate[rate.diff().fillna(1) != 0]


@drawn
def policy_rate(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the Bank of Japan's policy rate as a step line, each change labelled.

    Parameters
    ----------
    view : View
        Series ``boj.policy_rate`` (percent, dated by the decision).
    """
    rate, moves = view.series("boj.policy_rate"), _changes(view)
    later = moves[moves.index > video_day]
    held = last_known(rate, video_day)
    if later.empty:
        since = moves.index[moves.index <= video_day][-1]
        title = f"The Bank of Japan has held its rate at {number(held, 2)} % since {long_date(since)}"
    else:
        months = (later.index[0] - video_day).days / 30.44
        title = (
            f"The Bank of Japan first held at {number(held, 2)} % and {'raised' if later.iloc[0] > held else 'cut'} to "
            f"{number(later.iloc[0], 2)} % on {long_date(later.index[0])}, {number(months, 0)} months after the video"
        )
    line = as_frame(pd.concat([rate, pd.Series([rate.iloc[-1]], index=[max(view.day, rate.index[-1])])]))
    named = as_frame(moves)
    named["label"] = [f"{number(value, 2)} %" for value in named["value"]]

    def draw(layout: Layout) -> alt.LayerChart:
        x = year_span(layout, line["date"].iloc[0], line["date"].iloc[-1], 0.09)
        y = value_axis(layout, "value").scale(roomy(line["value"]))
        curve = Chart(line).mark_line(interpolate="step-after", color=layout.accent, strokeWidth=2)
        look = {"color": layout.accent, "fontSize": 11}
        first, early, late = named.head(1), named.iloc[1:], named[named["date"] > video_day]
        early = early[early["date"] <= video_day]
        texts = [
            Chart(first).mark_text(align="left", dx=2, dy=-8, **look),
            Chart(early).mark_text(align="right", dx=-5, dy=-7, **look),
            Chart(late).mark_text(align="left", baseline="top", dx=6, dy=5, **look),
        ]
        texts = [each.encode(x="date:T", y="value:Q", text="label:N") for each in texts]
        zero = Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=layout.context).encode(y="value:Q")
        return fit_width(layered(zero, curve.encode(x=x, y=y), *texts, video_rule(layout, video_day)), layout)

    steps = "; ".join(f"{long_date(day)}: {number(value, 2)} %" for day, value in moves.items())
    return Picture(
        name="boj-policy-rate",
        title=title,
        subtitle="Policy rate of the Bank of Japan, percent, by day of decision",
        description=f"Step line. {steps}.",
        source=source_line(view, "boj.policy_rate"),
        data=line.rename(columns={"value": "percent"}),
        draw=draw,
    )


@drawn
def jgb_yields(view: View, video_day: pd.Timestamp, start: str = "2016") -> Picture:
    """Show the yields of Japan's ten-, thirty- and forty-year bonds, with the rate changes as thin lines.

    Parameters
    ----------
    view : View
        Series ``mof.jgb.*`` (percent, daily, constant maturity) and ``boj.policy_rate``.
    start : str
        First year drawn.
    """
    yields = {label: view.series(series)[start:] for label, series in BONDS.items()}
    ten, forty = yields["10 years"], yields["40 years"]
    at_video, newest = last_known(ten, video_day), float(ten.iloc[-1])
    if view.day - video_day < pd.Timedelta(days=30):
        title = (
            f"Around the day of the video Japan's ten-year yield stood at {number(at_video, 2)} %; the forty-year one "
            f"had been highest on {long_date(forty.idxmax())}, at {number(forty.max(), 2)} %"
        )
    else:
        title = (
            f"Japan's ten-year yield stands at {number(newest, 2)} %, {number(abs(newest - at_video), 2)} points "
            f"{'above' if newest > at_video else 'below'} the day of the video; the forty-year one at "
            f"{number(forty.iloc[-1], 2)} %"
        )
    tidy = pd.concat([as_frame(each, bond=label) for label, each in yields.items()])
    drawn = pd.concat([as_frame(thin(each, 480), bond=label) for label, each in yields.items()])
    ends = tidy.groupby("bond").tail(1).sort_values("value").assign(label=lambda frame: frame["bond"])
    ends = ends.assign(value=spread(ends["value"].to_list(), APART))  # the two longest bonds end close together
    moves = pd.DataFrame({"date": _changes(view).index})
    moves = moves[moves["date"] >= pd.Timestamp(start)]

    def draw(layout: Layout) -> alt.LayerChart:
        scale = alt.Scale(domain=list(BONDS), range=[layout.accent, layout.second, layout.third])
        colour = alt.Color("bond:N", scale=scale, legend=None)
        x = year_span(layout, drawn["date"].min(), drawn["date"].max(), 0.10)
        y = value_axis(layout, "value", zero=True)
        rules = Chart(moves).mark_rule(color=layout.grid, strokeWidth=1.5).encode(x="date:T")
        curves = Chart(drawn).mark_line(strokeWidth=1.5).encode(x=x, y=y, color=colour)
        return fit_width(
            layered(rules, curves, video_rule(layout, video_day), end_labels(ends, layout, colour)), layout
        )

    listed = [
        f"{label}: {number(last_known(each, video_day), 2)} % around the video, newest {number(each.iloc[-1], 2)} %, "
        f"highest {number(each.max(), 2)} % on {long_date(each.idxmax())}"
        for label, each in yields.items()
    ]
    return Picture(
        name="jgb-yields",
        title=title,
        subtitle="Yields of Japanese government bonds, percent, daily; thin lines: rate changes of the Bank of Japan",
        description="Three lines. " + "; ".join(listed) + ".",
        source=source_line(view, *BONDS.values()),
        data=tidy.rename(columns={"value": "percent"}),
        draw=draw,
    )
