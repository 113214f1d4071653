"""A year of weekly refreshes in one go, and what has become of the store after it; prints JSON.

    python benchmarks/year.py > benchmarks/results-year.json

A copy of the checkout is refreshed every Monday against the replay server of the tests, whose figures grow as the
agencies' do: by each series' rule of publication, with a revision of the period before wherever a series is revised.
The customs tables, the outlook and the baselines answer unchanged: the server knows their years and editions by heart.
What is new is made up, by a small and always the same walk from the newest figure; only its amount and pace count here.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from gegenprobe.calendars import next_date, release_day  # noqa: E402
from gegenprobe.catalogue import Entry  # noqa: E402
from gegenprobe.observations import Store  # noqa: E402
from gegenprobe.refresh import plan, refresh, settings  # noqa: E402
from gegenprobe.report import Report  # noqa: E402
from replay import KEYS, Replay  # noqa: E402

FIRST = "2026-07-06"
UNCHANGED = ("mof-customs", "imf-weo", "cbo")
BETWEEN_AUCTIONS = pd.Timedelta(days=28)
STEPS = (0.001, -0.0007, 0.0004, -0.0009, 0.0006)
"""By which parts of itself a value moves from period to period."""


def grow(server: Replay, today: pd.Timestamp) -> int:
    """Let the server know what the agencies would have published up to a day; return the number of new rows."""
    new = {name: _new_rows(server, name, entry, today) for name, entry in server.entries.items()}
    _add_up(new, server)
    for name, rows in new.items():
        if len(rows):
            whole = pd.concat([server.figures[name], rows.astype(server.figures[name].dtypes)], ignore_index=True)
            server.figures[name] = whole.sort_values(["area", "date", "known_since"], ignore_index=True)
    server._made.clear()
    server.today = f"{today:%Y-%m-%d}"
    return sum(map(len, new.values()))


def _new_rows(server: Replay, name: str, entry: Entry, today: pd.Timestamp) -> pd.DataFrame:
    held = server.figures[name]
    rows: list[tuple] = []
    growing = entry.live and entry.source not in UNCHANGED and entry.publication_lag_days is not None
    for area, known in held.groupby("area") if growing else ():
        newest = known[known["date"] == known["date"].max()].iloc[-1]
        date, value, before = newest["date"], float(newest["value"]), None
        while True:
            coming = date + BETWEEN_AUCTIONS if entry.frequency == "irregular" else next_date(date, entry)
            released = release_day(coming, entry)
            if released > today:
                break
            if entry.vintage_basis != "never-revised" and known["known_since"].max() < released != before:
                rows.append((area, date, released, _moved(value, 1, entry)))
            date, before = coming, released
            value = value if entry.frequency == "irregular" else _moved(value, len(rows) + date.day_of_year, entry)
            rows.append((area, date, released, value))
    return pd.DataFrame(rows, columns=["area", "date", "known_since", "value"])


def _moved(value: float, place: int, entry: Entry) -> float:
    low, high = entry.plausible
    return round(min(max(value * (1 + STEPS[place % len(STEPS)]), low), high), 6)


def _add_up(new: dict[str, pd.DataFrame], server: Replay) -> None:
    """Keep the debt the sum of its two parts, as the source checks."""
    names = [f"treasury.debt.{part}" for part in ("public", "intragovernmental", "total")]
    if all(name in new and len(new[name]) for name in names):
        new[names[2]]["value"] = (new[names[0]]["value"] + new[names[1]]["value"]).round(6)


def weeks(
    data: Path, folder: Path, count: int, first: str = FIRST, server: Replay | None = None
) -> Iterator[tuple[pd.Timestamp, Report, float]]:
    """Refresh the store in `data` on `count` Mondays; yield the day, the report and the seconds of each."""
    server = server or Replay(data, first)
    try:
        addresses = server.sources(folder / "sources.yml", timeout=60)
        for today in pd.date_range(first, periods=count, freq="7D"):
            grow(server, today)
            chosen = settings(data, addresses, KEYS, today)
            begun = time.perf_counter()
            yield today, refresh(chosen, plan(chosen, [], [])), time.perf_counter() - begun
    finally:
        server.close()


def size(data: Path) -> dict[str, float]:
    """Return how much the store holds."""
    with (data / "provenance.csv").open(encoding="utf-8", newline="") as stream:
        rows = sum(int(row["rows"]) for row in csv.DictReader(stream))
    store = Store(data)
    vintages = sum(
        sum(len(pd.unique(kept.known_since)) for kept in store.rows(name).values())
        for name in store.catalogue.series
        if store.path(name).is_file()
    )
    files = [path for path in data.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {"megabytes": round(sum(each.stat().st_size for each in files) / 1e6, 2), "rows": rows, "vintages": vintages}


def timed(root: Path, *arguments: str) -> float:
    """Return the seconds of one command in a checkout."""
    begun = time.perf_counter()
    subprocess.run(
        [str(Path(sys.executable).with_name("gegenprobe")), *arguments], cwd=root, check=True,
        capture_output=True, env={**os.environ, "GEGENPROBE_ROOT": str(root)},
    )  # fmt: skip
    return round(time.perf_counter() - begun, 2)


def main() -> None:
    """Copy the checkout, let a year go by, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=52)
    count = parser.parse_args().weeks
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "book"
        skipped = shutil.ignore_patterns(".*", "_build", "chapters", "generated", "__pycache__", "tests", "src")
        shutil.copytree(ROOT, root, ignore=skipped)
        before = {"store": size(root / "data"), "check": timed(root, "check", "--json"), "build": timed(root, "build")}
        seconds, added, revised, failed, flips = [], 0, 0, {}, 0
        for today, report, took in weeks(root / "data", Path(folder), count):
            seconds.append(round(took, 2))
            added += sum(each.added for each in report.outcomes)
            revised += sum(each.revised for each in report.outcomes)
            flips += len(report.flips)
            for each in report.of("failed"):
                failed.setdefault(each.series, f"{today:%Y-%m-%d}: {each.reason}")
            print(f"{today:%Y-%m-%d} {took:.1f} s", file=sys.stderr, flush=True)
        after = {"store": size(root / "data"), "check": timed(root, "check", "--json"), "build": timed(root, "build")}
    found = {
        "machine": {"processors": os.cpu_count(), "python": platform.python_version(), "pandas": pd.__version__},
        "weeks": count, "first": FIRST,
        "observations added": added, "observations revised": revised, "verdicts flipped": flips,
        "series that failed": failed,
        "store": {"before": before["store"], "after": after["store"]},
        "refresh, seconds": {
            "first four": seconds[:4], "last four": seconds[-4:], "all": round(sum(seconds), 1),
        },
        "check, seconds": {"before": before["check"], "after": after["check"]},
        "whole build, seconds": {"before": before["build"], "after": after["build"]},
        "load average": round(os.getloadavg()[0], 1),
    }  # fmt: skip
    print(json.dumps(found, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
