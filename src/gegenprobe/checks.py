"""``data/checked.csv``: the day on which each series was last asked for with success, whether or not it had news.

Without it "the source stopped" and "we stopped looking" would look the same.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from gegenprobe.errors import InputError

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
    try:
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    if not lines or lines[0] != _HEADER:
        raise InputError(f"{path}: the first line must be {','.join(_HEADER)}")
    found: dict[str, pd.Timestamp] = {}
    for at, cells in enumerate(lines[1:], start=2):
        try:
            series, day = cells
            found[series] = pd.to_datetime(day, format="%Y-%m-%d")
        except ValueError:
            raise InputError(f"{path} line {at}: not a series and a day") from None
    return found


def written(checks: dict[str, pd.Timestamp]) -> bytes:
    """Return the file's content for these checks."""
    lines = [",".join(_HEADER), *(f"{series},{checks[series]:%Y-%m-%d}" for series in sorted(checks))]
    return ("\n".join(lines) + "\n").encode()
