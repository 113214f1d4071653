"""``data/checked.csv``: the day on which each series was last asked for with success, whether or not it had news.

Without it "the source stopped" and "we stopped looking" would look the same.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gegenprobe.days import day_of_our_time
from gegenprobe.errors import InputError
from gegenprobe.reading import read_rows

FILE = "checked.csv"
_HEADER = ["series", "checked"]


def read_checks(folder: Path) -> dict[str, pd.Timestamp]:
    """Return the last successful check of each series; nothing before the first refresh.

    Raises
    ------
    InputError
        One line naming file and line.
    """
    path = folder / FILE
    if not (path.exists() or path.is_symlink()):
        return {}
    header, rows = read_rows(path)
    if header != _HEADER:
        raise InputError(f"{path}: the first line must be {','.join(_HEADER)}")
    found: dict[str, pd.Timestamp] = {}
    for line, (series, day) in rows:
        if series in found:
            raise InputError(f"{path} line {line}: {series} stands twice")
        try:
            found[series] = day_of_our_time(day)
        except ValueError:
            raise InputError(f"{path} line {line}: not a series and a day") from None
    return found


def written(checks: dict[str, pd.Timestamp]) -> bytes:
    """Return the file's content for these checks."""
    lines = [",".join(_HEADER), *(f"{series},{checks[series]:%Y-%m-%d}" for series in sorted(checks))]
    return ("\n".join(lines) + "\n").encode()
