"""Cases as they are kept and written: those of one reading on one day, as lines of the table.

Whoever judges writes the lines too, so that the process that hands out the work has only to put them together.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from gegenprobe.findings import Finding

HEAD = ("claim", "chapter", "definition", "primary")
"""Columns that are the same for all cases of a reading, and no part of what is kept."""
COLUMNS = (
    *HEAD, "as_of", "tolerance", "verdict", "measured", "unit", "period", "true_on", "pseudo_real_time", "inputs",
    "error",
)  # fmt: skip
MOST_SAID = 1000
"""Characters of an error that go into the table."""


class Part(NamedTuple):
    """The cases of one reading on one day.

    Attributes
    ----------
    inputs : str
        The hash of all they rest on.
    as_of : str
        The day of knowledge.
    tolerances, verdicts : str
        One for each case, with commas between them; a case that failed has an empty verdict.
    packed : bytes
        One line for each case, `COLUMNS` without `HEAD`, a tenth of their size: they repeat themselves.
    """

    inputs: str
    as_of: str
    tolerances: str
    verdicts: str
    packed: bytes

    @property
    def size(self) -> int:
        """How many cases these are."""
        return self.verdicts.count(",") + 1

    @property
    def lines(self) -> str:
        """The lines of the cases, with line breaks between them."""
        return zlib.decompress(self.packed).decode()

    @property
    def cases(self) -> list[tuple[str, str, str]]:
        """Tolerance, verdict and line of each case."""
        return list(zip(self.tolerances.split(","), self.verdicts.split(","), self.lines.split("\n"), strict=True))

    @property
    def errors(self) -> list[str]:
        """What went wrong in each case that failed."""
        if ",," not in f",{self.verdicts},":
            return []
        return [next(csv.reader([line]))[-1] for _, verdict, line in self.cases if not verdict]


@lru_cache(maxsize=64)
def names(tolerances: tuple[float, ...]) -> str:
    """Return tolerances as a part names them."""
    return ",".join(map(repr, tolerances))


def pack(lines: Iterable[str]) -> bytes:
    """Return lines as a part holds them."""
    return zlib.compress("\n".join(lines).encode(), 2)


def part(
    inputs: str, as_of: str, tolerances: tuple[float, ...], unit: str, judged: Iterable[Finding | Exception]
) -> Part:
    """Return the cases of one day.

    Parameters
    ----------
    judged : iterable
        What each tolerance came to, in their order: a finding, or the exception that came instead.
    """
    unit = cells(unit)
    verdicts, lines = [], []
    last, figure, end = None, f",{unit},", f",False,{inputs},"
    for tolerance, found in zip(tolerances, judged, strict=False):
        if isinstance(found, Exception):
            verdicts.append("")
            what = cells(f"{type(found).__name__}: {found}"[:MOST_SAID])
            lines.append(f"{as_of},{tolerance:g},,,{unit},,,False,{inputs},{what}")
            continue
        if found.measurement is not last:  # the tolerances of a day share one measurement
            last = found.measurement
            figure = f",{unit}," if last is None else f"{float(last.value)!r},{unit},{_plain(last.date)}"
            end = f",{last is not None and last.pseudo_real_time},{inputs},"
        verdicts.append(found.verdict.value)
        lines.append(f"{as_of},{tolerance:g},{found.verdict.value},{figure},{_plain(found.true_on)}{end}")
    return Part(inputs, as_of, names(tolerances), ",".join(verdicts), pack(lines))


def cells(*texts: object) -> str:
    """Return cells of the table with commas between them, quoted where they must be, on one line."""
    line = io.StringIO()
    # An empty cell in front, for a line of one empty cell alone would be quoted.
    csv.writer(line, lineterminator="\n").writerow(["", *(" ".join(str(each).split()) for each in texts)])
    return line.getvalue()[1:-1]


@lru_cache(maxsize=1024)
def _plain(day: pd.Timestamp | None) -> str:
    return "" if day is None else f"{day:%Y-%m-%d}"
