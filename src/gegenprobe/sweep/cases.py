"""One case of a sweep: a claim, a definition, a day of knowledge and a tolerance. Pure but for reading the store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
import pandas as pd

from gegenprobe.claims import Claim, Definition
from gegenprobe.errors import NoData
from gegenprobe.findings import Finding, Readings, judge
from gegenprobe.measures import Measurement, value_on
from gegenprobe.observations import Store, View, as_day
from gegenprobe.sweep.inputs import CODE, Figures, Inputs
from gegenprobe.sweep.parts import Part, part


class Differs(Exception):
    """A worker sees other figures or other code than the process that asked it."""


@dataclass(frozen=True)
class Job:
    """Some days of one reading of one claim: what is sent to a worker.

    Attributes
    ----------
    data : str
        The folder of the store.
    days : tuple
        ``(day, hash of the inputs, tolerances)`` for each day that is missing.
    code : str
        Hash of the modules that decide.
    """

    data: str
    chapter: str
    claim: Claim
    definition: str
    video_day: str
    days: tuple[tuple[str, str, tuple[float, ...]], ...]
    code: str = CODE

    @property
    def reading(self) -> Definition | None:
        """The definition; None for a claim without."""
        return next((each for each in self.claim.definitions if each.id == self.definition), None)

    @property
    def unit(self) -> str:
        """Unit of the measured numbers."""
        reading = self.reading
        return self.claim.stated.unit if reading is None or reading.unit is None else reading.unit

    @property
    def size(self) -> int:
        """How many cases this is."""
        return sum(len(tolerances) for _, _, tolerances in self.days)


@dataclass(frozen=True)
class Done:
    """The cases of a job, one part a day, how many measurements they took, and how much time of the processor."""

    parts: list[Part]
    measurements: int
    seconds: float


class Remembering(Readings):
    """Readings that measure once for all days with the same inputs, and look back once for all tolerances."""

    def __init__(self, inputs: Inputs):
        self.inputs = inputs
        self.measurements = 0
        self._found: dict[tuple, Measurement | str] = {}
        self._values: dict[tuple, float | str] = {}
        self._earlier: tuple[pd.Timestamp | None, list[pd.Timestamp]] = (None, [])
        self._read: tuple[Measurement | None, str] = (None, "")
        self._turns: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}

    def take(self, definition: Definition, view: View, video_day: pd.Timestamp) -> Measurement:
        """Return the measurement, from memory where the inputs are the same."""
        return self._once(self._found, view.day, lambda: super(Remembering, self).take(definition, view, video_day))

    def value_on(self, definition: Definition, store: Store, day: pd.Timestamp, video_day: pd.Timestamp) -> float:
        """Return the number on an earlier day, from memory where the inputs are the same."""
        known = self._found.get(self.inputs.state(day))
        if isinstance(known, Measurement):
            return known.value
        view = self.inputs.figures.view(day)
        return self._once(self._values, day, lambda: value_on(definition.measure, view, video_day))

    def earlier_days(self, claim: Claim, definition: Definition, found: Measurement, view: View) -> list[pd.Timestamp]:
        """Return the days to look back to; the last answer is kept, since the tolerances of a day come in a row."""
        if self._earlier[0] != view.day:
            self._earlier = (view.day, super().earlier_days(claim, definition, found, view))
        return self._earlier[1]

    def frequency(self, found: Measurement, view: View) -> str:
        """Return how the measured period is to be read; the last answer is kept, as for `earlier_days`."""
        if self._read[0] is not found:
            self._read = (found, super().frequency(found, view))
        return self._read[1]

    def turns(self, found: Measurement, view: View, monthly: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return the days on which the figures changed, from memory where the inputs are the same."""
        key = self.inputs.state(view.day)
        if key not in self._turns:
            self._turns[key] = super().turns(found, view, monthly)
        return self._turns[key]

    def _once(self, memory: dict, day: pd.Timestamp, work):
        key = self.inputs.state(day)
        if key not in memory:
            self.measurements += 1
            try:
                memory[key] = work()
            except NoData as missing:
                memory[key] = str(missing)  # the exception itself would hold on to everything on its way
        if isinstance(memory[key], str):
            raise NoData(memory[key])
        return memory[key]


_open: dict[str, Figures] = {}


def _figures(data: str) -> Figures:
    """Return the store under a folder, kept open in this process."""
    if data not in _open:
        _open.clear()  # one store at a time: memory stays bounded
        _open[data] = Figures(Store(Path(data)))
    return _open[data]


def lend(figures: Figures) -> None:
    """Have this process work on a store that is open already."""
    _open.clear()
    _open[str(figures.store.folder.resolve())] = figures


def run_job(job: Job) -> Done:
    """Judge every case of a job.

    Raises
    ------
    Differs
        If this process has other figures or other code than the one that asked.
    """
    if job.code != CODE:
        raise Differs("a worker runs another version of the package; restart it")
    began = time.process_time()
    definition = job.reading
    video_day = as_day(job.video_day)
    for attempt in range(2):
        figures = _figures(job.data)
        inputs = figures.inputs(job.claim, definition, video_day)
        if all(inputs.digest(pd.Timestamp(day)) == digest for day, digest, _ in job.days):
            break
        if attempt:
            raise Differs(f"a worker reads other figures under {job.data}; restart it, or give it the same files")
        _open.clear()  # the files changed since this worker opened them
    readings = Remembering(inputs)

    def judged(day: str, tolerances: tuple[float, ...]) -> Iterator[Finding | Exception]:
        view = figures.view(pd.Timestamp(day))
        for tolerance in tolerances:
            try:
                yield judge(job.claim, job.chapter, definition, view, video_day, tolerance, readings)
            except Exception as error:  # whatever a case does, the sweep goes on and says so
                yield error

    parts = [part(digest, day, asked, job.unit, judged(day, asked)) for day, digest, asked in job.days]
    return Done(parts, readings.measurements, time.process_time() - began)


def failed(job: Job, error: Exception) -> list[Part]:
    """Return the cases of a job that never came back."""
    return [part(digest, day, asked, job.unit, repeat(error)) for day, digest, asked in job.days]
