"""Finished cases, kept by the hash of their inputs in one SQLite file: whatever ends a sweep, what is done stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from gegenprobe.errors import InputError
from gegenprobe.sweep.parts import Part, names, pack

FILE = "cases.sqlite"
_AT_ONCE = 500  # variables in one question; SQLite's old limit is 999
_TABLE = """
create table if not exists parts (
    inputs text, as_of text, tolerances text, verdicts text, packed blob, primary key (inputs, as_of, tolerances)
)
"""


class Kept:
    """The cases under one folder; safe against being stopped: a job's cases come in together or not at all.

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

    def there(self, inputs: Iterable[str]) -> dict[tuple[str, str], set[str]]:
        """Return the tolerances kept for any of these hashes, by hash and day; cases that failed do not count."""
        found: dict[tuple[str, str], set[str]] = {}
        wanted = sorted(set(inputs))
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            question = f"select inputs, as_of, tolerances, verdicts from parts where inputs in ({marks})"
            for digest, day, tolerances, verdicts in self._base.execute(question, some):
                judged = zip(tolerances.split(","), verdicts.split(","), strict=True)
                found.setdefault((digest, day), set()).update(each for each, verdict in judged if verdict)
        return found

    def add(self, parts: Iterable[Part]) -> None:
        """Keep these cases, in place of earlier ones with the same inputs, day and tolerances."""
        try:
            with self._base:
                self._base.executemany("insert or replace into parts values (?, ?, ?, ?, ?)", parts)
        except sqlite3.OperationalError as error:
            raise InputError(f"{self.path}: cannot be written ({error})") from None

    def part(self, inputs: str, as_of: str, tolerances: tuple[float, ...]) -> Part:
        """Return the cases of one day in the order of these tolerances.

        Raises
        ------
        InputError
            If some are gone: whoever shares the folder dropped them.
        """
        question = "select * from parts where inputs = ? and as_of = ? order by rowid"
        held = [Part(*row) for row in self._base.execute(question, (inputs, as_of))]
        wanted = names(tolerances)
        if len(held) == 1 and held[0].tolerances == wanted:
            return held[0]
        cases = {case[0]: case for each in held for case in each.cases}  # of two, the later one: it was tried again
        try:
            _, verdicts, lines = zip(*(cases[name] for name in wanted.split(",")), strict=True)
        except KeyError:
            raise InputError(f"{self.path}: cases were removed while a sweep ran; start it again") from None
        return Part(inputs, as_of, wanted, ",".join(verdicts), pack(lines))

    def forget(self) -> None:
        """Drop everything."""
        with self._base:
            self._base.execute("delete from parts")
