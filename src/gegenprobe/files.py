"""Files of observations: what they must look like before anything is made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gegenprobe.catalogue import Entry
from gegenprobe.days import plain_day

_ROW = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2},[0-9]{4}-[0-9]{2}-[0-9]{2},-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_AREA = re.compile(r"[A-Z0-9]{2,8},")


@dataclass(frozen=True)
class Columns:
    """The rows of one csv file, column by column, as they stand in it.

    Attributes
    ----------
    area : ndarray of str
        ``""`` throughout where the series has none.
    date, known_since : ndarray of datetime64[us]
    value : ndarray of float64
    """

    area: np.ndarray
    date: np.ndarray
    known_since: np.ndarray
    value: np.ndarray

    def frame(self) -> pd.DataFrame:
        """Return the same as a table of pandas, with these names."""
        return pd.DataFrame(
            {
                "area": pd.Series(self.area, dtype="str"), "date": self.date, "known_since": self.known_since,
                "value": self.value,
            }
        )  # fmt: skip


def read_columns(content: bytes, entry: Entry, trusted: bool = False) -> Columns:
    """Turn the bytes of one csv file into columns.

    The form is so narrow, without quotes and with days of one length, that splitting it is all the reading there is;
    a reader for every kind of csv takes three times as long.

    Parameters
    ----------
    content : bytes
        The whole file.
    entry : Entry
        What the catalogue says of the series.
    trusted : bool
        True for bytes that passed here before (their sha256 is on record): the form of each row is not looked at again.

    Raises
    ------
    ValueError
        If the header, a date or a number is not what it should be.
    """
    names = ["area", "date", "known_since", "value"] if entry.panel else ["date", "known_since", "value"]
    text = content.decode("utf-8")
    header, _, rows = text.partition("\n")
    if header != ",".join(names):
        raise ValueError(f"the first line is {header[:60]!r}, not {','.join(names)!r}")
    if not trusted:
        _look_at_rows(text, entry)
    cells = rows.replace("\n", ",").split(",")
    if cells.pop() or len(cells) % len(names):
        raise ValueError("the rows are not all of one length, or the last line has no end")
    *areas, dates, known_since, values = (cells[place :: len(names)] for place in range(len(names)))
    area = np.array(areas[0], dtype=np.str_) if areas else np.full(len(values), "")
    return Columns(area, _days(dates), _days(known_since), np.array([float(value) for value in values]))


def _days(texts: list[str]) -> np.ndarray:
    """Turn days into an array; numpy alone would also take ``2025`` or ``today`` for one."""
    try:
        days = np.array(texts, dtype="datetime64[us]")
    except ValueError:
        days = None
    if days is None or len("".join(texts)) != 10 * len(texts):
        days = np.array([plain_day(text).to_datetime64() for text in texts], dtype="datetime64[us]")
    return days


def parse(content: bytes, entry: Entry, trusted: bool = False) -> pd.DataFrame:
    """Return what `read_columns` does as a table: columns ``area``, ``date``, ``known_since``, ``value``."""
    return read_columns(content, entry, trusted).frame()


def _look_at_rows(text: str, entry: Entry) -> None:
    lines = text.split("\n")
    if lines[-1]:
        raise ValueError(f"the last line, {lines[-1][:60]!r}, has no end: the file is cut short")
    for place, line in enumerate(lines[1:-1], 2):
        start = 0
        if entry.panel:
            area = _AREA.match(line)
            start = area.end() if area else len(line)
        if not _ROW.fullmatch(line, start):
            raise ValueError(f"line {place} is {line[:60]!r}, not {'area,' * entry.panel}day,day,number")
