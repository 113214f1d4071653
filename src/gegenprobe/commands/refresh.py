"""``gegenprobe refresh``: bring the store up to date from the official sources."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from gegenprobe.errors import InputError
from gegenprobe.observations import as_day
from gegenprobe.paths import project_root
from gegenprobe.refresh import plan, refresh, settings
from gegenprobe.report import Outcome, Report

TODAY = "GEGENPROBE_TODAY"
"""Environment variable that sets the day of a run; for tests and for repeating a run of the past."""


def run(
    series: list[str],
    sources: list[str],
    addresses: Path | None,
    dry_run: bool,
    as_json: bool,
    folder: Path | None,
) -> int:
    """Refresh and print the report; return 1 if any series failed.

    Raises
    ------
    InputError
        For an unknown name, a broken file, or a refresh already at work.
    """
    today = (
        as_day(os.environ[TODAY]) if os.environ.get(TODAY) else pd.Timestamp.now("UTC").tz_localize(None).normalize()
    )
    chosen = settings(project_root() / "data", addresses, os.environ, today)
    planned = plan(chosen, series, sources)
    with _watched(planned.count) as progress:
        report = refresh(chosen, planned, dry_run=dry_run, progress=progress)
    print(report.json() if as_json else report.markdown(), end="" if not as_json else "\n")
    for line in report.lines("failed"):
        print(f"gegenprobe: {line}", file=sys.stderr)
    if folder:
        _write(report, folder)  # last: what was found is told even where it cannot be written
    return 1 if report.of("failed") else 0


@contextmanager
def _watched(count: int):
    """Show a bar on a terminal, and a line a series elsewhere; both on stderr, so that stdout is the report."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:

        def line(outcome: Outcome) -> None:
            found = f" +{outcome.added} ~{outcome.revised}" if outcome.status == "changed" else ""
            print(f"{outcome.source} {outcome.series} {outcome.status}{found}", file=sys.stderr, flush=True)

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("refresh", total=count)
        yield lambda outcome: bar.update(task, advance=1, description=f"{outcome.source} {outcome.series}")


def _write(report: Report, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "refresh.md").write_text(report.markdown(), encoding="utf-8")
        (folder / "refresh.json").write_text(report.json() + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder}: the report cannot be written ({error.strerror})") from None
