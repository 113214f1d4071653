"""``gegenprobe seal``: record a hand-edited file of observations in the provenance."""

from __future__ import annotations

import csv
import hashlib
import io

from gegenprobe.door import inspect
from gegenprobe.errors import InputError
from gegenprobe.files import parse
from gegenprobe.grow import PROVENANCE
from gegenprobe.journal import alone, commit
from gegenprobe.observations import Store
from gegenprobe.paths import project_root
from gegenprobe.reading import read_plain, read_rows


def run(names: list[str]) -> None:
    """Check files at the door and record their hash, number of rows and dates.

    Raises
    ------
    InputError
        If a series is unknown or its file is missing or broken; nothing is recorded then.
    """
    folder = project_root() / "data"
    with alone(folder):  # a refresh writes the same table
        changed = _record(Store(folder), names)
    print(f"recorded: {', '.join(changed)}" if changed else "nothing to record: every file is as recorded")


def _record(store: Store, names: list[str]) -> list[str]:
    columns, rows = read_rows(store.folder / PROVENANCE)
    by_name = {row["series"]: row for row in (dict(zip(columns, cells, strict=True)) for _, cells in rows)}
    changed = []
    for series in names or list(store.catalogue.series):
        entry = store.catalogue[series]
        try:
            content = read_plain(store.path(series))
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
        row = by_name.setdefault(series, dict.fromkeys(columns, "") | {"series": series})
        if row["sha256"] != found["sha256"]:
            row.update(found)
            changed.append(series)
    if changed:
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, fieldnames=columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(by_name[name] for name in sorted(by_name))
        commit(store.folder, {PROVENANCE: stream.getvalue().encode()})
    return changed
