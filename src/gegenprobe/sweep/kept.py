"""Finished cases, kept by the hash of their inputs in one SQLite file: whatever ends a sweep, what is done stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from gegenprobe.errors import InputError
from gegenprobe.sweep.cases import Row

FILE = "cases.sqlite"
_AT_ONCE = 500  # variables in one question; SQLite's old limit is 999
_TABLE = """
create table if not exists cases (
    inputs text, as_of text, tolerance real, verdict text, measured real, period text, true_on text,
    pseudo_real_time integer, error text, primary key (inputs, as_of, tolerance)
) without rowid
"""


class Kept:
    """The cases under one folder; safe against being stopped: a job's rows come in together or not at all.

    Raises
    ------
    InputError
        If the folder cannot be written to, or the file there is no collection of cases.
    """

    def __init__(self, folder: Path):
        self.path = Path(folder) / FILE
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(self.path, timeout=30)
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = normal")
            self._base.execute(_TABLE)
            self._base.commit()
        except OSError as error:
            raise InputError(f"{self.path.parent}: cannot be made ({error.strerror})") from None
        except sqlite3.DatabaseError as error:
            raise InputError(f"{self.path}: cannot be used ({error}); remove it, or name another folder") from None

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_) -> None:
        self._base.close()

    def there(self, inputs: Iterable[str]) -> set[tuple[str, str, float]]:
        """Return inputs, day and tolerance of the cases kept for any of these hashes; failed ones do not count."""
        found: set[tuple[str, str, float]] = set()
        wanted = sorted(set(inputs))
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            question = f"select inputs, as_of, tolerance from cases where error = '' and inputs in ({marks})"
            found.update(self._base.execute(question, part))
        return found

    def add(self, rows: Iterable[Row]) -> None:
        """Keep these cases, in place of earlier ones with the same inputs, day and tolerance."""
        try:
            with self._base:
                self._base.executemany("insert or replace into cases values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        except sqlite3.OperationalError as error:
            raise InputError(f"{self.path}: cannot be written ({error})") from None

    def rows(self, inputs: str, as_of: str, tolerances: Iterable[float]) -> Iterator[Row]:
        """Yield the cases of one day, in the order of these tolerances; one that is not there is left out."""
        question = "select * from cases where inputs = ? and as_of = ?"
        held = {row[2]: row for row in self._base.execute(question, (inputs, as_of))}
        for tolerance in tolerances:
            if tolerance in held:
                *plain, pseudo_real_time, error = held[tolerance]
                yield Row(*plain, bool(pseudo_real_time), error)

    def forget(self) -> None:
        """Drop everything."""
        with self._base:
            self._base.execute("delete from cases")
