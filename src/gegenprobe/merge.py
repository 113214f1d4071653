"""What a source says against what the store holds: new rows, revisions, or the reason to take nothing.

An observation once held is never changed or removed: everything here only ever adds rows, each with the first day on
which we know it to have been public. Where a source names no vintage that is the day it was first seen; of a series
that is never revised it is the day of the release rule, if that came earlier.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from gegenprobe.calendars import release_day
from gegenprobe.catalogue import Entry
from gegenprobe.gates import (
    KEY,
    Refused,
    close,
    in_order,
    newest,
    refuse_flood,
    refuse_impossible,
    refuse_leaps,
    refuse_other_unit,
    refuse_shortened,
    refuse_wholesale,
    same,
)


@dataclass(frozen=True)
class Difference:
    """Rows to add, split into new dates and revisions; ``before`` is the value a revision replaces."""

    added: pd.DataFrame
    revised: pd.DataFrame
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> pd.DataFrame:
        """All rows to add, in the order of the store."""
        both = pd.concat([self.added, self.revised.drop(columns="before")], ignore_index=True)
        return both.sort_values([*KEY, "known_since"], ignore_index=True)


def compare(
    held: pd.DataFrame,
    offered: pd.DataFrame,
    entry: Entry,
    *,
    since: pd.Timestamp,
    today: pd.Timestamp,
    checked: pd.Timestamp | None = None,
) -> Difference:
    """Work out what a source adds to a series.

    Parameters
    ----------
    held, offered : DataFrame
        Columns ``area``, ``date``, ``known_since``, ``value``; ``known_since`` of `offered` may be missing throughout.
    entry : Entry
        The series.
    since : Timestamp
        First date asked for: everything held from there on must still be offered.
    today : Timestamp
        Day of the run.
    checked : Timestamp, optional
        Last successful check: a vintage said to be older, and not seen then, is first seen today.

    Raises
    ------
    Refused
        One line.
    """
    if held["known_since"].max() > today:
        raise Refused(f"the store holds a row known on {held['known_since'].max():%Y-%m-%d}, after today")
    if offered.empty:
        return Difference(_none(held), _none(held).assign(before=[]), ["nothing newer at the source"])
    refuse_flood(held, offered)
    offered = in_order(offered, entry)
    refuse_impossible(held, offered, entry, today)
    notes = refuse_shortened(held, offered, entry, since)
    areas = set(held["area"])
    offered = offered[(offered["date"] >= held["date"].min()) & offered["area"].isin(areas)]
    refuse_other_unit(held, offered, entry)
    if entry.combine == "sum":
        found = _increments(held, offered, today)
    elif offered["known_since"].isna().all():
        found = _undated(held, offered, entry, today)
    else:
        found = _dated(held, offered, today, checked)
    types = held.dtypes.to_dict()
    added, revised, more = found[0].astype(types), found[1].astype({**types, "before": float}), found[2]
    refuse_leaps(held, added, revised, entry)
    refuse_wholesale(held, offered, revised, entry)
    return Difference(added, revised, notes + more)


def _undated(held: pd.DataFrame, offered: pd.DataFrame, entry: Entry, today: pd.Timestamp):
    both = offered.merge(newest(held), on=KEY, how="left", suffixes=("", "_held"))
    fresh = both[both["value_held"].isna()][[*KEY, "value"]]
    known = [today] * len(fresh)
    if entry.vintage_basis == "never-revised":
        known = [min(release_day(day, entry), today) for day in fresh["date"]]
    added = fresh.assign(known_since=known)[[*KEY, "known_since", "value"]]
    changed = both[both["value_held"].notna() & ~same(both["value"], both["value_held"])]
    taken, notes = _not_twice_a_day(changed, today)
    revised = taken.assign(known_since=today, before=taken["value_held"])
    return added, revised[[*KEY, "known_since", "value", "before"]], notes


def _dated(held: pd.DataFrame, offered: pd.DataFrame, today: pd.Timestamp, checked: pd.Timestamp | None):
    both = offered.merge(newest(held), on=KEY, how="left", suffixes=("", "_held"))
    if both["known_since"].max() < held["known_since"].max() and both["value_held"].notna().all():
        edition = both["known_since"].max()
        return _none(held), _none(held).assign(before=[]), [f"the source's newest vintage, {edition:%Y-%m-%d}, is held"]
    added, revised, notes = [], [], []
    later = both["value_held"].isna() | (both["known_since"] >= both["known_since_held"])
    differs = both["value_held"].isna() | ~same(both["value"], both["value_held"])
    # Only dates where anything differs are walked through, vintage by vintage.
    walk = both[later].merge(both.loc[later & differs, KEY].drop_duplicates(), on=KEY)
    for (area, date), vintages in walk.groupby(KEY, sort=True):
        first = vintages.iloc[0]
        value = None if pd.isna(first["value_held"]) else first["value_held"]
        last = first["known_since_held"]
        chain: dict[pd.Timestamp, tuple[float, float | None]] = {}
        for row in vintages.itertuples(index=False):
            if value is not None and close(row.value, value):
                continue
            known = row.known_since
            if (checked is not None and known < checked) or (pd.notna(last) and known <= last):
                known = today
            if pd.notna(last) and known <= last:
                notes.append(f"{date:%Y-%m-%d} changed twice on one day: taken on the next run")
                continue
            chain[known] = (row.value, chain[known][1] if known in chain else value)
            value = row.value
        for known, (new, before) in chain.items():
            if before is None:
                added.append((area, date, known, new))
            elif not close(new, before):
                revised.append((area, date, known, new, before))
    columns = [*KEY, "known_since", "value"]
    return (
        pd.DataFrame(added, columns=columns),
        pd.DataFrame(revised, columns=[*columns, "before"]),
        notes,
    )


def _increments(held: pd.DataFrame, offered: pd.DataFrame, today: pd.Timestamp):
    """Add increments of reports not held yet; correct the rest by one more increment, so that the sums agree.

    Reports are told apart by month, the only date the source gives.
    """
    month = {"held": held["known_since"].dt.to_period("M"), "offered": offered["known_since"].dt.to_period("M")}
    have = pd.MultiIndex.from_arrays([held["area"], held["date"], month["held"]])
    new = ~pd.MultiIndex.from_arrays([offered["area"], offered["date"], month["offered"]]).isin(have)
    reports = set(month["held"])
    is_report = month["offered"].isin(reports)
    added = offered[new & ~is_report]
    lacking = offered[~new | is_report].groupby(KEY)["value"].sum().sub(held.groupby(KEY)["value"].sum(), fill_value=0)
    dates = pd.MultiIndex.from_frame(offered[KEY].drop_duplicates())
    lacking = lacking[lacking.index.isin(dates) & (lacking.abs() > 1e-6)]
    corrections = lacking.round(6).rename("value").reset_index().assign(known_since=today)
    both = corrections.merge(newest(held), on=KEY, how="left", suffixes=("", "_held"))
    taken, notes = _not_twice_a_day(both, today)
    return (
        added[[*KEY, "known_since", "value"]],
        taken.assign(before=0.0)[[*KEY, "known_since", "value", "before"]],
        notes + ([f"{len(taken)} increments corrected"] if len(taken) else []),
    )


def _not_twice_a_day(changed: pd.DataFrame, today: pd.Timestamp) -> tuple[pd.DataFrame, list[str]]:
    again = changed["known_since_held"] == today
    return changed[~again], ([f"{int(again.sum())} values changed twice on one day: wait"] if again.any() else [])


def _none(held: pd.DataFrame) -> pd.DataFrame:
    return held.iloc[:0]
