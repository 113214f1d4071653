"""Every file of figures passes the door and is the one recorded."""

import csv
import hashlib
from pathlib import Path

import pytest

from gegenprobe.door import inspect
from gegenprobe.files import parse, read_columns
from gegenprobe.observations import Store

DATA = Path(__file__).resolve().parents[1] / "data"
STORE = Store(DATA)
FILES = sorted(path.stem for path in (DATA / "observations").glob("*.csv"))


def test_files_catalogue_and_provenance_name_the_same_series():
    assert FILES == sorted(STORE.catalogue.series) == sorted(STORE.provenance.index)
    assert len(FILES) >= 131
    assert not [path for path in (DATA / "observations").iterdir() if path.suffix != ".csv" or path.is_symlink()]


@pytest.mark.parametrize("series", FILES)
def test_a_file_passes_the_door_and_is_the_one_recorded(series):
    content = (DATA / "observations" / f"{series}.csv").read_bytes()
    entry = STORE.catalogue[series]
    frame = parse(content, entry)
    inspect(frame, entry)
    recorded = STORE.provenance.loc[series]
    with (DATA / "observations" / f"{series}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    dates = [row["date"] for row in rows]
    known = [row["known_since"] for row in rows]
    assert recorded["sha256"] == hashlib.sha256(content).hexdigest()
    assert int(recorded["rows"]) == len(rows) == len(frame)
    assert (recorded["first"], recorded["newest"]) == (min(dates), max(dates))
    assert (recorded["first_known_since"], recorded["newest_known_since"]) == (min(known), max(known))
    assert recorded["origin"]
    assert recorded["taken"] >= max(known)


def test_vintage_basis_says_what_the_files_hold():
    """A series said never to be revised holds one vintage a date."""
    for series in FILES:
        entry = STORE.catalogue[series]
        if entry.vintage_basis == "observed-vintages" or entry.combine == "sum":
            continue
        frame = parse((DATA / "observations" / f"{series}.csv").read_bytes(), entry, trusted=True)
        assert not frame.duplicated(["area", "date"]).any(), series


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"value": 1e9}, "value"),
        ({"value": float("nan")}, "value"),
        ({"value": float("inf")}, "value"),
        ({"date": "1899-12-31"}, "date"),
        ({"known_since": "2101-01-01"}, "known_since"),
        ({"area": "JPN"}, "area"),
    ],
)
def test_the_door_names_the_column(change, complaint):
    import pandas as pd

    entry = STORE.catalogue["DGS30"]
    frame = parse(b"date,known_since,value\n2025-01-02,2025-01-03,4.5\n", entry)
    for column, value in change.items():
        frame[column] = pd.Series([pd.Timestamp(value) if column in ("date", "known_since") else value])
    with pytest.raises(ValueError, match=f"^{complaint}: ") as refusal:
        inspect(frame, entry)
    assert "\n" not in str(refusal.value)


# --- columns -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("series", ["DGS30", "imf.weo.gross_debt"])
def test_columns_are_what_a_reader_of_csv_makes_of_the_file(series):
    import pandas as pd

    path, entry = DATA / "observations" / f"{series}.csv", STORE.catalogue[series]
    expected = pd.read_csv(path, dtype={"area": "str", "value": float}, parse_dates=["date", "known_since"])
    if not entry.panel:
        expected.insert(0, "area", pd.Series([""] * len(expected), dtype="str"))
    found = read_columns(path.read_bytes(), entry, trusted=True)
    pd.testing.assert_frame_equal(found.frame(), expected.astype(found.frame().dtypes), check_exact=True)


@pytest.mark.parametrize(
    "rows",
    [
        "2025,2025-01-03,4.5\n",
        "today,2025-01-03,4.5\n",
        "2025-02-30,2025-01-03,4.5\n",
        "NaT,2025-01-03,4.5\n",
        "2025-01-02,2025-01-03,4.5\n2025-01-03\n",
        "2025-01-02,2025-01-03,4.5,\n",
        "2025-01-02,2025-01-03,4.5",
        "2025-01-02,2025-01-03,\n",
        '2025-01-02,2025-01-03,"4.5"\n',
        "\n",
    ],
)
@pytest.mark.parametrize("trusted", [True, False])
def test_rows_of_another_form_make_no_columns(rows, trusted):
    with pytest.raises(ValueError, match=r"."):
        read_columns(f"date,known_since,value\n{rows}".encode(), STORE.catalogue["DGS30"], trusted)
