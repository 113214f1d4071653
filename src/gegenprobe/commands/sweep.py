"""``gegenprobe sweep``: every claim, definition, tolerance and day of knowledge; goes on where it was stopped."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path

from gegenprobe.claims import read_ledger
from gegenprobe.errors import InputError
from gegenprobe.observations import Store, as_day
from gegenprobe.paths import project_root
from gegenprobe.sweep import Cluster, Here, Processes, Report, Sweep, WorkersGone, read_grid, read_tolerances
from gegenprobe.video import VIDEO_DAY
from gegenprobe.words import MARKS, number

WORTH_PROCESSES = 20_000
"""Cases below which starting processes takes longer than they save, where they cannot be forked."""
_BLINK = 0.1  # seconds between two states of the progress bar
RESULTS = Path("book") / "_build" / "sweep"


def run(
    grid: str,
    tolerances: str,
    names: list[str],
    claims_path: Path | None,
    video_day: str | None,
    workers: int | None,
    scheduler: str | None,
    results: Path | None,
    out: Path | None,
    fresh: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Sweep, and say how it went.

    Returns
    -------
    int
        0 if every case is there; 1 if some failed (their rows carry the error), if a cluster lost all its workers, or,
        in a dry run, if some are missing.

    Raises
    ------
    InputError
        For a grid, a tolerance, a claim, an address or a folder that is not valid: before anything is computed.
    """
    root = project_root()
    store = Store(root / "data")
    ledger = read_ledger(claims_path or store.folder / "claims")
    day = as_day(VIDEO_DAY if video_day is None else video_day)
    store.as_of(day)
    sweep = Sweep(store, ledger, read_grid(grid, store, day), read_tolerances(tolerances), day, names)
    folder = results or root / RESULTS
    out = out or folder / "cases.csv"
    size = sweep.size()
    if fresh and not dry_run:
        _forget(folder)
    crew = _crew(workers, scheduler, size)
    began = time.perf_counter()
    try:
        with _bar(size, hidden=as_json or dry_run) as progress:
            report = sweep.run(folder, crew, out, progress, dry_run)
    except KeyboardInterrupt:
        print(f"gegenprobe: {_left(sweep, folder)}", file=sys.stderr)
        raise
    except WorkersGone as gone:
        print(f"gegenprobe: stopped, since {gone}; {_left(sweep, folder)}", file=sys.stderr)
        return 1
    finally:
        crew.close()
    _tell(report, sweep, out, time.perf_counter() - began, dry_run, as_json)
    return 1 if report.errors or (dry_run and report.missing) else 0


def _left(sweep: Sweep, folder: Path) -> str:
    left = sweep.run(folder, Here(), dry_run=True)
    return (
        f"{left.kept} of {left.cases} cases are kept in {folder}, {left.missing} are missing; "
        "the same command goes on from there"
    )


def _forget(folder: Path) -> None:
    from gegenprobe.sweep.kept import Kept

    with Kept(folder) as kept:
        kept.forget()


def _crew(workers: int | None, scheduler: str | None, size: int) -> Here:
    if scheduler is not None:
        if workers is not None:
            raise InputError("--workers goes with local processes; a cluster brings its own (leave out one of the two)")
        return Cluster(scheduler)
    count = (os.cpu_count() or 1) if workers is None and size > WORTH_PROCESSES else workers or 1
    return Processes(count) if count > 1 else Here()


@contextmanager
def _bar(size: int, hidden: bool):
    """Give a function that moves a progress bar on, where there is a terminal to show it on."""
    if hidden or not sys.stderr.isatty():
        with nullcontext():
            yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("sweep"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Not by a thread of its own: processes can be forked from this one only while it has none.
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False) as progress:
        task, shown = progress.add_task("sweep", total=size), 0.0

        def move(count: int) -> None:
            nonlocal shown
            progress.advance(task, count)
            if time.monotonic() - shown > _BLINK:
                progress.refresh()
                shown = time.monotonic()

        yield move


def _tell(report: Report, sweep: Sweep, out: Path, seconds: float, dry_run: bool, as_json: bool) -> None:
    days = [f"{day:%Y-%m-%d}" for day in sweep.days]
    if as_json:
        record = {
            **report.record(), "claims": len(sweep.claims()), "days": days, "tolerances": sweep.tolerances,
            "seconds": round(seconds, 3), "out": None if dry_run else str(out),
        }  # fmt: skip
        print(json.dumps(record, ensure_ascii=False, indent=1))
        return
    factors = ", ".join(f"{each:g}" for each in sweep.tolerances[:5]) + (" …" if len(sweep.tolerances) > 5 else "")
    whole = f"{number(report.cases, 0)} cases: {len(sweep.claims())} claims, {len(days)} days"
    print(f"{whole} from {days[0]} to {days[-1]}, tolerance x {factors}")
    done = f"{number(report.kept, 0)} were kept"
    if dry_run:
        print(f"{done}, {number(report.missing, 0)} are missing")
        return
    measured = f"{number(report.measurements, 0)} measurements"
    print(f"{done}, {number(report.computed, 0)} computed ({measured}) in {seconds:.1f} s")
    counts = (f"{MARKS.get(name, '!')} {name} {number(n, 0)}" for name, n in report.verdicts.most_common())
    print("  ".join(counts))
    print(out)
    if report.errors:
        print(f"gegenprobe: {report.errors} cases failed, the first with {report.first_error}", file=sys.stderr)
