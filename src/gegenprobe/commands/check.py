"""``gegenprobe check``: findings as a table a person enjoys, or as JSON."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from gegenprobe.claims import read_ledger
from gegenprobe.errors import InputError
from gegenprobe.findings import Finding, judge_ledger
from gegenprobe.observations import Store, as_day
from gegenprobe.paths import project_root
from gegenprobe.video import VIDEO_DAY
from gegenprobe.words import MARKS, amount, long_date

STYLES = {
    "supported": "green", "roughly-supported": "green3", "outdated": "yellow", "contradicted": "red",
    "open": "cyan", "not-checkable": "bright_black", "no-data": "bright_black",
}  # fmt: skip


def run(
    as_of: str, video_day: str | None, claims_path: Path | None, names: list[str], everything: bool, as_json: bool
) -> None:
    """Print the findings on the claims asked for.

    Raises
    ------
    InputError
        For a day, a claim or a claim file that is not there or not valid.
    """
    data = project_root() / "data"
    store = Store(data)
    ledger = read_ledger(claims_path or data / "claims")
    day = as_day(VIDEO_DAY if video_day is None else video_day)
    store.as_of(day)
    findings = list(judge_ledger(ledger, store, as_of, day, names, primary_only=not (everything or as_json)))
    for series in sorted(store.unsealed):
        print(
            f"gegenprobe: data/observations/{series}.csv is not the file recorded in data/provenance.csv",
            file=sys.stderr,
        )
    if as_json:
        plain = (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")
        print(json.dumps([each.record() for each in findings], ensure_ascii=plain, indent=1))
    else:
        _table(findings)


def _table(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not findings:
        raise InputError("no claim to show")
    console = Console()
    chapters: dict[str, list[Finding]] = {}
    for each in findings:
        chapters.setdefault(each.chapter, []).append(each)
    console.print(f"As known on {long_date(findings[0].as_of)}", style="bold")
    for chapter, rows in chapters.items():
        table = Table(title=chapter, title_justify="left", box=None, pad_edge=False, title_style="bold", expand=False)
        table.add_column("verdict", no_wrap=True)
        table.add_column("claim", overflow="fold", ratio=3)
        table.add_column("said", overflow="fold", ratio=1)
        table.add_column("found", justify="right", overflow="fold", ratio=1)
        for each in rows:
            verdict = str(each.verdict)
            name = each.claim.id if each.definition is None or each.definition.primary else f"  {each.definition.id}"
            found = amount(each.measurement.value, each.unit, each.definition.digits) if each.measurement else ""
            if each.measurement and each.measurement.pseudo_real_time:
                found += " *"
            table.add_row(
                Text(f"{MARKS[verdict]} {verdict}", style=STYLES[verdict]),
                Text(name),
                Text(each.claim.stated.text),
                Text(found),
            )
        console.print(table)
        console.print()
    counts = Counter(str(each.verdict) for each in findings)
    console.print("  ".join(f"{MARKS[verdict]} {verdict} {counts[verdict]}" for verdict in STYLES if counts[verdict]))
    if any(each.measurement and each.measurement.pseudo_real_time for each in findings):
        console.print(
            "* read as of an earlier day from figures held in one later vintage (pseudo-real-time)", style="dim"
        )
