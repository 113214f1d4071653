"""The table behind a picture: enough rows to read, the csv for the rest."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from markupsafe import Markup

from gegenprobe.cards import templates
from gegenprobe.words import number

ROWS = 60
"""Rows a reader looks through; more would weigh on every reader of the page."""
_DIGITS = 3


@dataclass(frozen=True)
class Column:
    """A column's heading, whether it holds numbers, and with how many digits."""

    name: str
    numeric: bool
    digits: int


def data_table(text: str) -> Markup:
    """Return the table of a picture's csv as HTML, folded.

    Parameters
    ----------
    text : str
        The csv as published, with a header. Where it has dates, the newest rows are shown, newest first.
    """
    header, *rows = csv.reader(io.StringIO(text))
    shown, caption = _chosen(header, rows)
    columns = [_column(name, [row[place] for row in rows]) for place, name in enumerate(header)]
    cells = [[_cell(value, column) for value, column in zip(row, columns, strict=True)] for row in shown]
    told = templates().get_template("table.html").render(columns=columns, rows=cells, caption=caption, summary="")
    return Markup(told)


def _chosen(header: list[str], rows: list[list[str]]) -> tuple[list[list[str]], str]:
    if len(rows) <= ROWS:
        return rows, f"All {len(rows)} rows, as in the csv."
    total = number(len(rows), 0)
    if "date" in header:
        place = header.index("date")
        newest = sorted(rows, key=lambda row: row[place], reverse=True)[:ROWS]
        return newest, f"The newest {ROWS} of {total} rows; the csv has all."
    return rows[:ROWS], f"The first {ROWS} of {total} rows; the csv has all."


def _column(name: str, values: list[str]) -> Column:
    numbers = [_number(value) for value in values if value]
    heading = name.replace("_", " ")
    if not numbers or None in numbers:
        return Column(heading, False, 0)
    if all(each == int(each) and 1900 <= each <= 2100 for each in numbers):
        return Column(heading, False, 0)  # years: no mark between thousands
    longest = max(len(value.partition(".")[2]) if "e" not in value else _DIGITS for value in values)
    bears = 1 if max(map(abs, numbers)) >= 1000 else _DIGITS
    return Column(heading, True, min(longest, bears) if any(each % 1 for each in numbers) else 0)


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _cell(value: str, column: Column) -> str:
    if not column.numeric or not value:
        return value.removesuffix(".0") if value[:4].isdigit() else value
    return number(float(value), column.digits)
