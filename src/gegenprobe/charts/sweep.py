"""How verdicts held through time: all of them, month by month."""

from __future__ import annotations

from textwrap import wrap

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture
from gegenprobe.charts.verdict_marks import colour, legend, shape
from gegenprobe.words import long_date

LINES = 2
"""Lines in which a claim is named."""


def verdict_strip(verdicts: pd.DataFrame, title: str = "") -> Picture:
    """Return the verdict of every claim on every day of a grid, one row a claim.

    Parameters
    ----------
    verdicts : DataFrame
        What `gegenprobe.sweep.verdicts_table` gives, of all claims or of some: ``chapter``, ``claim``, ``position``,
        ``gist``, ``day``, ``verdict``.
    title : str
        In place of the finding made from the data.
    """
    frame = verdicts.assign(month=verdicts["day"].dt.strftime("%Y-%m-%d"))
    turned = frame.groupby("claim")["verdict"].nunique()
    flipped = int((turned > 1).sum())
    order = frame.drop_duplicates("claim").sort_values(["chapter", "position", "claim"])["claim"].tolist()
    days = sorted(frame["day"].unique())
    labels = {f"{day:%Y-%m-%d}": f"{day:%b %Y}" for day in days}
    first, last = days[0], days[-1]
    names = turned[turned > 1].index.tolist()
    # A row that never turns says nothing here; a hundred of them hide the few that do.
    shown = frame[frame["claim"].isin(names)] if names else frame
    total, order = len(order), [claim for claim in order if claim in names or not names]
    left = total - len(order)
    gists = dict(zip(frame["claim"], frame["gist"], strict=True))

    def draw(layout: Layout) -> alt.LayerChart:
        room, width = (128, layout.width - 140) if layout.narrow else (250, layout.width - 265)
        # Cut here: Vega finds where to cut by measuring each name many times over.
        short = {each: _lines(gists[each], 24 if layout.narrow else 42) for each in order}
        size = 10 if layout.narrow else 12
        ticks = list(labels)[:: 6 if layout.narrow else 3]
        x = alt.X(
            "month:O",
            axis=alt.Axis(
                title=None, orient="top", values=ticks, labelAngle=0, domain=False, ticks=False, labelAlign="left",
                labelExpr=f"({labels})[datum.value]",
            ),
        )  # fmt: skip
        y = alt.Y(
            "claim:N", sort=order,
            axis=alt.Axis(
                title=None, labelLimit=0, minExtent=room, maxExtent=room, labelColor=layout.ink,
                labelFontSize=size, labelLineHeight=size + 2, labelOffset=-(size + 2) / 2,
                labelExpr=f"({short})[datum.value]",
            ),
        )  # fmt: skip
        base = Chart(shown)
        ground = base.mark_rect(opacity=0.16).encode(x=x, y=y, color=colour(layout))
        marks = base.mark_point(filled=True, opacity=1, size=26 if layout.narrow else 50, strokeWidth=0)
        marks = marks.encode(x=x, y=y, color=colour(layout), shape=shape())
        return layered(ground, marks).properties(width=width, height=alt.Step(30))

    span = f"between {long_date(first)} and {long_date(last)}"
    return Picture(
        name="verdicts-through-time",
        title=title or f"{flipped or 'None'} of {total} verdicts changed {span}",
        subtitle="Verdict under the primary reading, as known on each day; "
        + (f"{left} claims with one verdict on all these days are left out; " if left else "")
        + legend(shown["verdict"]),
        description=(
            f"{flipped} of {total} claims did not keep one verdict: "
            f"{'; '.join(gists[each].rstrip('.') for each in names) or 'none'}."
        ),
        source=f"As known on {len(days)} days {span}.",
        data=frame[["chapter", "claim", "day", "verdict"]].reset_index(drop=True),
        draw=draw,
    )


def _lines(gist: str, most: int) -> list[str]:
    """Return the beginning of a claim in two lines, about as long as each other and so many characters at most."""
    text = gist.rstrip(".")
    return wrap(text, min(most, len(text) // LINES + 5), max_lines=LINES, placeholder=" …")
