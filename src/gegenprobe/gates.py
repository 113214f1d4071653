"""What a source may not say: the gates every answer passes before anything of it is taken."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gegenprobe.calendars import period_end, period_start
from gegenprobe.catalogue import Entry

KEY = ["area", "date"]
SAME = 1e-9
"""Relative difference below which two numbers are one: the rounding of binary fractions."""
UNIT_FACTOR = 5.0
"""A source whose values are, in the middle, this many times those held speaks in another unit, or of something else."""
STEP_FACTOR = 10.0
"""A new value this many times the middle of the last ones held is taken for a slip of unit."""
RECENT = 24
MOST_CORRECTED = 0.2
"""Share of values of a never-revised series that may differ before it must be another series."""
MOST_UNLISTED = 0.5
"""Share of a panel's areas that a table may leave out before it must be a broken one."""

MOST_TIMES = 3
FREE_ROWS = 1000
"""An answer may have this many times the rows held, and so many more: four years of days."""
MOST_MOVED = 0.1
"""Share of the series' whole span by which a revision of almost all values at once may move them, in the middle."""
ALMOST_ALL = 0.9
FEW = 12


class Refused(Exception):
    """What the source says cannot be right; nothing of it is taken. One line."""


def in_order(offered: pd.DataFrame, entry: Entry) -> pd.DataFrame:
    """Return the rows sorted, periods written as the store writes them; refuse holes, duplicates, half-dated rows."""
    offered = offered.assign(date=offered["date"].map(lambda day: period_start(day, entry)))
    if not np.isfinite(offered["value"]).all():
        raise Refused("a value is missing")
    twice = offered.duplicated([*KEY, "known_since"])
    if twice.any():
        raise Refused(f"{_name(offered[twice].iloc[0])} stands twice ({int(twice.sum())} duplicates)")
    if offered["known_since"].isna().any() and offered["known_since"].notna().any():
        raise Refused("some rows have a vintage and some have none")
    return offered.sort_values([*KEY, "known_since"], ignore_index=True)


def refuse_flood(held: pd.DataFrame, offered: pd.DataFrame) -> None:
    """Refuse many times the rows that such a series has: comparing them would take minutes."""
    if len(offered) > MOST_TIMES * (len(held) + FREE_ROWS):
        raise Refused(f"{len(offered)} rows are offered, the store has {len(held)}")


def refuse_impossible(held: pd.DataFrame, offered: pd.DataFrame, entry: Entry, today: pd.Timestamp) -> None:
    """Refuse what lies in the future or outside the plausible range."""
    if (offered["known_since"] > today).any():
        raise Refused(f"a vintage of {offered['known_since'].max():%Y-%m-%d} lies in the future")
    # Baselines and outlooks speak of years to come; nothing else may.
    if not (held["date"] > held["known_since"]).any():
        ends = offered["date"].map(lambda day: period_end(day, entry))
        if (ends > today).any():
            raise Refused(f"{_name(offered[ends > today].iloc[0])} lies in the future, or its period is not over")
    low, high = entry.plausible
    outside = ~offered["value"].between(low, high)
    if outside.any():
        row = offered[outside].iloc[0]
        raise Refused(f"{_name(row)} = {row['value']:.10g} lies outside {low:.10g} to {high:.10g} ({entry.units})")


def refuse_shortened(held: pd.DataFrame, offered: pd.DataFrame, entry: Entry, since: pd.Timestamp) -> list[str]:
    """Refuse a source that no longer has what it had; return a note on areas it leaves out."""
    notes = []
    asked = str(entry.request.get("areas", "")).split() or list(held["area"].unique())
    due = held[(held["date"] >= since) & held["area"].isin(asked)][KEY].drop_duplicates()
    unlisted = sorted(set(due["area"]) - set(offered["area"]))
    if unlisted:
        if len(unlisted) > MOST_UNLISTED * due["area"].nunique():
            raise Refused(f"{len(unlisted)} of {due['area'].nunique()} areas are gone, first {unlisted[0]}")
        notes.append(f"no longer listed: {', '.join(unlisted)}")
        due = due[~due["area"].isin(unlisted)]
    there = pd.MultiIndex.from_frame(offered[KEY])
    lost = due[~pd.MultiIndex.from_frame(due).isin(there)]
    if lost.empty:
        return notes
    ends = offered.groupby("area")["date"].max()
    tail = lost[lost["date"] > lost["area"].map(ends)]
    cut = sorted(set(tail["area"]))
    goes_on = offered["date"].max() >= due["date"].max() and len(cut) <= MOST_UNLISTED * due["area"].nunique()
    if cut and entry.panel and goes_on:
        # One country's projections are dropped, or it falls out of a table: the others need not wait for it.
        notes.append(f"listed for fewer periods than before: {', '.join(cut)}")
        lost = lost.drop(tail.index)
        if lost.empty:
            return notes
    elif cut:
        row = tail.iloc[-1]
        raise Refused(f"shortened: ends with {ends[row['area']]:%Y-%m-%d}, the store has {_name(row)}")
    raise Refused(f"{len(lost)} of {len(due)} dates held are gone, first {_name(lost.iloc[0])}")


def refuse_other_unit(held: pd.DataFrame, offered: pd.DataFrame, entry: Entry) -> None:
    """Refuse values that, on the dates both know, are those of another unit or of another series."""
    if entry.combine == "sum":
        return
    now = newest(held)
    if offered["known_since"].isna().all():
        both = offered.merge(now, on=KEY, suffixes=("", "_held"))
    else:
        both = pd.merge_asof(
            offered.sort_values("known_since"),
            held.rename(columns={"value": "value_held"}).sort_values("known_since"),
            on="known_since",
            by=KEY,
        )
    both = both[both["value_held"].notna() & (both["value_held"] != 0)]
    if len(both) >= 3:
        ratio = float((both["value"] / both["value_held"]).median())
        if not 1 / UNIT_FACTOR <= ratio <= UNIT_FACTOR:
            raise Refused(f"unit jump: its values are {ratio:.4g} times those held, on {len(both)} shared dates")
    if entry.vintage_basis == "never-revised" and len(both) >= 5:
        wrong = ~same(both["value"], both["value_held"])
        if wrong.mean() > MOST_CORRECTED:
            raise Refused(
                f"{int(wrong.sum())} of {len(both)} shared values differ from those held, in a series never revised"
            )


def refuse_wholesale(held: pd.DataFrame, offered: pd.DataFrame, revised: pd.DataFrame, entry: Entry) -> None:
    """Refuse that almost every value moves far at once: a new base year, another definition, another series.

    A yearly revision touches every value too, but moves each a little.
    """
    shared = offered[KEY].drop_duplicates().merge(held[KEY].drop_duplicates(), on=KEY)
    moved = revised.drop_duplicates(KEY, keep="last")
    if entry.combine == "sum" or len(moved) < FEW or len(moved) < ALMOST_ALL * len(shared):
        return
    groups = held.groupby("area")["value"]
    span = moved["area"].map(groups.max() - groups.min())
    step = float(((moved["value"] - moved["before"]).abs() / span.where(span > 0)).median())
    if step > MOST_MOVED:
        raise Refused(
            f"{len(moved)} of {len(shared)} shared values would be revised at once, in the middle by {step:.0%} of all "
            "that the series ever spanned: a new base or another series is for a person to take"
        )


def refuse_leaps(held: pd.DataFrame, added: pd.DataFrame, revised: pd.DataFrame, entry: Entry) -> None:
    """Refuse a revision further than the series ever spanned, and a new value of another order of magnitude."""
    groups = held.groupby("area")["value"]
    if len(revised):
        span = revised["area"].map(groups.max() - groups.min())
        limit = span.where(span > 0, revised["before"].abs())
        too_far = (revised["value"] - revised["before"]).abs() > limit
        if too_far.any():
            row = revised[too_far].iloc[0]
            raise Refused(
                f"{_name(row)} would be revised from {row['before']:.10g} to {row['value']:.10g}, "
                "further than the series ever spanned"
            )
    # Rates may well rise tenfold from near nothing; quantities do not from one period to the next. Nor do they
    # fall to a tenth, unless they may turn negative and so pass through nothing on their way.
    if entry.units.startswith(("percent", "ratio", "0 or 1", "basis")) or entry.combine == "sum":
        return
    recent = newest(held).sort_values([*KEY]).groupby("area")["value_held"].apply(lambda column: column.tail(RECENT))
    for area, rows in added.groupby("area"):
        last = recent[area]
        if (last <= 0).any():
            continue
        middle = float(last.median())
        least = middle / STEP_FACTOR if entry.plausible[0] >= 0 else entry.plausible[0]
        for row in rows[~rows["value"].between(least, middle * STEP_FACTOR)].itertuples():
            raise Refused(
                f"unit jump: {f'{area} ' if area else ''}{row.date:%Y-%m-%d} = {row.value:.10g}, "
                f"the last values held lie about {middle:.10g}"
            )


def newest(held: pd.DataFrame) -> pd.DataFrame:
    """Return the value held last of each area and date."""
    last = held.drop_duplicates(KEY, keep="last")
    return last.rename(columns={"value": "value_held", "known_since": "known_since_held"})


def same(one, other):
    """Tell, value by value, which are the same number."""
    return (one - other).abs() <= SAME * np.maximum(one.abs(), other.abs())


def close(one: float, other: float) -> bool:
    """Tell whether two values are the same number."""
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _name(row) -> str:
    return f"{row['area']} {row['date']:%Y-%m-%d}" if row["area"] else f"{row['date']:%Y-%m-%d}"
