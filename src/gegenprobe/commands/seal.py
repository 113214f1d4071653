"""``gegenprobe seal``: record a hand-edited file of observations in the provenance."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from gegenprobe.door import inspect
from gegenprobe.errors import InputError
from gegenprobe.observations import Store, parse
from gegenprobe.paths import project_root


def run(names: list[str]) -> None:
    """Check files at the door and record their hash, number of rows and dates.

    Raises
    ------
    InputError
        If a series is unknown or its file is missing or broken; nothing is recorded then.
    """
    store = Store(project_root() / "data")
    path = store.folder / "provenance.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    by_name = {row["series"]: row for row in rows}
    changed = []
    for series in names or list(store.catalogue.series):
        entry = store.catalogue[series]
        try:
            content = store.path(series).read_bytes()
            frame = parse(content, entry)
            inspect(frame, entry)
        except (OSError, ValueError) as error:
            raise InputError(
                f"data/observations/{series}.csv: {' '.join(str(error).split())}; nothing was recorded"
            ) from None
        found = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "rows": str(len(frame)),
            "first": f"{frame['date'].min():%Y-%m-%d}",
            "newest": f"{frame['date'].max():%Y-%m-%d}",
            "first_known_since": f"{frame['known_since'].min():%Y-%m-%d}",
            "newest_known_since": f"{frame['known_since'].max():%Y-%m-%d}",
        }
        row = by_name.setdefault(series, dict.fromkeys(rows[0], "") | {"series": series})
        if row["sha256"] != found["sha256"]:
            row.update(found)
            changed.append(series)
    if changed:
        _write(path, [by_name[name] for name in sorted(by_name)])
    print(f"recorded: {', '.join(changed)}" if changed else "nothing to record: every file is as recorded")


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    part.replace(path)
