"""From what a source sends to tidy rows; whatever is not as expected is said, never guessed."""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import pandas as pd

from gegenprobe.sources import SourceError
from gegenprobe.sources.web import quoted

MOST_ROWS = 200_000
"""Rows an answer may have; the longest honest one, all baselines of CBO, has a tenth of it."""
_TYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["']|us-ascii["'])""", re.IGNORECASE)
COLUMNS = ["area", "date", "known_since", "value"]


def rows(found: Iterable[tuple[str, pd.Timestamp, pd.Timestamp | None, float]]) -> pd.DataFrame:
    """Return tuples of area, date, vintage (or None) and value as a frame.

    Raises
    ------
    SourceError
        If there is none.
    """
    frame = pd.DataFrame(list(itertools.islice(found, MOST_ROWS + 1)), columns=COLUMNS)
    if frame.empty:
        raise SourceError("the answer holds no rows")
    not_too_many(len(frame))
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[us]")
    frame["known_since"] = pd.to_datetime(frame["known_since"]).astype("datetime64[us]")
    frame["value"] = frame["value"].astype(float)
    return frame


def not_too_many(count: int) -> None:
    """Check a number of rows.

    Raises
    ------
    SourceError
        If no honest answer has so many: reading them would take minutes.
    """
    if count > MOST_ROWS:
        raise SourceError(f"the answer holds more than {MOST_ROWS} rows")


def plain_xml(body: bytes, where: str) -> bytes:
    """Return an XML body as it came, if it defines nothing: entities grow without bound and name files of ours.

    Raises
    ------
    SourceError
        For a document type, or an encoding in which one could hide.
    """
    if _TYPE.search(body) or _ENCODING.search(body) or b"\x00" in body:
        raise SourceError(f"{where} answered with XML that has a document type, or is not in UTF-8")
    return body


def nothing_new() -> pd.DataFrame:
    """Return a frame without rows: the source says in so many words that it has nothing newer."""
    return pd.DataFrame({"area": [], "date": [], "known_since": [], "value": []}).astype(
        {"area": str, "date": "datetime64[us]", "known_since": "datetime64[us]", "value": float}
    )


def plain(values: Iterable[tuple[pd.Timestamp, float]]) -> pd.DataFrame:
    """Return dates and values as a frame without areas or vintages."""
    return rows(("", date, None, value) for date, value in values)


def number(text: object, where: str) -> float:
    """Return a number given as a number or as text; anything else is an error that says where."""
    try:
        if isinstance(text, bool) or text is None:
            raise ValueError
        value = float(text.replace(",", "").strip() if isinstance(text, str) else text)
        if not math.isfinite(value):
            raise ValueError
    except (TypeError, ValueError):
        raise SourceError(f"{where}: {quoted(repr(text), 40)} is not a number") from None
    return value


def date(text: object, where: str, pattern: str = "%Y-%m-%d") -> pd.Timestamp:
    """Return a date written in one pattern; anything else is an error that says where."""
    try:
        return _day(str(text), pattern)
    except ValueError:
        raise SourceError(f"{where}: {quoted(repr(text), 40)} is not a date") from None


@lru_cache(maxsize=65_536)
def _day(text: str, pattern: str) -> pd.Timestamp:
    # A table of daily yields is read once a column, and each of its ten thousand days takes half a millisecond.
    return pd.Timestamp(pd.to_datetime(text, format=pattern))


def need(have: Iterable[str], wanted: Sequence[str], where: str) -> None:
    """Check that all columns or fields are there.

    Raises
    ------
    SourceError
        Naming the first one that is not: a renamed column must never read as missing values.
    """
    have = list(have)
    for name in wanted:
        if name not in have:
            raise SourceError(f"{where}: no column {name!r}; there are {quoted(', '.join(map(str, have)), 120)}")


def table(text: str, where: str, wanted: Sequence[str], *, delimiter: str = ",") -> list[dict[str, str]]:
    """Return the rows of a csv text whose first line names its columns; a line of another length is an error."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    header = next(reader, [])
    need(header, wanted, where)
    found = []
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(header):
            raise SourceError(f"{where} line {reader.line_num}: {len(cells)} cells in place of {len(header)}")
        found.append(dict(zip(header, cells, strict=True)))
        not_too_many(len(found))
    if not found:
        raise SourceError(f"{where}: a header and no rows")
    return found
