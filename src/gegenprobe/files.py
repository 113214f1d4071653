"""Files of observations and the small tables beside them: what they must look like before anything is made of them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd

from gegenprobe.catalogue import Entry
from gegenprobe.days import day_of_our_time, plain_day
from gegenprobe.errors import InputError
from gegenprobe.reading import read_rows


def read_table(path: Path, index: str, needed: tuple[str, ...]) -> pd.DataFrame:
    """Read one of the small tables beside the observations, all of it as text."""
    header, rows = read_rows(path)
    missing = [column for column in (index, *needed) if column not in header]
    if missing or not rows:
        what = f"column {missing[0]} is missing" if missing else "it has no rows"
        raise InputError(f"{path}: {what}; restore it from git")
    frame = pd.DataFrame([cells for _, cells in rows], columns=header, dtype=str)
    if not frame[index].is_unique:
        raise InputError(f"{path}: {frame[index][frame[index].duplicated()].iloc[0]} stands twice")
    return frame.set_index(index)


def read_days(texts: pd.Series, path: Path) -> pd.Series:
    """Turn a column of days of our time into timestamps; empty cells are NaT."""
    try:
        days = [day_of_our_time(text) if text else pd.NaT for text in texts]
    except ValueError as error:
        raise InputError(f"{path}: {texts.name} is not a day ({error})") from None
    return pd.Series(pd.DatetimeIndex(days).as_unit("us"), index=texts.index)


def read_flags(texts: pd.Series, path: Path, yes: str, no: str) -> pd.Series:
    """Turn a column of two words into booleans; an empty cell is a no, a third word is an error."""
    odd = texts[~texts.isin([yes, no, ""])]
    if len(odd):
        raise InputError(f"{path}: {texts.name} of {odd.index[0]} is {odd.iloc[0]!r}, neither {yes} nor {no}")
    return texts == yes


_ROW = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2},[0-9]{4}-[0-9]{2}-[0-9]{2},-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_AREA = re.compile(r"[A-Z0-9]{2,8},")


def parse(content: bytes, entry: Entry, trusted: bool = False) -> pd.DataFrame:
    """Turn the bytes of one csv file into columns ``area``, ``date``, ``known_since``, ``value``.

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
    columns = ["date", "known_since", "value"]
    if entry.panel:
        columns.insert(0, "area")
    text = content.decode("utf-8")
    header = text.partition("\n")[0]
    if header != ",".join(columns):
        raise ValueError(f"the first line is {header[:60]!r}, not {','.join(columns)!r}")
    if not trusted:
        _look_at_rows(text, entry)
    days = ["date", "known_since"]
    frame = pd.read_csv(
        io.StringIO(text), dtype={"area": str, "value": float}, parse_dates=days, date_format="%Y-%m-%d",
        keep_default_na=False,
    )  # fmt: skip
    for column in days:
        if not pd.api.types.is_datetime64_dtype(frame[column]):  # a day that is none leaves the column as text
            frame[column] = [plain_day(str(text)) for text in frame[column]]
    if not entry.panel:
        frame.insert(0, "area", "")
    return frame


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
