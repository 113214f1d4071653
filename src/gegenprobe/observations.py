"""Observations with two dates, and the store as it was known on a day.

An observation is ``(series, area, date, known_since, value)``: ``date`` is the period it speaks of, ``known_since``
the first day on which the public could know that value (a *vintage*, in the sense of ALFRED's real-time period).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from gegenprobe.catalogue import Basis, Catalogue, Entry, read_catalogue
from gegenprobe.days import plain_day
from gegenprobe.errors import InputError, NoData, shown
from gegenprobe.facts import Fact, read_facts
from gegenprobe.files import read_columns
from gegenprobe.reading import read_plain
from gegenprobe.rows import Rows, by_area, starts_of, values_across
from gegenprobe.tables import groups, read_areas, read_baselines, read_days, read_table
from gegenprobe.values import Values

LATEST = "latest"


class Store:
    """The figures under one ``data`` folder, read when first asked for.

    Parameters
    ----------
    folder : Path
        Holds ``catalogue.yml``, ``observations/``, ``facts.csv``, ``areas.csv`` and ``provenance.csv``.
    """

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.read: set[str] = set()
        self.unsealed: set[str] = set()
        self._frames: dict[str, dict[str, Rows]] = {}
        self._views: dict[pd.Timestamp, View] = {}
        self._newest: dict[tuple[str, str], tuple[np.ndarray, Values]] = {}
        self._broken: dict[str, str] = {}

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue of series."""
        return read_catalogue(self.folder / "catalogue.yml")

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """All documented events, by id."""
        return read_facts(self.folder / "facts.csv")

    @cached_property
    def areas(self) -> pd.DataFrame:
        """One row an area, indexed by code: name, kind, ``advanced_economy``, ``g7``, ``cptpp_member_since``."""
        return read_areas(self.folder / "areas.csv")

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Codes of the areas of each kind there is: ``advanced``, ``g7``, and ``countries`` with territories."""
        return groups(self.areas)

    @cached_property
    def parties(self) -> dict[str, pd.Timestamp]:
        """Since when each area that is or will be one is a party to the CPTPP, by code in the order of the table."""
        return self.areas["cptpp_member_since"].dropna().to_dict()

    @cached_property
    def provenance(self) -> pd.DataFrame:
        """One row a series, indexed by id: sha256, rows, first and newest dates, origin."""
        columns = ("sha256", "first_known_since", "newest_known_since")
        return read_table(self.folder / "provenance.csv", "series", columns)

    @cached_property
    def baselines(self) -> pd.DataFrame:
        """One row a CBO baseline, indexed by ``baseline_date`` (its day means nothing).

        ``known_since``, ``spring_flag`` (CBO evaluates these for debt, deficit and outlays), ``first_fiscal_year``,
        ``last_fiscal_year``, ``components`` (a set of the ``cbo.baseline.*`` that carry it).
        """
        return read_baselines(self.folder / "cbo_baselines.csv")

    def path(self, series: str) -> Path:
        """Return the csv file of a series that stands in the catalogue."""
        self.catalogue[series]
        return self.folder / "observations" / f"{series}.csv"

    def rows(self, series: str) -> dict[str, Rows]:
        """Return every row of a series, by area (``""`` where the series has none).

        Raises
        ------
        NoData
            If the file is missing or broken; the text says where and how.
        """
        if series in self._broken:
            raise NoData(self._broken[series])
        if series not in self._frames:
            path = self.path(series)
            self.read.add(series)
            try:
                content = read_plain(path)
                sealed = self.seal(series) == hashlib.sha256(content).hexdigest()
                columns = read_columns(content, self.catalogue[series], trusted=sealed)
                if not sealed:
                    self.unsealed.add(series)
                    from gegenprobe.door import inspect

                    inspect(columns.frame(), self.catalogue[series])
            except FileNotFoundError:
                self._broken[series] = f"{series}: data/observations/{path.name} is missing"
                raise NoData(self._broken[series]) from None
            except (OSError, ValueError) as error:
                reason = " ".join(str(error).split())
                self._broken[series] = f"{series}: data/observations/{path.name} is broken ({reason})"
                raise NoData(self._broken[series]) from None
            self._frames[series] = by_area(columns)
        return self._frames[series]

    def newest_of(self, key: tuple[str, str], rows: Rows, places: np.ndarray) -> Values:
        """Return the newest value of each date among these places of a series and area.

        The last answer is kept: on most days nothing of most series becomes known.
        """
        if key not in self._newest or self._newest[key][0] is not places:
            dates, numbers = rows.newest_values(places)
            if self.catalogue[key[0]].combine == "sum":
                numbers = np.add.reduceat(rows.value[places], starts_of(rows.dates[places]))
            dates.flags.writeable = numbers.flags.writeable = False  # every view shares them
            self._newest[key] = (places, Values(dates, numbers, " ".join(key).rstrip()))
        return self._newest[key][1]

    def seal(self, series: str) -> str:
        """Return the sha256 that ``provenance.csv`` holds for a series, empty if none."""
        return self.provenance["sha256"].get(series, "")

    def is_sealed(self, series: str) -> bool:
        """Tell whether a series' file is byte for byte the one on record, without reading figures from it."""
        try:
            return self.seal(series) == hashlib.sha256(read_plain(self.path(series))).hexdigest()
        except (OSError, ValueError):
            return False

    @cached_property
    def newest(self) -> pd.Timestamp:
        """The last day on which anything in the store became known."""
        return self._horizon("newest_known_since").max()

    @cached_property
    def oldest(self) -> pd.Timestamp:
        """The first day on which anything in the store was known."""
        return self._horizon("first_known_since").min()

    def _horizon(self, column: str) -> pd.Series:
        days = read_days(self.provenance[column], self.folder / "provenance.csv").dropna()
        if days.empty:
            raise InputError(f"{self.folder / 'provenance.csv'}: {column} is empty throughout; restore it from git")
        return days

    def as_of(self, day: str | dt.date | pd.Timestamp = LATEST) -> View:
        """Return the store as known on `day`.

        Parameters
        ----------
        day : str or date
            ``YYYY-MM-DD``, or ``"latest"`` for the newest day anything became known. A later day reads as that one.

        Raises
        ------
        InputError
            If `day` is no date, or lies before the first observation.
        """
        if isinstance(day, str) and day == LATEST:
            return self.view(self.newest)
        when = as_day(day)
        if when < self.oldest:
            raise InputError(f"as-of day {when:%Y-%m-%d} lies before the first observation ({self.oldest:%Y-%m-%d})")
        return self.view(min(when, self.newest))

    def view(self, day: pd.Timestamp) -> View:
        """Return the view of a day, the same one each time, so that what it has read serves again."""
        if day not in self._views:
            self._views[day] = View(self, day)
        return self._views[day]


class View:
    """The store, read-only, as the public could know it on one day."""

    def __init__(self, store: Store, day: pd.Timestamp):
        self.store = store
        self.day = pd.Timestamp(day)
        self._known: dict[tuple[str, str], tuple[Rows, np.ndarray]] = {}
        self._values: dict[tuple[str, str], Values] = {}
        self._across: dict[tuple[str, pd.Timestamp], dict[str, float]] = {}

    def __repr__(self) -> str:
        return f"<View as known on {self.day:%Y-%m-%d}>"

    def entry(self, series: str) -> Entry:
        """Return the catalogue's entry of a series."""
        return self.store.catalogue[series]

    def basis(self, series: str) -> Basis:
        """Return the vintage basis of a series."""
        return self.entry(series).vintage_basis

    def is_pseudo_real_time(self, series: str) -> bool:
        """Tell whether this reading mixes an earlier day with values held in one later vintage only."""
        return self.basis(series) == "latest-only" and self.day < self.store.newest

    def areas(self, series: str) -> list[str]:
        """Return the areas of a panel with at least one known observation."""
        return [area for area, rows in self.store.rows(series).items() if area and len(rows.known(self.day))]

    def vintages(self, series: str, area: str = "") -> pd.DataFrame:
        """Return all rows known by the day: columns ``date``, ``known_since``, ``value``, sorted by both dates.

        Raises
        ------
        NoData
            If the series has no such area, or nothing was known yet.
        """
        rows, places = self.known(series, area)
        return rows.frame(places)

    def known(self, series: str, area: str = "") -> tuple[Rows, np.ndarray]:
        """Return all rows of a series and the places of those known by the day, as `vintages` does but unframed."""
        key = (series, area)
        if key not in self._known:
            self._known[key] = self._look_up(series, area)
        return self._known[key]

    def _look_up(self, series: str, area: str) -> tuple[Rows, np.ndarray]:
        by_area = self.store.rows(series)
        if area not in by_area:
            if not area:
                raise NoData(f"{series} is a panel: name an area")
            raise NoData(f"{series} has no area {area}")
        places = by_area[area].known(self.day)
        if not len(places):
            raise NoData(f"nothing of {series}{' ' + area if area else ''} was known on {self.day:%Y-%m-%d}")
        return by_area[area], places

    def series(self, series: str, area: str = "") -> pd.Series:
        """Return the values as known, one a date, indexed by ``date`` in the catalogue's units.

        For a series of increments (``combine: sum``) the increments known so far are added up.
        """
        return self.values(series, area).series.copy(deep=False)  # pandas copies on write

    def values(self, series: str, area: str = "") -> Values:
        """Return the same as `series` does, as plain arrays."""
        key = (series, area)
        if key not in self._values:
            rows, places = self.known(series, area)
            self._values[key] = self.store.newest_of(key, rows, places)
        return self._values[key]

    def values_at(self, series: str, date: pd.Timestamp) -> dict[str, float]:
        """Return what `series` would hold at one date, by area, without making the whole of it.

        Not for series of increments.
        """
        key = (series, date)
        if key not in self._across:
            self._across[key] = values_across(self.store.rows(series), date, self.day)
        return self._across[key]

    def panel(self, series: str, areas: list[str] | None = None) -> pd.DataFrame:
        """Return a panel as known: one column an area, one row a date, gaps as NaN."""
        wanted = self.areas(series) if areas is None else areas
        if not wanted:
            raise NoData(f"nothing of {series} was known on {self.day:%Y-%m-%d}")
        return pd.concat({area: self.series(series, area) for area in wanted}, axis=1).sort_index()

    def newest(self, series: str, area: str = "") -> pd.Timestamp:
        """Return the newest date of a series (of all its areas, for a panel without `area`)."""
        if area or not self.entry(series).panel:
            rows, places = self.known(series, area)
            return pd.Timestamp(rows.dates[places[-1]])
        return max(self.newest(series, each) for each in self.areas(series))

    def fact(self, fact: str) -> Fact:
        """Return a documented event.

        Raises
        ------
        NoData
            If it was not yet public on the day.
        InputError
            If there is no such fact at all.
        """
        try:
            found = self.store.facts[fact]
        except KeyError:
            raise InputError(f"unknown fact {shown(fact)}; see data/facts.csv") from None
        if found.known_since > self.day:
            raise NoData(f"{fact} became public on {found.known_since:%Y-%m-%d}, after {self.day:%Y-%m-%d}")
        return found


def as_day(text: str | dt.date | pd.Timestamp) -> pd.Timestamp:
    """Return a day as a timestamp; anything that is not ``YYYY-MM-DD`` is an `InputError`."""
    if isinstance(text, str):
        try:
            return plain_day(text)
        except ValueError:
            raise InputError(f"{shown(text)} is not a date; write YYYY-MM-DD or {LATEST!r}") from None
    return pd.Timestamp(text)
