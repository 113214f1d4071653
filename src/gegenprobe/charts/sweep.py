"""Pictures of how sturdy verdicts are: the specification curve of a claim, and all verdicts month by month."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from gegenprobe.charts.choices import choices_made
from gegenprobe.charts.marks import Chart, layered
from gegenprobe.charts.picture import Layout, Picture
from gegenprobe.charts.verdict_marks import colour, legend, shape
from gegenprobe.findings import Finding
from gegenprobe.observations import View
from gegenprobe.words import amount, long_date

FEWEST = 3  # definitions below which a curve shows nothing that the card does not


def comparable(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with a number in the unit of the stated value, smallest number first."""
    unit = findings[0].claim.stated.unit
    held = [each for each in findings if each.definition and each.measurement and each.unit == unit]
    held = [each for each in held if unit != "documents"]
    return sorted(held, key=lambda each: (each.measurement.value, each.definition.id))


def specification_curve(findings: Sequence[Finding], view: View) -> Picture | None:
    """Return what each definition of one claim gives, in order of size, above the choices each of them makes.

    Parameters
    ----------
    findings : sequence of Finding
        One a definition, as `gegenprobe.findings.judge_claim` gives them on one day.
    view : View
        For the titles of series.

    Returns
    -------
    Picture or None
        None where fewer than three definitions have a number in the unit of the stated value.
    """
    held = comparable(findings)
    if len(held) < FEWEST:
        return None
    claim, unit = held[0].claim, held[0].unit
    curve = pd.DataFrame(
        {
            "place": place,
            "definition": each.definition.id,
            "title": each.definition.title,
            "primary": each.definition.primary,
            "value": each.measurement.value,
            "verdict": str(each.verdict),
        }
        for place, each in enumerate(held, 1)
    )
    choices = choices_made(held, view)
    stated = _stated(held)
    holding = int(curve["verdict"].isin(["supported", "roughly-supported"]).sum())
    digits = max(each.definition.digits for each in held)
    low, high = (amount(value, unit, digits) for value in (curve["value"].min(), curve["value"].max()))
    primary = curve[curve["primary"]]

    def draw(layout: Layout) -> alt.VConcatChart:
        label, width = (112, layout.width - 150) if layout.narrow else (230, layout.width - 270)
        x = alt.X("place:O", axis=None, scale=alt.Scale(domain=list(curve["place"]), paddingOuter=0.4))
        y = alt.Y(
            "value:Q", scale=alt.Scale(zero=False, nice=True, padding=8),
            axis=alt.Axis(title=None, tickCount=5, minExtent=label, maxExtent=label),
        )  # fmt: skip
        size = 90 if len(curve) <= 12 else 55
        points = Chart(curve).mark_point(filled=True, opacity=1, size=size, strokeWidth=0)
        parts = [points.encode(x=x, y=y, color=colour(layout), shape=shape())]
        ring = Chart(primary).mark_point(filled=False, size=size * 4, color=layout.ink, strokeWidth=1.2, opacity=1)
        parts.append(ring.encode(x=x, y=y))
        if len(primary):  # the curve rises: there is room below to the right, at its end above to the left
            late = primary["place"].iloc[0] > 0.7 * len(curve)
            side = {"align": "right", "dx": -9, "dy": -13} if late else {"align": "left", "dx": 9, "dy": 13}
            text = Chart(primary.assign(label="primary")).mark_text(color=layout.ink, baseline="middle", **side)
            parts.append(text.encode(x=x, y=y, text="label:N"))
        for value, name in stated:
            line = pd.DataFrame([{"value": value, "label": name}])
            rule = Chart(line).mark_rule(color=layout.stated, strokeWidth=1.2, strokeDash=[6, 3]).encode(y=y)
            said = Chart(line).mark_text(color=layout.stated, align="left", baseline="bottom", dy=-3)
            parts += [rule, said.encode(x=alt.value(2), y=y, text="label:N")]
        above = layered(*parts).properties(width=width, height=170 if layout.narrow else 190)
        rows = list(dict.fromkeys(choices["choice"]))
        row = alt.Y(
            "choice:N", sort=rows,
            axis=alt.Axis(
                title=None, labelLimit=label, minExtent=label, maxExtent=label, labelColor=layout.ink, grid=True
            ),
        )  # fmt: skip
        dots = Chart(choices).mark_point(filled=True, shape="square", size=28, opacity=1)
        own = alt.condition("datum.primary", alt.value(layout.ink), alt.value(layout.context))
        below = dots.encode(x=x, y=row, color=own).properties(width=width, height=15 * len(rows))
        return alt.vconcat(above, below, spacing=8) if rows else above

    listed = "; ".join(
        f"{each.definition.title}: {amount(each.measurement.value, unit, each.definition.digits)}" for each in held
    )
    if holding:
        verb = "bear" if holding > 1 else "bears"
        title = f"{holding} of {len(held)} ways to measure it {verb} the claim out, at least roughly"
    else:
        title = f"None of {len(held)} ways to measure it bears the claim out"
    what = f"From {low} to {high}; said: {claim.stated.text}"
    return Picture(
        name=f"readings-{claim.id}",
        title=title,
        subtitle=f"{what}; squares: what each reading chooses; {legend(curve['verdict'])}",
        description=f"Readings from the smallest to the largest number. {listed}. Said: {claim.stated.text}.",
        source=f"As known on {long_date(held[0].as_of)}; the sources of each reading are those of the card.",
        data=curve.merge(_wide(choices), on="place", how="left"),
        draw=draw,
    )


def _stated(held: Sequence[Finding]) -> list[tuple[float, str]]:
    """Return the lines of the stated value: one, or two for a span."""
    claim = held[0].claim
    test = claim.test or held[0].claim.test_of(held[0].definition)
    if test.sense == "documented" or test.value is None:
        return []
    lines = [(test.value, "said" if test.sense in ("equals", "exactly", "between") else "the bar")]
    if test.high is not None:
        lines.append((test.high, ""))
    return lines


def _wide(choices: pd.DataFrame) -> pd.DataFrame:
    together = choices.groupby("place")["choice"].agg("; ".join) if len(choices) else pd.Series(dtype=str)
    return together.rename("choices").rename_axis("place").reset_index().astype({"place": int})


def verdict_strip(verdicts: pd.DataFrame, title: str = "") -> Picture:
    """Return the verdict of every claim on every day of a grid, one row a claim.

    Parameters
    ----------
    verdicts : DataFrame
        What `gegenprobe.sweep.verdicts_table` gives, of all claims or of some: ``chapter``, ``claim``, ``position``,
        ``day``, ``verdict``.
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

    def draw(layout: Layout) -> alt.LayerChart:
        room, width = (128, layout.width - 140) if layout.narrow else (250, layout.width - 265)
        # Cut here: Vega finds where to cut by measuring each name many times over.
        most = 22 if layout.narrow else 40
        words = {each: each.replace("-", " ") for each in order}
        short = {each: name if len(name) <= most else name[: most - 1] + "…" for each, name in words.items()}
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
                labelFontSize=10 if layout.narrow else 12, labelExpr=f"({short})[datum.value]",
            ),
        )  # fmt: skip
        base = Chart(shown)
        ground = base.mark_rect(opacity=0.16).encode(x=x, y=y, color=colour(layout))
        size = 26 if layout.narrow else 50
        marks = base.mark_point(filled=True, opacity=1, size=size, strokeWidth=0)
        marks = marks.encode(x=x, y=y, color=colour(layout), shape=shape())
        return layered(ground, marks).properties(width=width, height=alt.Step(20))

    span = f"between {long_date(first)} and {long_date(last)}"
    return Picture(
        name="verdicts-through-time",
        title=title or f"{flipped or 'None'} of {total} verdicts changed {span}",
        subtitle="Verdict under the primary reading, as known on each day; "
        + (f"{left} claims with one verdict on all these days are left out; " if left else "")
        + legend(shown["verdict"]),
        description=f"{flipped} of {total} claims did not keep one verdict: {', '.join(names) or 'none'}.",
        source=f"As known on {len(days)} days {span}.",
        data=frame[["chapter", "claim", "day", "verdict"]].reset_index(drop=True),
        draw=draw,
    )
