"""Measures across areas: a rank among countries, a place among groups, membership."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from gegenprobe.errors import NoData
from gegenprobe.measures.evaluation import EACH, Evaluation, Reading
from gegenprobe.measures.measurement import Measurement
from gegenprobe.measures.periods import Period, is_fixed, start_of
from gegenprobe.measures.quantities import Quantity, Series
from gegenprobe.measures.scalars import Measure
from gegenprobe.values import Values

Code = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,8}$")]
Group = Literal["advanced", "g7", "cptpp", "countries"]


def group(name: str, run: Evaluation) -> list[str]:
    """Return the area codes of a group; ``cptpp`` has the members in force on the view's day."""
    if name == "cptpp":
        return parties(run, run.view.day)
    return run.view.store.groups[name]


def parties(run: Evaluation, day: pd.Timestamp) -> list[str]:
    """Return the area codes of the members in force on a day."""
    return [code for code, since in run.view.store.parties.items() if since <= day]


class RankAmong(Measure):
    """Place of one area among others by a quantity with ``area: each``; 1 = highest (or lowest).

    Areas without a value on the date are left out, and counted in the note. `also` adds quantities that compete under a
    name of their own (a bloc, a domestic holder).
    """

    measure: Literal["rank-among"]
    of: Quantity
    area: Code
    among: Group | list[Code]
    at: Period = "latest"
    order: Literal["highest", "lowest"] = "highest"
    also: dict[str, Quantity] = Field(default_factory=dict)

    @property
    def is_pinned(self) -> bool:
        """True where the date is fixed and so is the group."""
        parts = (self.of, *self.also.values())
        return is_fixed(self.at) and self.among != "cptpp" and all(each.is_pinned for each in parts)

    def take(self, run: Evaluation) -> Measurement:
        """Return the place of the area; the note names the leader and the size of the field."""
        own = self._values(run, self.area)
        date = run.at(self.at, own)
        field: dict[str, float] = {self.area: own.at(date)}
        wanted = group(self.among, run) if isinstance(self.among, str) else self.among
        field |= self._others(run, [code for code in wanted if code != self.area], date)
        for name, quantity in self.also.items():
            values = quantity.values(run)
            try:
                field[name] = values.at(date)
            except KeyError:
                raise NoData(f"{name}: no observation for {date:%Y-%m-%d}") from None
        if len(field) < 2:
            raise NoData(f"no other area than {self.area} has a value for {date:%Y-%m-%d}")
        mine = field[self.area]
        best = max if self.order == "highest" else min
        place = 1 + sum(each > mine if best is max else each < mine for each in field.values())
        leader = best(field, key=field.get)
        missing = len(set(wanted) | {self.area}) - (len(field) - len(self.also))
        note = f"of {len(field)}; first: {leader} with {field[leader]:.6g}, {self.area} {mine:.6g}"
        note += f"; {missing} without a value" if missing else ""
        return Measurement(float(place), date, (date, date), len(field), note)

    def _others(self, run: Evaluation, codes: list[str], date: pd.Timestamp) -> dict[str, float]:
        """Return the values of those areas that have one; of a plain panel no whole series is made."""
        of = self.of
        if isinstance(of, Series) and of.area == EACH and run.view.entry(of.series).combine == "latest":
            known = run.view.values_at(of.series, date)
            found = {code: known[code] * of.times for code in codes if code in known}
            run.read += [Reading(of.series, code) for code in found]
            return found
        found = {}
        for code in codes:
            before = len(run.read)
            try:
                found[code] = self._values(run, code).at(date)
            except (NoData, KeyError):
                del run.read[before:]
        return found

    def _values(self, run: Evaluation, code: str) -> Values:
        inner = Evaluation(run.view, run.video_day, code, run.read, run.facts)
        return self.of.values(inner)


class Members(Measure):
    """How many of the named areas are CPTPP parties on a day (all parties, where none is named)."""

    measure: Literal["members"]
    areas: list[Code] = Field(default_factory=list)
    on: Period = "latest"

    def take(self, run: Evaluation) -> Measurement:
        """Return the number of parties in force."""
        day = min(start_of(self.on, run.view.day, run.video_day), run.view.day)
        members = parties(run, day)
        inside = [code for code in (self.areas or members) if code in members]
        outside = [code for code in self.areas if code not in members]
        note = f"parties: {', '.join(inside) or 'none'}" + (f"; not: {', '.join(outside)}" if outside else "")
        return Measurement(float(len(inside)), day, None, len(self.areas) or len(inside), note)
