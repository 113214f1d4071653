"""The sweep itself: plan what is missing, have it computed, keep it, and write all of it in one order."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from gegenprobe.claims import Claim, Definition, Ledger
from gegenprobe.errors import InputError
from gegenprobe.findings import require_known
from gegenprobe.observations import Store
from gegenprobe.sweep.cases import Differs, Done, Job, failed, lend, run_job
from gegenprobe.sweep.inputs import Figures
from gegenprobe.sweep.kept import Kept
from gegenprobe.sweep.parts import COLUMNS, Part, cells
from gegenprobe.sweep.pool import Here, run_jobs

JOB_SIZE = 20_000
"""Cases in one job at most: bounds what a worker holds and what a stop can lose."""


@dataclass
class Report:
    """How a sweep went. `missing` is what is still to do: nothing, unless it was a dry run or was stopped."""

    cases: int
    kept: int = 0
    computed: int = 0
    measurements: int = 0
    errors: int = 0
    first_error: str = ""
    worker_seconds: float = 0.0
    verdicts: Counter[str] = field(default_factory=Counter)

    @property
    def missing(self) -> int:
        """Cases that are neither kept nor computed."""
        return self.cases - self.kept - self.computed - self.errors

    def record(self) -> dict[str, Any]:
        """Return the report as plain values."""
        names = ("cases", "kept", "computed", "measurements", "errors", "missing", "first_error", "worker_seconds")
        return {**{name: getattr(self, name) for name in names}, "verdicts": dict(sorted(self.verdicts.items()))}


@dataclass
class _Block:
    """Some days of one reading, in the order of the output."""

    chapter: str
    claim: Claim
    definition: Definition | None
    days: list[tuple[str, str]]
    job: Job
    done: bool = False


@dataclass(frozen=True)
class Sweep:
    """What to sweep: claims of a ledger x their definitions x days of knowledge x tolerances.

    Attributes
    ----------
    names : list of str
        Ids of claims; all, where empty.
    days : list of Timestamp
        Days of knowledge, each once.
    tolerances : list of float
        Factors on the widths of `gegenprobe.verdicts`; 1 is the book's own.
    """

    store: Store
    ledger: Ledger
    days: list[pd.Timestamp]
    tolerances: list[float]
    video_day: pd.Timestamp
    names: list[str] = field(default_factory=list)

    def claims(self) -> list[tuple[str, Claim]]:
        """Return chapter and claim, in the ledger's order.

        Raises
        ------
        InputError
            If a name is no claim, or a claim names a series or a fact that is not there.
        """
        for name in self.names:
            self.ledger.claim(name)
        chosen = [entry for name, entry in self.ledger.by_id.items() if not self.names or name in self.names]
        for _, claim in chosen:
            require_known(claim, self.store)
        return chosen

    def size(self) -> int:
        """Return the number of cases."""
        readings = sum(max(len(claim.definitions), 1) for _, claim in self.claims())
        return readings * len(self.days) * len(self.tolerances)

    def run(
        self,
        folder: Path,
        workers: Here,
        out: Path | None = None,
        progress: Callable[[int], None] = lambda count: None,
        dry_run: bool = False,
    ) -> Report:
        """Compute what is missing and write everything.

        Parameters
        ----------
        folder : Path
            Where finished cases are kept.
        workers : Here, Processes or Cluster
            Who computes.
        out : Path or None
            A csv file; its rows come in one order, whatever the workers, as soon as all before them are there. It gets
            its name when it is whole.
        progress : callable
            Told how many more cases are there.
        dry_run : bool
            Only count what is kept.

        Raises
        ------
        InputError
            If a worker has other figures or code, or a file cannot be written.
        """
        report = Report(self.size())
        figures = Figures(self.store)
        lend(figures)
        for _, claim in self.claims():
            for definition in claim.definitions:
                for series in definition.named[0]:
                    figures.known(series)  # read before any process is forked: it has them then
        with Kept(folder) as kept, _table(out if not dry_run else None) as write:
            waiting: deque[_Block] = deque()

            def flush() -> None:
                while waiting and waiting[0].done:
                    block = waiting.popleft()
                    self._write(block, self._kept(block, kept), report, write)

            def jobs() -> Iterator[tuple[_Block, Job]]:
                for block in self._blocks(kept, figures):
                    there = len(block.days) * len(self.tolerances) - block.job.size
                    report.kept += there
                    progress(there)
                    if not dry_run:
                        waiting.append(block)
                    if block.done:
                        flush()
                    else:
                        yield block, block.job

            if dry_run:
                deque(jobs(), maxlen=0)
                return report
            for block, result in run_jobs(jobs(), run_job, workers):
                if isinstance(result, Differs):
                    raise InputError(str(result))
                parts = result.parts if isinstance(result, Done) else failed(block.job, result)
                kept.add(parts)
                _count(report, parts, result)
                progress(block.job.size)
                block.done = True
                if block is waiting[0] and block.job.size == len(block.days) * len(self.tolerances):
                    self._write(waiting.popleft(), parts, report, write)
                flush()
        return report

    def _blocks(self, kept: Kept, figures: Figures) -> Iterator[_Block]:
        """Yield what there is to do, and what is already done, one block of days of one reading at a time."""
        length = max(1, JOB_SIZE // len(self.tolerances))
        for chapter, claim in self.claims():
            for definition in sorted(claim.definitions, key=lambda each: not each.primary) or [None]:
                inputs = figures.inputs(claim, definition, self.video_day)
                for start in range(0, len(self.days), length):
                    days = [(f"{day:%Y-%m-%d}", inputs.digest(day)) for day in self.days[start : start + length]]
                    there = kept.there(digest for _, digest in days)
                    asked = ((day, digest, self._missing(there.get((digest, day)))) for day, digest in days)
                    missing = tuple(entry for entry in asked if entry[2])
                    job = Job(
                        data=str(self.store.folder.resolve()), chapter=chapter, claim=claim, days=missing,
                        definition=definition.id if definition else "", video_day=f"{self.video_day:%Y-%m-%d}",
                    )  # fmt: skip
                    yield _Block(chapter, claim, definition, days, job, done=not missing)

    def _missing(self, there: set[str] | None) -> tuple[float, ...]:
        return tuple(each for each in self.tolerances if there is None or repr(each) not in there)

    def _kept(self, block: _Block, kept: Kept) -> list[Part]:
        return [kept.part(digest, day, tuple(self.tolerances)) for day, digest in block.days]

    def _write(self, block: _Block, parts: list[Part], report: Report, write: Callable[[str], Any]) -> None:
        definition = block.definition
        reading = ("", True) if definition is None else (definition.id, definition.primary)
        head = "\n" + cells(block.claim.id, block.chapter, *reading) + ","
        report.verdicts.update(each or "error" for part in parts for each in part.verdicts.split(","))
        for part in parts:
            write(head + part.lines.replace("\n", head))


def _count(report: Report, parts: list[Part], result: Done | Exception) -> None:
    errors = [error for part in parts for error in part.errors]
    report.errors += len(errors)
    report.computed += sum(part.size for part in parts) - len(errors)
    if errors and not report.first_error:
        report.first_error = errors[0]
    if isinstance(result, Done):
        report.measurements += result.measurements
        report.worker_seconds += result.seconds


@contextmanager
def _table(out: Path | None):
    """Give a function that writes lines, each after a line break; the file takes its name when all are in it."""
    if out is None:
        yield lambda lines: None
        return
    part = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="") as stream:
            stream.write(cells(*COLUMNS))
            yield stream.write
            stream.write("\n")
        part.replace(out)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror or error})") from None
    finally:
        part.unlink(missing_ok=True)
