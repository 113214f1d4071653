"""Each verdict through time, and what turned it: the releases that became known on that very day."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from gegenprobe.claims import Claim, Ledger
from gegenprobe.errors import NoData
from gegenprobe.findings import Finding, judge, require_known
from gegenprobe.observations import Store, View
from gegenprobe.rows import last_of_each
from gegenprobe.sweep.cases import Remembering
from gegenprobe.sweep.inputs import Figures, Inputs
from gegenprobe.values import Values
from gegenprobe.words import amount, long_date, plain_period

MOST_RELEASES = 8
"""Figures named for one flip; a yearly revision changes hundreds, `Flip.changed` counts them all."""


@dataclass(frozen=True)
class Release:
    """One figure that became known on the day of a flip: a first print (`old` is None), a revision, or a fact.

    ``series`` is empty for a fact, ``fact`` for a figure; ``unit`` is that of ``old`` and ``new``.
    """

    series: str
    area: str
    title: str
    date: pd.Timestamp | None
    known_since: pd.Timestamp
    old: float | None
    new: float | None
    fact: str = ""
    unit: str = ""

    def words(self, frequency: str) -> str:
        """Return the release in one line: title, period, old and new value."""
        if self.fact:
            return self.title
        period = plain_period(self.date, frequency)
        name = f"{self.title}{f' ({self.area})' if self.area else ''}, {period}"
        new, old = self.numbers
        return f"{name}: {new}, {f'before {old}' if old else 'new'}"

    @property
    def numbers(self) -> tuple[str, str]:
        """New and old value in words; empty where there is none."""
        new, old = ("" if each is None else amount(each, self.unit, _digits(each)) for each in (self.new, self.old))
        return new, old


@dataclass(frozen=True)
class Flip:
    """One change of a claim's verdict.

    Attributes
    ----------
    day : Timestamp
        The first day of knowledge with the new verdict: the day of the release where one turned it.
    before, after : Finding
        The last finding with the old verdict, and the first with the new one.
    releases : tuple of Release
        The figures and facts this reading rests on that became known on that day, at most `MOST_RELEASES`; empty where
        time alone turned it.
    changed : int
        How many figures and facts these were in all.
    reason : str
        One sentence for readers; days for machines stand in ``day`` and in the releases.
    """

    claim: Claim
    chapter: str
    day: pd.Timestamp
    before: Finding
    after: Finding
    releases: tuple[Release, ...]
    changed: int
    reason: str


@dataclass(frozen=True)
class Course:
    """One claim under its primary reading through time: its finding on each day of the grid, and its flips."""

    claim: Claim
    chapter: str
    findings: dict[pd.Timestamp, Finding]
    flips: tuple[Flip, ...]


def through_time(
    store: Store, ledger: Ledger, days: list[pd.Timestamp], video_day: pd.Timestamp, names: Iterable[str] = ()
) -> list[Course]:
    """Return each claim's course over the days of a grid.

    Between the days of the grid every day is looked at on which something the reading names became known, so a flip has
    its exact day even where the grid is coarse.

    Parameters
    ----------
    days : list of Timestamp
        The grid, in order; `gegenprobe.sweep.read_grid` makes one.
    names : iterable of str
        Ids of claims; all, where empty.
    """
    figures = Figures(store)
    wanted = list(names) or list(ledger.by_id)
    for name in wanted:
        require_known(ledger.claim(name), store)
    return [_course(*ledger.by_id[name], figures, days, video_day) for name in wanted]


def _course(chapter: str, claim: Claim, figures: Figures, days: list[pd.Timestamp], video_day: pd.Timestamp) -> Course:
    definition = claim.primary
    inputs = Inputs(claim, definition, figures, video_day)
    readings = Remembering(inputs)
    grid = set(days)
    found: dict[pd.Timestamp, Finding] = {}
    flips: list[Flip] = []
    last: Finding | None = None
    for day in _looked_at(claim, inputs, days):
        finding = judge(claim, chapter, definition, figures.view(day), video_day, readings=readings)
        if last is not None and finding.verdict is not last.verdict:
            flips.append(_flip(last, finding, inputs))
        if day in grid:
            found[day] = finding
        last = finding
    return Course(claim, chapter, found, tuple(flips))


def _looked_at(claim: Claim, inputs: Inputs, days: list[pd.Timestamp]) -> list[pd.Timestamp]:
    """Return the grid's days, and between them all on which the verdict could turn."""
    first, last = days[0], days[-1]
    looked = {*days, *inputs.release_days(first, last)}
    if claim.forecast is not None:
        looked.add(pd.Timestamp(claim.forecast.due))
    if inputs.by_year:
        looked.update(pd.Timestamp(year, 1, 1) for year in range(first.year + 1, last.year + 1))
    return sorted(day for day in looked if first <= day <= last)


def _flip(before: Finding, after: Finding, inputs: Inputs) -> Flip:
    releases = _releases(before, after, inputs)
    reason = _reason(before, after, releases, inputs)
    shown = tuple(releases[:MOST_RELEASES])
    return Flip(after.claim, after.chapter, after.as_of, before, after, shown, len(releases), reason)


def _releases(before: Finding, after: Finding, inputs: Inputs) -> list[Release]:
    """Return what became known between two findings of what they rest on: facts, then figures, newest period first."""
    store = inputs.figures.store
    found: list[Release] = []
    for name in inputs.facts:
        fact = store.facts[name]
        if before.as_of < fact.known_since <= after.as_of:
            found.append(
                Release("", "", fact.statement, fact.event_date, fact.known_since, None, fact.value, fact=name)
            )
    windows: dict[tuple[str, str], list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
    for finding in (before, after):
        for rest in finding.measurement.rests if finding.measurement else ():
            windows.setdefault((rest.series, rest.area), []).append((rest.first, rest.last))
    figures: list[Release] = []
    for (series, area), spans in windows.items():
        figures += _news(store, series, area, before.as_of, after.as_of, spans)
    figures.sort(key=lambda each: (each.date, each.known_since), reverse=True)
    return found + figures


def _news(
    store: Store, series: str, area: str, start: pd.Timestamp, end: pd.Timestamp, spans: list[tuple]
) -> list[Release]:
    low, high = min(first for first, _ in spans), max(last for _, last in spans)
    try:
        rows, places = View(store, end).known(series, area)
    except NoData:
        return []
    before = rows.days[places] <= start.to_datetime64()
    dates = rows.dates[places]
    asked = (dates >= low.to_datetime64()) & (dates <= high.to_datetime64())
    new, old = (each[last_of_each(rows.dates[each])] for each in (places[asked & ~before], places[before]))
    held = Values(rows.dates[old], rows.value[old], series).at_each(rows.dates[new])
    entry = store.catalogue[series]
    return [
        Release(
            series, area, entry.title, pd.Timestamp(rows.dates[place]), pd.Timestamp(rows.days[place]),
            None if math.isnan(earlier) else earlier, rows.value.item(place), unit=_unit(entry.units),
        )
        for place, earlier in zip(new.tolist(), held.tolist(), strict=True)
    ]  # fmt: skip


def _reason(before: Finding, after: Finding, releases: list[Release], inputs: Inputs) -> str:
    claim, definition = after.claim, after.definition
    if releases:
        first = releases[0]
        frequency = "daily" if first.fact else inputs.figures.store.catalogue[first.series].frequency
        more = f"; and {len(releases) - 1} more" if len(releases) > 1 else ""
        return first.words(frequency) + more
    if claim.forecast is not None and before.as_of < pd.Timestamp(claim.forecast.due) <= after.as_of:
        return f"the forecast fell due on {long_date(pd.Timestamp(claim.forecast.due))}"
    if inputs.by_year and before.as_of.year != after.as_of.year:
        return "the year turned, and with it the period that is meant"
    months = claim.lookback_of(definition) if definition else 0
    if before.true_on is not None and months:
        return f"{long_date(before.true_on)}, when it last held, now lies more than {months} months back"
    return "time passed"


def verdicts_table(courses: Iterable[Course]) -> pd.DataFrame:
    """Return one row a claim and day: ``chapter``, ``claim``, ``gist``, ``position``, ``day``, ``verdict``."""
    rows = [
        {"chapter": course.chapter, "claim": course.claim.id, "gist": course.claim.gist.en,
         "position": course.claim.position, "day": day, "verdict": str(finding.verdict)}
        for course in courses
        for day, finding in course.findings.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["chapter", "claim", "gist", "position", "day", "verdict"])


def flips_table(courses: Iterable[Course]) -> pd.DataFrame:
    """Return one row a flip and release, the newest flip first: what turned, when, and each old and new value."""
    columns = [
        "day", "chapter", "claim", "before", "after", "measured_before", "measured_after", "unit", "reason", "series",
        "area", "fact", "date", "known_since", "old", "new", "changed",
    ]  # fmt: skip
    rows = []
    for flip in (flip for course in courses for flip in course.flips):
        before, after = flip.before, flip.after
        base = {
            "day": flip.day, "chapter": flip.chapter, "claim": flip.claim.id, "before": str(before.verdict),
            "after": str(after.verdict), "measured_before": _value(before), "measured_after": _value(after),
            "unit": after.unit, "reason": flip.reason, "changed": flip.changed,
        }  # fmt: skip
        rows += [
            {**base, "series": each.series, "area": each.area, "fact": each.fact, "date": each.date,
             "known_since": each.known_since, "old": each.old, "new": each.new}
            for each in flip.releases
        ] or [base]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["day", "claim"], ascending=[False, True], kind="stable", ignore_index=True)


def _value(finding: Finding) -> float | None:
    return finding.measurement.value if finding.measurement else None


def _digits(value: float) -> int:
    """Return how many decimals a figure's size asks for; a small one shows no more than it has."""
    if abs(value) >= 10:
        return 0 if abs(value) >= 1000 else 1
    return next((each for each in range(1, 3) if round(value, each) == value), 3)


def _unit(units: str) -> str:
    """Return the unit in a series' words: ``percent`` of ``percent change over 12 months, as published``."""
    unit = units.split(",")[0]
    return "percent" if unit.startswith("percent ") and not unit.startswith("percent of ") else unit
