"""The rows of a data frame as a Vega-Lite specification carries them.

The text is the one Altair would make; but Altair makes a frame of each column again and again on its way there.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

MOST_ROWS = 5000
_PLAIN = {str, int, float, bool, type(None)}


def dataset(frame: pd.DataFrame) -> tuple[str, list[dict[str, Any]]]:
    """Return the name and the rows of a data set, as Altair makes them of a data frame."""
    made = rows(frame)
    text = json.dumps(made, sort_keys=True)
    return f"data-{hashlib.sha256(text.encode()).hexdigest()[:32]}", made


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one dictionary a row: days as text, what is no number as nothing."""
    columns = [_values(column) for _, column in frame.items()]
    if len(frame) > MOST_ROWS or any(each is None for each in columns):
        return alt.default_data_transformer(frame, max_rows=MOST_ROWS)["values"]
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pd.Series) -> list[Any] | None:
    """Return a column as JSON has it; none where only Altair knows how."""
    if isinstance(column.dtype, pd.StringDtype):
        return [each if isinstance(each, str) else None for each in column.to_numpy()]
    if not isinstance(column.dtype, np.dtype):
        return None
    values = column.to_numpy()
    match values.dtype.kind:
        case "f":
            return np.where(np.isfinite(values), values, None).tolist()
        case "i" | "b":
            return values.tolist()
        case "M":
            days = values.astype("datetime64[D]")
            if (days == values).all():  # not so where one is missing
                return [f"{each}T00:00:00" for each in np.datetime_as_string(days).tolist()]
            if not np.isnat(values).any():
                return [each.isoformat() for each in column]
        case "O" if {*map(type, values)} <= _PLAIN:
            return [None if each != each else each for each in values]
    return None
