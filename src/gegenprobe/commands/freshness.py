"""``gegenprobe freshness``: a table of ages, the worst first, and an exit status that says the worst."""

from __future__ import annotations

import json
import os

import pandas as pd

from gegenprobe.freshness import Age, State, judge, worst
from gegenprobe.observations import Store, as_day
from gegenprobe.paths import project_root

STYLES = {State.ERROR: "red", State.WARNING: "yellow", State.FRESH: "green", State.FROZEN: "bright_black"}
SIGNS = {State.ERROR: "◆", State.WARNING: "◷", State.FRESH: "●", State.FROZEN: "┄"}
WIDE = 110
"""Columns of a terminal from which on the table also says why."""


def run(today: str | None, as_json: bool, issue: bool) -> int:
    """Print how old each series is; return 0, 1 or 2 (with an issue to say it: 0).

    Raises
    ------
    InputError
        For a day that is none, or a broken store.
    """
    day = as_day(today) if today else pd.Timestamp.now("UTC").tz_localize(None).normalize()
    ages = judge(Store(project_root() / "data"), day)
    if issue:
        from gegenprobe.issue import tend

        # From here on the issue says it; a red run every day would only teach people to look away.
        print(tend(ages, day, os.environ))
        return 0
    if as_json:
        print(json.dumps([age.record() for age in ages], ensure_ascii=False, indent=1))
    else:
        _table(ages, day)
    return int(worst(ages))


def _table(ages: list[Age], day: pd.Timestamp) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    wide = console.width >= WIDE
    table = Table(title=f"Freshness on {day:%Y-%m-%d}", title_justify="left", box=None, pad_edge=False)
    table.add_column("state", no_wrap=True)
    table.add_column("series", overflow="fold", min_width=28)
    for name in ("newest", "next due", "looked"):
        table.add_column(name, no_wrap=True)
    if wide:
        table.add_column("why", overflow="fold")
    for age in ages:
        by_hand = "" if age.state is State.FROZEN else "by hand"
        table.add_row(
            Text(f"{SIGNS[age.state]} {age.state.word}", style=STYLES[age.state]),
            Text(age.series),
            f"{age.newest:%Y-%m-%d}",
            "" if age.due is None else f"{age.due:%Y-%m-%d}",
            by_hand if age.looked is None else f"{age.looked:%Y-%m-%d}",
            *([Text(age.why)] if wide else []),
        )
    console.print(table)
    counts = {state: sum(age.state is state for age in ages) for state in STYLES}
    console.print("  ".join(f"{SIGNS[state]} {state.word} {count}" for state, count in counts.items() if count))
