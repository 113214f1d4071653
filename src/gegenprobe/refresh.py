"""``refresh``: ask the live sources, and add what is new or changed to the store, in one step, or not at all."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from gegenprobe.catalogue import Entry
from gegenprobe.checks import FILE as CHECKED
from gegenprobe.checks import read_checks, written
from gegenprobe.claims import read_ledger
from gegenprobe.errors import InputError, nearest
from gegenprobe.files import parse
from gegenprobe.findings import judge_ledger
from gegenprobe.gates import Refused
from gegenprobe.grow import PROVENANCE, as_recorded, grown, provenance
from gegenprobe.journal import alone, commit, pending
from gegenprobe.merge import compare
from gegenprobe.observations import Store, as_day
from gegenprobe.reading import read_plain
from gegenprobe.report import Outcome, Report, flips_between
from gegenprobe.sources import MODULES, Address, Asked, SourceError, is_live, module_of, read_addresses
from gegenprobe.sources.web import Web, quoted
from gegenprobe.video import VIDEO_DAY

OVERLAP = {
    "daily": pd.DateOffset(days=120), "monthly": pd.DateOffset(months=36), "quarterly": pd.DateOffset(years=4),
    "annual": pd.DateOffset(years=20), "fiscal-year": pd.DateOffset(years=20), "irregular": pd.DateOffset(days=400),
}  # fmt: skip
"""How far back of the newest date held a source is asked again: yearly revisions reach two to three years back."""

Progress = Callable[[Outcome], None]


@dataclass(frozen=True)
class Plan:
    """What a run will ask, by source, and what it leaves out."""

    asked: dict[str, list[str]]
    skipped: list[Outcome]

    @property
    def count(self) -> int:
        """Number of series asked."""
        return sum(map(len, self.asked.values()))


@dataclass(frozen=True)
class Settings:
    """Where the store lies, where the sources are, which keys there are, and which day it is."""

    data: Path
    addresses: dict[str, Address]
    keys: Mapping[str, str]
    today: pd.Timestamp


def settings(data: Path, sources: Path | None, environment: Mapping[str, str], today: pd.Timestamp) -> Settings:
    """Read what a run needs to know; keys come from the environment only."""
    names = {getattr(module_of(name), "KEY", "") for name in MODULES} - {""}
    keys = {name: environment[name].strip() for name in names if environment.get(name, "").strip()}
    return Settings(data, read_addresses(sources or data / "sources.yml"), keys, today)


def plan(settings: Settings, series: list[str], sources: list[str]) -> Plan:
    """Sort the series asked for (all, if none is named) by source.

    Raises
    ------
    InputError
        For an unknown name, or if nothing can be asked.
    """
    catalogue = Store(settings.data).catalogue
    for name in series:
        catalogue[name]
    known = {entry.source for entry in catalogue.series.values()}
    for name in sources:
        if name not in known:
            raise InputError(f"unknown source {name!r}{nearest(name, known)}; there are {', '.join(sorted(known))}")
    asked: dict[str, list[str]] = {}
    skipped = []
    for name, entry in catalogue.series.items():
        if (series and name not in series) or (sources and entry.source not in sources):
            continue
        reason = _why_not(entry, settings)
        if reason:
            skipped.append(Outcome(name, entry.source, "skipped", reason))
        else:
            asked.setdefault(entry.source, []).append(name)
    if not asked:
        raise InputError(f"nothing to refresh: {skipped[0].reason}" if skipped else "no series of that name and source")
    return Plan(asked, skipped)


def _why_not(entry: Entry, settings: Settings) -> str:
    if not is_live(entry):
        return "no live source: kept by hand"
    if entry.source not in settings.addresses:
        return "no address in the file of sources"
    module = module_of(entry.source)
    key = getattr(module, "KEY", "")
    if key and key not in settings.keys and not getattr(module, "keyless", lambda _: False)(entry):
        return f"needs a key: set {key}"
    return ""


def refresh(settings: Settings, planned: Plan, *, dry_run: bool = False, progress: Progress = lambda _: None) -> Report:
    """Ask, compare, and take what is right.

    Parameters
    ----------
    settings, planned
        From `settings` and `plan`.
    dry_run : bool
        Report only; nothing is written, no lock is taken.
    progress : callable
        Told of each outcome as it comes.

    Returns
    -------
    Report
        A series that failed in any way is untouched; the others are in the store, all in one step.

    Raises
    ------
    InputError
        If the store or the ledger is broken, or another refresh is at work.
    """
    if dry_run:
        if pending(settings.data):
            raise InputError("a killed refresh waits to be finished: run `gegenprobe refresh` once without --dry-run")
        return _run(settings, planned, True, progress)
    with alone(settings.data):
        return _run(settings, planned, False, progress)


def _run(settings: Settings, planned: Plan, dry_run: bool, progress: Progress) -> Report:
    store = Store(settings.data)
    ledger = read_ledger(settings.data / "claims")
    before = list(judge_ledger(ledger, store, "latest", as_day(VIDEO_DAY)))
    checks = read_checks(settings.data)
    report = Report(settings.today, dry_run)
    files: dict[str, bytes] = {}
    sealed: dict[str, pd.DataFrame] = {}
    for source, names in planned.asked.items():
        for outcome in _ask(settings, store, source, names, checks):
            if outcome.difference is not None and len(outcome.difference.rows):
                try:
                    content, frame = grown(store, outcome.series, outcome.difference.rows)
                except Refused as error:
                    outcome = replace(outcome, status="failed", reason=str(error), difference=None)
                else:
                    files[f"observations/{outcome.series}.csv"], sealed[outcome.series] = content, frame
            if outcome.status != "failed":
                checks[outcome.series] = settings.today
            report.outcomes.append(outcome)
            progress(outcome)
    report.outcomes += planned.skipped
    if files:
        files[PROVENANCE] = provenance(store, files, sealed, settings.today)
        with tempfile.TemporaryDirectory() as folder:
            after = judge_ledger(ledger, _copy(settings.data, Path(folder), files), "latest", as_day(VIDEO_DAY))
            report.flips = flips_between(before, after)
    if not dry_run:
        seen = written(checks)
        if checks and (not (settings.data / CHECKED).exists() or (settings.data / CHECKED).read_bytes() != seen):
            files[CHECKED] = seen
        _refuse_changed(store, sealed)
        if files:
            commit(settings.data, files)
    return report


def _refuse_changed(store: Store, sealed: Mapping[str, pd.DataFrame]) -> None:
    """Refuse to write over what somebody wrote in the meantime."""
    for series in sealed:
        try:
            as_recorded(store, series)
        except Refused as error:
            raise InputError(f"{error}; nothing was written, look at it and run again") from None


def _ask(settings: Settings, store: Store, source: str, names: list[str], checks: dict[str, pd.Timestamp]):
    """Yield the outcome of each series of one source; whatever its module does, every name gets exactly one."""
    module = module_of(source)
    held: dict[str, pd.DataFrame] = {}
    asked: dict[str, Asked] = {}
    for name in names:
        entry = store.catalogue[name]
        try:
            held[name] = _held(store, name)
        except OSError as error:
            yield Outcome(name, source, "failed", f"data/observations/{name}.csv cannot be read ({error.strerror})")
            continue
        except ValueError as error:
            reason = f"the store's own file is broken ({' '.join(str(error).split())})"
            yield Outcome(name, source, "failed", reason)
            continue
        asked[name] = Asked(entry, _since(held[name], entry), held[name]["known_since"].max(), settings.today)
    web = Web(settings.addresses[source], settings.keys.get(getattr(module, "KEY", ""), ""))
    waiting = dict(asked)
    reason = "the source said nothing of it"
    try:
        for name, answer in module.fetch(asked, web):
            del waiting[name]
            yield _outcome(name, source, answer, held[name], asked[name], checks.get(name), web)
    except SourceError as error:
        reason = str(error)
    except Exception as error:  # a form nobody foresaw must not take the other sources down
        reason = f"an answer of a form not foreseen ({type(error).__name__}: {quoted(str(error))})"
    for name in waiting:
        yield Outcome(name, source, "failed", web.clean(reason))


def _since(held: pd.DataFrame, entry: Entry) -> pd.Timestamp:
    """Return the first date to ask for: some way back; of an outlook, whose editions change every year, all of it."""
    first, newest = held["date"].min(), held["date"].max()
    if (held["date"] > held["known_since"]).any():
        return first
    return max(first, newest - OVERLAP[entry.frequency])


def _held(store: Store, name: str) -> pd.DataFrame:
    content = read_plain(store.path(name))
    if hashlib.sha256(content).hexdigest() != store.seal(name):
        raise ValueError(f"it is not the one recorded in {PROVENANCE}: `gegenprobe seal {name}` after a change by hand")
    return parse(content, store.catalogue[name])


def _outcome(
    name: str, source: str, answer, held: pd.DataFrame, asked: Asked, checked: pd.Timestamp | None, web: Web
) -> Outcome:
    if isinstance(answer, SourceError):
        return Outcome(name, source, "failed", web.clean(str(answer)))
    try:
        found = compare(held, answer, asked.entry, since=asked.since, today=asked.today, checked=checked)
    except Refused as error:
        return Outcome(name, source, "failed", web.clean(str(error)))
    return Outcome(name, source, "changed" if len(found.rows) else "unchanged", difference=found)


def _copy(data: Path, folder: Path, files: dict[str, bytes]) -> Store:
    """Return the store as it will be, in another place, to judge the ledger before anything is decided."""
    (folder / "observations").mkdir()
    for path in (data / "observations").glob("*.csv"):
        with suppress(OSError, ValueError):  # what cannot be read costs only the claims that need it
            (folder / "observations" / path.name).write_bytes(read_plain(path))
    for name in ("catalogue.yml", "facts.csv", "areas.csv"):
        shutil.copy2(data / name, folder / name)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return Store(folder)
