"""Findings: what each claim comes to, under each definition, as known on a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gegenprobe.claims import Claim, Definition, Ledger
from gegenprobe.errors import InputError, NoData, nearest, shown
from gegenprobe.measures import Measure, Measurement, take, value_on
from gegenprobe.measures.documents import Documented
from gegenprobe.observations import Store, View
from gegenprobe.verdicts import Verdict, decide

MOST_LOOKS = 60


@dataclass(frozen=True)
class Finding:
    """Claim, definition and day; what was measured; the verdict, its reason, and what it rests on."""

    claim: Claim
    chapter: str
    definition: Definition | None
    as_of: pd.Timestamp
    verdict: Verdict
    measurement: Measurement | None = None
    reason: str = ""
    true_on: pd.Timestamp | None = None
    frequency: str = "daily"
    """How the measured period is to be read: as a day, a month, a quarter, a year."""

    @property
    def unit(self) -> str:
        """Unit of the measured number."""
        if self.definition is None:
            return self.claim.stated.unit
        return self.claim.stated.unit if self.definition.unit is None else self.definition.unit

    def record(self) -> dict[str, Any]:
        """Return the finding as the published record: plain values only."""
        found = self.measurement
        rests = found.rests if found else ()
        return {
            "claim": self.claim.id,
            "chapter": self.chapter,
            "definition": self.definition.id if self.definition else None,
            "primary": self.definition.primary if self.definition else True,
            "as_of": f"{self.as_of:%Y-%m-%d}",
            "verdict": str(self.verdict),
            "measured": round(found.value, 6) if found else None,
            "unit": self.unit,
            "stated": self.claim.stated.text,
            "period": f"{found.date:%Y-%m-%d}" if found and found.date is not None else None,
            "n": found.n if found else 0,
            "note": found.note if found else "",
            "reason": self.reason,
            "true_on": f"{self.true_on:%Y-%m-%d}" if self.true_on is not None else None,
            "pseudo_real_time": bool(found and found.pseudo_real_time),
            "series": [rest.series + (f"/{rest.area}" if rest.area else "") for rest in rests],
            "newest_observation": f"{max(rest.last for rest in rests):%Y-%m-%d}" if rests else None,
            "vintage": f"{max(rest.known_since for rest in rests):%Y-%m-%d}" if rests else None,
            "facts": list(found.facts) if found else [],
        }


class Readings:
    """Where `judge` gets its numbers from. One who judges often (`gegenprobe.sweep`) hands in a kind that remembers."""

    def take(self, definition: Definition, view: View, video_day: pd.Timestamp) -> Measurement:
        """Return the measurement; raises as `gegenprobe.measures.take` does."""
        return take(definition.measure, view, video_day)

    def value_on(self, definition: Definition, store: Store, day: pd.Timestamp, video_day: pd.Timestamp) -> float:
        """Return the number alone, as known on an earlier day."""
        return value_on(definition.measure, store.view(day), video_day)

    def earlier_days(self, claim: Claim, definition: Definition, found: Measurement, view: View) -> list[pd.Timestamp]:
        """Return the earlier days of knowledge that may make a claim merely out of date, newest first."""
        months = claim.lookback_of(definition)
        return earlier_days(months, self.turns(found, view, bool(months)), view.day)

    def frequency(self, found: Measurement, view: View) -> str:
        """Return how the measured period is to be read."""
        return frequency_of(found, view)

    def turns(self, found: Measurement, view: View, monthly: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return the days on which the figures behind a measurement changed; see `turns`."""
        return turns(found, view, monthly)


def judge(
    claim: Claim,
    chapter: str,
    definition: Definition | None,
    view: View,
    video_day: pd.Timestamp,
    factor: float = 1.0,
    readings: Readings | None = None,
) -> Finding:
    """Return the finding on one claim under one definition, as known on the view's day.

    `factor` widens or narrows the tolerance (see `gegenprobe.verdicts.decide`); the book itself uses one.
    """
    readings = readings or Readings()

    def finding(verdict: Verdict, **found: Any) -> Finding:
        return Finding(claim, chapter, definition, view.day, verdict, **found)

    if not claim.checkable:
        return finding(Verdict.NOT_CHECKABLE, reason=claim.reason)
    due = claim.due_of(definition)
    waiting = due is not None and view.day < pd.Timestamp(due)
    if definition is None:
        if waiting:
            return finding(Verdict.OPEN, reason=claim.forecast.why)
        return finding(Verdict.NO_DATA, reason="; ".join(claim.lacking))
    try:
        found = readings.take(definition, view, video_day)
    except NoData as missing:
        if waiting:
            return finding(Verdict.OPEN, reason=claim.forecast.why)
        return finding(Verdict.NO_DATA, reason=str(missing))
    verdict = decide(claim.test_of(definition), found.value, factor)
    true_on, reason = None, ""
    if waiting and not (claim.forecast.early and verdict is Verdict.SUPPORTED):
        verdict, reason = Verdict.OPEN, claim.forecast.why
    elif verdict is Verdict.NOT_CHECKABLE:
        reason = _undecided(definition.measure, found)
    elif verdict is Verdict.CONTRADICTED and claim.forecast is None:
        true_on = _last_true(claim, definition, found, view, video_day, factor, readings)
        if true_on is not None:
            verdict, reason = Verdict.OUTDATED, f"was so as known on {true_on:%Y-%m-%d}"
    frequency = readings.frequency(found, view)
    return finding(verdict, measurement=found, reason=reason, true_on=true_on, frequency=frequency)


def _undecided(measure: Measure, found: Measurement) -> str:
    if isinstance(measure, Documented) and not measure.disagree(found.facts):
        return "what is public decides it neither way"
    return "public documents disagree"


_COARSE = ("annual", "fiscal-year", "quarterly", "monthly", "irregular", "daily")


def frequency_of(found: Measurement, view: View) -> str:
    """Return the coarsest frequency whose periods can start on the measured date."""
    starts = {"annual": (1, 1), "fiscal-year": (1, 1)}
    held = {view.entry(rest.series).frequency for rest in found.rests}
    for frequency in _COARSE:
        if frequency not in held or found.date is None:
            continue
        if frequency in starts and (found.date.month, found.date.day) != starts[frequency]:
            continue
        if frequency in ("quarterly", "monthly") and found.date.day != 1:
            continue
        return frequency
    return "daily"


def _last_true(
    claim: Claim,
    definition: Definition,
    found: Measurement,
    view: View,
    video_day: pd.Timestamp,
    factor: float,
    readings: Readings,
) -> pd.Timestamp | None:
    """Return the last earlier day on which the same definition supported the claim, looking back as far as it may."""
    test = claim.test_of(definition)
    for day in readings.earlier_days(claim, definition, found, view):
        try:
            earlier = readings.value_on(definition, view.store, day, video_day)
        except NoData:
            continue
        if decide(test, earlier, factor) is Verdict.SUPPORTED:
            return day
    return None


def earlier_days(months: int, turned: tuple[np.ndarray, np.ndarray], today: pd.Timestamp) -> list[pd.Timestamp]:
    """Return the earlier days of knowledge worth a look, the newest first, at most `MOST_LOOKS`.

    Two kinds count: those on which the very figures used here read otherwise (earlier vintages, however long ago), and
    those within a lookback of so many months (earlier periods), at most one a month and series. `turned`: see `turns`.
    """
    revised, monthly = turned
    if not len(revised) and not len(monthly):
        return []
    horizon = (today - pd.DateOffset(months=months)).to_datetime64()
    days = np.union1d(revised, monthly[monthly > horizon])
    days = days[days < today.to_datetime64()]
    return [pd.Timestamp(day) for day in days[::-1][:MOST_LOOKS]]


def turns(found: Measurement, view: View, monthly: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the days on which the figures used were revised, and the last day of each month with any news of them.

    Both sorted; the second is empty unless `monthly`, and holds the days on which the facts used became known too.
    """
    revised, news = [np.empty(0, "datetime64[us]")], [np.empty(0, "datetime64[us]")]
    if monthly:
        told = [view.store.facts[each].known_since.to_datetime64() for each in found.facts]
        news.append(np.array(told, "datetime64[us]"))
    for rest in found.rests:
        rows, places = view.known(rest.series, rest.area)
        if view.basis(rest.series) == "observed-vintages":
            used = rows.within(places, rest.first, rest.last)
            dates, days = rows.dates[used], rows.days[used]
            same = dates[1:] == dates[:-1]
            revised += [days[1:][same], days[:-1][same]]
        if monthly:
            news.append(rows.last_news(view.day))
    return np.unique(np.concatenate(revised)), np.unique(np.concatenate(news))


def judge_claim(
    claim: Claim, chapter: str, view: View, video_day: pd.Timestamp, primary_only: bool = False
) -> list[Finding]:
    """Return one finding a definition, the primary one first; a claim without definitions gives one finding."""
    if primary_only or not claim.definitions:
        return [judge(claim, chapter, claim.primary, view, video_day)]
    ordered = sorted(claim.definitions, key=lambda each: not each.primary)
    return [judge(claim, chapter, each, view, video_day) for each in ordered]


def judge_ledger(
    ledger: Ledger,
    store: Store,
    as_of: str,
    video_day: pd.Timestamp,
    only: list[str] | None = None,
    primary_only: bool = False,
) -> Iterator[Finding]:
    """Yield the findings on all claims (or those named) as known on one day, under every definition or the primary."""
    view = store.as_of(as_of)
    names = list(ledger.by_id) if not only else [name for name in dict.fromkeys(only) if ledger.claim(name)]
    for name in names:
        require_known(ledger.claim(name), store)
    for name in names:
        chapter, claim = ledger.by_id[name]
        yield from judge_claim(claim, chapter, view, video_day, primary_only)


def require_known(claim: Claim, store: Store) -> None:
    """Make sure that every series and fact a claim names is there.

    Raises
    ------
    InputError
        One line naming claim, definition and what is unknown.
    """
    for definition in claim.definitions:
        series, facts = definition.named
        try:
            for each in sorted(series):
                store.catalogue[each]
            for each in sorted(facts - store.facts.keys()):
                raise InputError(f"unknown fact {shown(each)}{nearest(each, store.facts)}; see data/facts.csv")
        except InputError as error:
            raise InputError(f"claim {claim.id}, definition {definition.id}: {error}") from None
