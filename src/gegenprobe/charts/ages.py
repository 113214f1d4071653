"""How late each series is, as a picture: days since the next figure was due, by source."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture
from gegenprobe.words import long_date

NAMES = {
    "bis": "BIS", "boj": "Bank of Japan", "cbo": "CBO", "census": "US Census", "estat": "Japan, e-Stat",
    "fiscaldata": "US Fiscal Data", "fred": "FRED", "imf-weo": "IMF outlook", "mof-customs": "Japan, customs",
    "mof-jgb": "Japan, bonds", "tic": "US TIC", "world-bank": "World Bank",
}  # fmt: skip
"""How a source is called beside its marks."""
SHAPES = {"fresh": "circle", "warning": "triangle-up", "error": "diamond"}


def ages(frame: pd.DataFrame, today: pd.Timestamp) -> Picture:
    """Return one mark a series: left of the line its next figure is still to come, right of it it is late.

    Parameters
    ----------
    frame : DataFrame
        One row a series that may grow old: ``series``, ``source``, ``newest``, ``due``, ``days_late``, ``state``
        (``fresh``, ``warning`` or ``error``).
    today : Timestamp
        The day of the judgement.
    """
    counts = frame["state"].value_counts()
    oldest = frame.loc[frame["days_late"].idxmax()]
    late = int((frame["days_late"] > 0).sum())
    title = f"{late} of {len(frame)} series wait for a figure that was due"
    words = ", ".join(f"{counts[name]} {word}" for name, word in _WORDS.items() if name in counts)
    named = frame.assign(source=frame["source"].replace(NAMES))
    order = named.groupby("source")["days_late"].max().sort_values(ascending=False).index.tolist()

    def draw(layout: Layout) -> alt.LayerChart:
        colours = alt.Color(
            "state:N", scale=alt.Scale(domain=list(SHAPES), range=[layout.context, layout.second, layout.stated])
        )
        shapes = alt.Shape("state:N", scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())))
        marks = (
            Chart(named)
            .mark_point(filled=True, size=45 if layout.narrow else 60, opacity=0.75)
            .encode(
                x=alt.X("days_late:Q", title="days since the next figure was due", axis=alt.Axis(tickCount=5)),
                y=alt.Y("source:N", sort=order, title=None),
                color=colours,
                shape=shapes,
            )
        )
        line = Chart(pd.DataFrame({"x": [0]})).mark_rule(color=layout.muted).encode(x="x:Q")
        return layered(line, marks).properties(width=layout.width - (110 if layout.narrow else 130), height=300)

    return Picture(
        name="ages",
        title=title,
        subtitle=f"Days late on {long_date(today)}, a mark a series, by source; circle in time, triangle late, diamond "
        "far too late; when we last looked is not in it",
        description=f"{title} on {long_date(today)}: {words}. Latest of all: {oldest.series}, {oldest.days_late} days.",
        source="Source: the catalogue of this book and the release rules in it.",
        data=frame,
        draw=draw,
    )


_WORDS = {"fresh": "in time", "warning": "late", "error": "far too late"}
