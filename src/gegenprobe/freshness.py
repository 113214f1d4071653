"""How old each series is: whether the source stopped, and, apart from that, whether we stopped looking."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import pandas as pd

from gegenprobe.calendars import next_date, release_day
from gegenprobe.catalogue import Entry
from gegenprobe.checks import read_checks
from gegenprobe.errors import InputError
from gegenprobe.observations import Store

LOOK_WARN, LOOK_ERROR = 10, 30
"""Days after the last successful check; a refresh runs every week, so one may be missed."""


class State(IntEnum):
    """How fresh; the numbers of the last three are the exit statuses."""

    FROZEN = -1
    FRESH = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        """The state as written."""
        return self.name.lower()


@dataclass(frozen=True)
class Age:
    """One series, judged on a day.

    ``due`` is the day the figure after the newest one held should appear, ``late`` the days gone by since (negative
    before it); ``looked`` the last successful check, or, where there was none yet, the newest day of knowledge in the
    file: whoever brought that row had looked then.
    """

    series: str
    source: str
    newest: pd.Timestamp
    known_since: pd.Timestamp
    due: pd.Timestamp | None
    late: int | None
    looked: pd.Timestamp | None
    unseen: int | None
    observation: State
    check: State
    why: str

    @property
    def state(self) -> State:
        """The worse of the two judgements."""
        return max(self.observation, self.check)

    def record(self) -> dict:
        """Return plain values only."""
        days = {name: getattr(self, name) for name in ("newest", "known_since", "due", "looked")}
        return {
            "series": self.series, "source": self.source, "state": self.state.word,
            "observation": self.observation.word, "check": self.check.word,
            **{name: None if day is None else f"{day:%Y-%m-%d}" for name, day in days.items()},
            "days_late": self.late, "days_since_check": self.unseen, "why": self.why,
        }  # fmt: skip


def due_day(newest: pd.Timestamp, known_since: pd.Timestamp, entry: Entry) -> pd.Timestamp:
    """Return the day on which the figure after the newest one is due.

    Where there is no release rule (baselines and outlooks come when they come) the clock starts with the last edition;
    of an irregular series, with its last date.
    """
    if entry.publication_lag_days is None:
        return known_since
    return release_day(next_date(newest, entry), entry)


def judge(store: Store, today: pd.Timestamp) -> list[Age]:
    """Return the age of every series, the worst first.

    Raises
    ------
    InputError
        If the provenance lacks a series or a date, or the file of checks is broken.
    """
    checks = read_checks(store.folder)
    found = [_age(name, entry, store, checks.get(name), today) for name, entry in store.catalogue.series.items()]
    return sorted(found, key=lambda age: (-age.state, -_share(age, store.catalogue[age.series]), age.series))


def worst(ages: list[Age]) -> State:
    """Return the worst state of all; frozen series do not count."""
    return max([State.FRESH, *(age.state for age in ages)])


def _age(name: str, entry: Entry, store: Store, checked: pd.Timestamp | None, today: pd.Timestamp) -> Age:
    newest, known = (_day(store, name, column) for column in ("newest", "newest_known_since"))
    if entry.freshness is None:
        frozen = State.FROZEN
        return Age(name, entry.source, newest, known, None, None, checked, None, frozen, frozen, entry.frozen_because)
    due = due_day(newest, known, entry)
    late = (today - due).days
    observation = _grade(late, entry.freshness.warn_after, entry.freshness.error_after)
    looked = unseen = None
    check = State.FRESH
    if entry.live:
        looked = checked or known
        unseen = (today - looked).days
        check = _grade(unseen, LOOK_WARN, LOOK_ERROR)
    return Age(
        name, entry.source, newest, known, due, late, looked, unseen, observation, check, _why(observation, check)
    )


def _grade(days: int, warn_after: int, error_after: int) -> State:
    if days > error_after:
        return State.ERROR
    return State.WARNING if days > warn_after else State.FRESH


def _why(observation: State, check: State) -> str:
    if observation and check:
        return "nobody looked, and nothing came"
    if observation:
        return "the source stopped"
    return "nobody looked" if check else ""


def _share(age: Age, entry: Entry) -> float:
    """Return how far a series is on its way to an error, to sort those of one state."""
    if age.late is None or entry.freshness is None:
        return 0.0
    return max(age.late / entry.freshness.error_after, (age.unseen or 0) / LOOK_ERROR)


def _day(store: Store, name: str, column: str) -> pd.Timestamp:
    try:
        return pd.to_datetime(store.provenance.at[name, column], format="%Y-%m-%d")
    except (KeyError, ValueError):
        path = store.folder / "provenance.csv"
        raise InputError(f"{path}: {name} has no day in column {column}; run `gegenprobe seal {name}`") from None
