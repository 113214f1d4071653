"""A series' file with new rows put in their places, and the provenance that says so; nothing is written here."""

from __future__ import annotations

import csv
import hashlib
import io
from decimal import Decimal

import pandas as pd

from gegenprobe.door import inspect
from gegenprobe.files import parse
from gegenprobe.gates import Refused
from gegenprobe.observations import Store
from gegenprobe.reading import read_plain, read_rows

PROVENANCE = "provenance.csv"
LIVE_ORIGIN = "official source"


def grown(store: Store, series: str, rows: pd.DataFrame) -> tuple[bytes, pd.DataFrame]:
    """Return a series' file with the new rows put in their places; every line held stays as it is, byte for byte.

    Raises
    ------
    Refused
        If the file would not pass the store's own door.
    """
    entry = store.catalogue[series]
    header, *lines = as_recorded(store, series).decode("utf-8").splitlines()
    for row in rows.itertuples(index=False):
        cells = [f"{row.date:%Y-%m-%d}", f"{row.known_since:%Y-%m-%d}", number(row.value)]
        lines.append(",".join([row.area, *cells] if entry.panel else cells))
    keys = 3 if entry.panel else 2
    lines.sort(key=lambda line: line.split(",")[:keys])
    content = ("\n".join([header, *lines]) + "\n").encode()
    try:
        frame = parse(content, entry)
        inspect(frame, entry)
    except ValueError as error:
        raise Refused(f"the grown file is refused ({' '.join(str(error).split())})") from None
    return content, frame


def as_recorded(store: Store, series: str) -> bytes:
    """Return a series' file; asking takes minutes, in which somebody may have written to it.

    Raises
    ------
    Refused
        If it is not, or no longer, the one on record.
    """
    try:
        content = read_plain(store.path(series))
    except (OSError, ValueError):
        content = b""
    if hashlib.sha256(content).hexdigest() != store.seal(series):
        raise Refused(f"data/observations/{series}.csv was changed while the refresh ran")
    return content


def number(value: float) -> str:
    """Return a number as the store writes it: shortest form that reads back the same, no exponent, no ``.0``."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def provenance(store: Store, files: dict[str, bytes], frames: dict[str, pd.DataFrame], today: pd.Timestamp) -> bytes:
    """Return the provenance with the lines of the grown series brought up to date; every other line stays as it is."""
    columns, lines = read_rows(store.folder / PROVENANCE)
    rows = [dict(zip(columns, cells, strict=True)) for _, cells in lines]
    for row in rows:
        frame = frames.get(row["series"])
        if frame is None:
            continue
        row["sha256"] = hashlib.sha256(files[f"observations/{row['series']}.csv"]).hexdigest()
        row["rows"] = str(len(frame))
        row["first"], row["newest"] = (f"{day:%Y-%m-%d}" for day in (frame["date"].min(), frame["date"].max()))
        known = frame["known_since"]
        row["first_known_since"], row["newest_known_since"] = (f"{day:%Y-%m-%d}" for day in (known.min(), known.max()))
        row["taken"] = f"{today:%Y-%m-%d}"
        if LIVE_ORIGIN not in row["origin"]:
            source = store.catalogue[row["series"]].source
            row["origin"] += f"; from {today:%Y-%m-%d} on the {LIVE_ORIGIN} ({source})"
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()
