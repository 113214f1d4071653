"""Documented events that decide what no series can."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gegenprobe.days import day_of_our_time
from gegenprobe.errors import InputError
from gegenprobe.reading import read_rows

COLUMNS = (
    "fact_id", "topic", "event_date", "known_since", "statement", "value", "units", "source", "address", "confidence",
)  # fmt: skip
CONFIDENCE = ("official", "page", "derived")


@dataclass(frozen=True)
class Fact:
    """One documented event, in our own words.

    ``confidence`` is ``official`` (the deciding body's own page), ``page`` (a page that reports it) or ``derived``
    (worked out from such pages). ``value`` is in ``units``; both may be absent.
    """

    fact_id: str
    topic: str
    event_date: pd.Timestamp | None
    known_since: pd.Timestamp
    statement: str
    value: float | None
    units: str
    source: str
    address: str
    confidence: str


def read_facts(path: Path) -> dict[str, Fact]:
    """Read ``facts.csv`` into a mapping by id.

    Raises
    ------
    InputError
        One line naming file, row and column.
    """
    header, rows = read_rows(path)
    if tuple(header) != COLUMNS:
        raise InputError(f"{path}: the first line must be {','.join(COLUMNS)}")
    facts: dict[str, Fact] = {}
    for line, cells in rows:
        fact = _fact(dict(zip(COLUMNS, cells, strict=True)), f"{path} line {line}")
        if fact.fact_id in facts:
            raise InputError(f"{path} line {line}: {fact.fact_id} stands twice")
        facts[fact.fact_id] = fact
    return facts


def _fact(row: dict[str, str], where: str) -> Fact:
    column = "fact_id"
    try:
        if not row["fact_id"]:
            raise ValueError("empty")
        column = "value"
        value = float(row["value"]) if row["value"] else None
        if value is not None and not math.isfinite(value):
            raise ValueError("not a finite number")
        column = "event_date"
        event = day_of_our_time(row["event_date"]) if row["event_date"] else None
        column = "known_since"
        known = day_of_our_time(row["known_since"])
        column = "confidence"
        if row["confidence"] not in CONFIDENCE:
            raise ValueError(f"one of {', '.join(CONFIDENCE)}")
    except ValueError as error:
        raise InputError(f"{where}: {column} {row[column]!r} is not valid ({error})") from None
    return Fact(**{**row, "value": value, "event_date": event, "known_since": known})
