"""The door: what a file of observations must be before anything is read from it (pandera)."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from gegenprobe.catalogue import Entry
from gegenprobe.days import FIRST, LAST


def schema(entry: Entry) -> pa.DataFrameSchema:
    """Return the schema of one series: complete, plausible, sorted, unique, known not before it could be."""
    low, high = entry.plausible
    return pa.DataFrameSchema(
        {
            "area": pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{2,8}$" if entry.panel else r"^$")),
            "date": pa.Column("datetime64", coerce=False, checks=_DATES, nullable=False),
            "known_since": pa.Column("datetime64", coerce=False, checks=_DATES, nullable=False),
            "value": pa.Column(float, pa.Check.in_range(low, high), nullable=False),
        },
        checks=[
            pa.Check(lambda frame: len(frame) > 0, error="no rows"),
            pa.Check(_sorted, error="rows are not sorted, or one stands twice"),
        ],
        strict=True,
        ordered=True,
    )


def inspect(frame: pd.DataFrame, entry: Entry) -> None:
    """Check the rows of one series.

    Raises
    ------
    ValueError
        The first thing that is wrong, in one line.
    """
    try:
        schema(entry).validate(frame)
    except pa.errors.SchemaError as error:
        raise ValueError(_complaint(error)) from None


def _complaint(error: pa.errors.SchemaError) -> str:
    cases = getattr(error, "failure_cases", None)
    shown = ""
    if isinstance(cases, pd.DataFrame) and "failure_case" in cases and len(cases):
        first = cases.iloc[0]
        shown = f", first {first['failure_case']!r} in row {first.get('index')}"
    check = getattr(error.check, "error", None) or getattr(error.check, "name", None) or error.reason_code
    return f"{getattr(error.schema, 'name', None) or 'file'}: {check}{shown}"


def _sorted(frame: pd.DataFrame) -> bool:
    keys = pd.MultiIndex.from_frame(frame[["area", "date", "known_since"]])
    return bool(keys.is_monotonic_increasing and keys.is_unique)


_DATES = pa.Check.in_range(FIRST, LAST)
