"""What was tried against the book, and what came of it: counted from the registers beside the tests that try it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from gegenprobe.errors import InputError

COLUMNS = ("kind", "attack", "test", "outcome", "mended")
KINDS = ("figures", "sources", "writers", "pages", "supply", "long life")
OUTCOMES = ("survived", "mended", "not covered")
_FOLDER = Path("tests") / "hostile"


def registers(root: Path) -> list[Path]:
    """Return the registers of a checkout; none where the tests are not there."""
    return sorted((root / _FOLDER).glob("register-*.csv"))


def read_registers(root: Path) -> list[dict[str, str]]:
    """Return every attack of every register, kind by kind.

    Raises
    ------
    InputError
        For a register with other columns, or a row of a kind or an outcome that is none.
    """
    rows = []
    for path in registers(root):
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise InputError(f"{path}: the first line must be {','.join(COLUMNS)}")
            for row in reader:
                where = f"{path} line {reader.line_num}"
                if None in row or None in row.values():
                    raise InputError(f"{where}: {len(COLUMNS)} columns are needed, no more and no less")
                for column, allowed in (("kind", KINDS), ("outcome", OUTCOMES)):
                    if row[column] not in allowed:
                        raise InputError(f"{where}: {column} {row[column]!r} is none of {', '.join(allowed)}")
                rows.append(row)
    return sorted(rows, key=lambda row: KINDS.index(row["kind"]))


def attacks(root: Path) -> dict[str, Any]:
    """Return what the template of the section needs; nothing where there is no register."""
    rows = read_registers(root)
    if not rows:
        return {}
    kinds = [_counted(kind, [row for row in rows if row["kind"] == kind]) for kind in KINDS]
    return {"kinds": [each for each in kinds if each["rows"]], "all": _counted("all", rows)}


def _counted(kind: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    counts = {outcome.replace(" ", "_"): sum(row["outcome"] == outcome for row in rows) for outcome in OUTCOMES}
    return {"kind": kind, "rows": rows, "tried": len(rows) - counts["not_covered"], **counts}
