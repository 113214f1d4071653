"""The store as known on a day, and what it makes of files that are not what they should be."""

import datetime as dt
import os
import random
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegenprobe.catalogue import read_catalogue
from gegenprobe.errors import InputError, NoData
from gegenprobe.observations import Store, View, as_day
from project import seal, write_project

ROWS = [
    ("2024-10-01", "2025-02-17", 0.7),
    ("2025-01-01", "2025-05-16", -0.2),
    ("2025-01-01", "2025-06-09", 0.0),
    ("2025-04-01", "2025-08-15", 0.3),
    ("2025-04-01", "2025-09-08", 0.5),
]


def reading(store, day, series="S", area=""):
    return {f"{date:%Y-%m-%d}": value for date, value in store.as_of(day).series(series, area).items()}


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2025-02-17", {"2024-10-01": 0.7}),
        ("2025-05-15", {"2024-10-01": 0.7}),
        ("2025-05-16", {"2024-10-01": 0.7, "2025-01-01": -0.2}),
        ("2025-06-08", {"2024-10-01": 0.7, "2025-01-01": -0.2}),
        ("2025-06-09", {"2024-10-01": 0.7, "2025-01-01": 0.0}),
        ("2025-08-31", {"2024-10-01": 0.7, "2025-01-01": 0.0, "2025-04-01": 0.3}),
        ("latest", {"2024-10-01": 0.7, "2025-01-01": 0.0, "2025-04-01": 0.5}),
        ("2999-01-01", {"2024-10-01": 0.7, "2025-01-01": 0.0, "2025-04-01": 0.5}),
    ],
)
def test_a_reading_is_what_was_known_on_the_day(small_store, day, known):
    assert reading(small_store(series={"S": ROWS}), day) == known


def test_days_read_in_any_order_give_what_each_gives_alone(small_store):
    store = small_store(series={"S": ROWS})
    days = sorted({known_since for _, known_since, _ in ROWS})
    alone = {day: reading(Store(store.folder), day) for day in days}
    for day in [*days, *reversed(days), days[-1], days[0], days[-1]]:
        view = View(store, pd.Timestamp(day))
        assert {f"{date:%Y-%m-%d}": value for date, value in view.series("S").items()} == alone[day]


def test_all_vintages_known_by_a_day(small_store):
    known = small_store(series={"S": ROWS}).as_of("2025-06-09").vintages("S")
    assert list(known.columns) == ["date", "known_since", "value"]
    assert known["value"].tolist() == [0.7, -0.2, 0.0]


def test_increments_are_added_up_to_the_day(small_store):
    rows = [("2025-06-02", "2025-06-02", 10), ("2025-06-02", "2025-06-05", 5), ("2025-06-02", "2025-06-20", -2)]
    store = small_store(series={"S": rows}, entries={"S": {"combine": "sum"}})
    assert reading(store, "2025-06-04") == {"2025-06-02": 10}
    assert reading(store, "2025-06-05") == {"2025-06-02": 15}
    assert reading(store, "latest") == {"2025-06-02": 13}


def test_a_panel_keeps_its_gaps_and_its_areas_apart(small_store):
    rows = [
        ("AAA", "2024-01-01", "2025-01-01", 1), ("AAA", "2025-01-01", "2026-01-01", 2),
        ("BBB", "2024-01-01", "2025-01-01", 3), ("CCC", "2024-01-01", "2026-01-01", 4),
    ]  # fmt: skip
    store = small_store(series={"P": rows})
    now, then = store.as_of("latest"), store.as_of("2025-06-12")
    assert then.areas("P") == ["AAA", "BBB"]
    assert now.areas("P") == ["AAA", "BBB", "CCC"]
    panel = now.panel("P")
    assert panel.loc["2025-01-01"].isna().tolist() == [False, True, True]
    assert panel.loc["2024-01-01"].tolist() == [1, 3, 4]
    assert now.newest("P") == pd.Timestamp("2025-01-01")
    assert now.newest("P", "BBB") == pd.Timestamp("2024-01-01")
    with pytest.raises(NoData, match="P is a panel: name an area"):
        now.series("P")
    with pytest.raises(NoData, match="P has no area ZZZ"):
        now.series("P", "ZZZ")
    with pytest.raises(NoData, match="nothing of P CCC was known on 2025-06-12"):
        then.series("P", "CCC")


def test_a_reader_cannot_change_the_store(small_store):
    view = small_store(series={"S": ROWS}).as_of("latest")
    values, vintages = view.series("S"), view.vintages("S")
    values.iloc[0] = 99
    vintages.loc[0, "value"] = 99
    assert view.series("S").iloc[0] == 0.7
    assert view.store.rows("S")[""].value[0] == 0.7


def test_pseudo_real_time_is_an_earlier_day_of_a_series_held_in_one_vintage(small_store):
    bases = {"A": "latest-only", "B": "observed-vintages", "C": "never-revised"}
    store = small_store(series=dict.fromkeys(bases, ROWS), entries={k: {"vintage_basis": v} for k, v in bases.items()})
    assert [store.as_of("2025-06-12").is_pseudo_real_time(each) for each in bases] == [True, False, False]
    assert not any(store.as_of("latest").is_pseudo_real_time(each) for each in bases)


def test_a_day_before_the_first_observation_is_refused(small_store):
    store = small_store(series={"S": ROWS})
    with pytest.raises(InputError, match="2025-02-16 lies before the first observation"):
        store.as_of("2025-02-16")


@pytest.mark.parametrize(
    "text", ["", "today", "now", "20250612", "2025-6-12", "2025-W24-4", "2025-02-30", "12.6.2025", "2025-06-12 "]
)
def test_a_day_is_written_in_one_way(text):
    with pytest.raises(InputError, match="is not a date"):
        as_day(text)


def test_a_day_may_be_a_date():
    assert as_day(dt.date(2024, 2, 29)) == as_day("2024-02-29") == pd.Timestamp(2024, 2, 29)


def test_facts_are_known_from_their_day_on(small_store):
    store = small_store(series={"S": ROWS}, facts=[{"fact_id": "f-1", "known_since": "2025-06-13"}])
    assert store.as_of("2025-06-13").fact("f-1").statement == "Something happened"
    with pytest.raises(NoData, match="f-1 became public on 2025-06-13, after 2025-06-12"):
        store.as_of("2025-06-12").fact("f-1")
    with pytest.raises(InputError, match="unknown fact 'f-2'"):
        store.as_of("latest").fact("f-2")


HEADER = b"date,known_since,value\n"
GOOD = b"2025-01-01,2025-02-01,1.5\n2025-02-01,2025-03-01,2.5\n"
BROKEN = {
    "empty": b"",
    "header only": HEADER,
    "no header": GOOD,
    "cut in a row": HEADER + GOOD[:-9],
    "cut in a number": HEADER + GOOD[:-2],
    "swapped columns": b"known_since,date,value\n2025-02-01,2025-01-01,1.5\n",
    "swapped names only": b"date,value,known_since\n2025-01-01,1.5,2025-02-01\n",
    "values where days should be": HEADER + b"1.5,2025-01-01,2025-02-01\n",
    "byte order mark": b"\xef\xbb\xbf" + HEADER + GOOD,
    "carriage returns": (HEADER + GOOD).replace(b"\n", b"\r\n"),
    "one carriage return": HEADER + GOOD.replace(b"1.5\n", b"1.5\r\n"),
    "old line ends": (HEADER + GOOD).replace(b"\n", b"\r"),
    "utf-16": (HEADER + GOOD).decode().encode("utf-16"),
    "latin-1": HEADER + "2025-01-01,2025-02-01,1.5\xe4\n".encode("latin-1"),
    "zeros": HEADER + b"\x00" * 40 + b"\n",
    "zeros in a number": HEADER + b"2025-01-01,2025-02-01,1\x005\n",
    "not a number": HEADER + b"2025-01-01,2025-02-01,NaN\n",
    "infinite": HEADER + b"2025-01-01,2025-02-01,inf\n",
    "minus infinite": HEADER + b"2025-01-01,2025-02-01,-Infinity\n",
    "too large to hold": HEADER + b"2025-01-01,2025-02-01,1e400\n",
    "1e308": HEADER + b"2025-01-01,2025-02-01,1e308\n",
    "just above the range": HEADER + b"2025-01-01,2025-02-01,1000.01\n",
    "far below the range": HEADER + b"2025-01-01,2025-02-01,-100000\n",
    "blank value": HEADER + b"2025-01-01,2025-02-01,\n",
    "dot of FRED": HEADER + b"2025-01-01,2025-02-01,.\n",
    "decimal comma": HEADER + b"2025-01-01,2025-02-01,1,5\n",
    "decimal comma in quotes": HEADER + b'2025-01-01,2025-02-01,"1,5"\n',
    "thousands": HEADER + b"2025-01-01,2025-02-01,1_000\n",
    "hexadecimal": HEADER + b"2025-01-01,2025-02-01,0x10\n",
    "word": HEADER + b"2025-01-01,2025-02-01,true\n",
    "spaces": HEADER + b"2025-01-01,2025-02-01, 1.5\n",
    "Arabic digits": HEADER + "2025-01-01,2025-02-01,١\n".encode(),
    "one column too many": HEADER + b"2025-01-01,2025-02-01,1.5,2.5\n",
    "one column too few": HEADER + b"2025-01-01,2025-02-01\n",
    "days as columns of a panel": b"area,date,known_since,value\nAAA,2025-01-01,2025-02-01,1.5\n",
    "blank line": HEADER + b"2025-01-01,2025-02-01,1.5\n\n2025-02-01,2025-03-01,2.5\n",
    "comment": HEADER + b"# note\n" + GOOD,
    "merge conflict": HEADER + b"<<<<<<< HEAD\n" + GOOD,
    "web page": b"<!DOCTYPE html><html>Too many requests</html>\n",
    "pointer": b"version https://git-lfs.github.com/spec/v1\n",
    "no day": HEADER + b",2025-02-01,1.5\n",
    "no day known": HEADER + b"2025-01-01,,1.5\n",
    "today": HEADER + b"today,2025-02-01,1.5\n",
    "now": HEADER + b"2025-01-01,now,1.5\n",
    "NaT": HEADER + b"NaT,2025-02-01,1.5\n",
    "short day": HEADER + b"2025-1-1,2025-02-01,1.5\n",
    "German day": HEADER + b"01.01.2025,2025-02-01,1.5\n",
    "time of day": HEADER + b"2025-01-01T12:00:00,2025-02-01,1.5\n",
    "30 February": HEADER + b"2025-02-30,2025-03-01,1.5\n",
    "29 February of a common year": HEADER + b"2025-02-29,2025-03-01,1.5\n",
    "year 1": HEADER + b"0001-01-01,2025-02-01,1.5\n",
    "year 9999": HEADER + b"2025-01-01,9999-12-31,1.5\n",
    "unsorted": HEADER + b"2025-02-01,2025-03-01,2.5\n2025-01-01,2025-02-01,1.5\n",
    "unsorted vintages": HEADER + b"2025-01-01,2025-03-01,2.5\n2025-01-01,2025-02-01,1.5\n",
    "row twice": HEADER + b"2025-01-01,2025-02-01,1.5\n2025-01-01,2025-02-01,1.5\n",
    "two values at once": HEADER + b"2025-01-01,2025-02-01,1.5\n2025-01-01,2025-02-01,2.5\n",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_no_data_in_one_line_that_names_it(tmp_path, content):
    store = Store(write_project(tmp_path, series={"S": ROWS, "T": ROWS}))
    (store.folder / "observations" / "S.csv").write_bytes(content)
    view = store.as_of("latest")
    for _ in range(2):  # the second time from memory
        with pytest.raises(NoData) as refusal:
            view.series("S")
        text = str(refusal.value)
        assert text.startswith("S: data/observations/S.csv is broken (")
        assert "\n" not in text
        assert len(text) < 260
        assert text.isprintable()
    assert len(view.series("T")) == 3


PANEL_BROKEN = {
    "no area": b"date,known_since,value\n2025-01-01,2025-02-01,1\n",
    "blank area": b"area,date,known_since,value\n,2025-01-01,2025-02-01,1\n",
    "small letters": b"area,date,known_since,value\naaa,2025-01-01,2025-02-01,1\n",
    "markup": b"area,date,known_since,value\n<script>,2025-01-01,2025-02-01,1\n",
    "areas unsorted": b"area,date,known_since,value\nBBB,2025-01-01,2025-02-01,1\nAAA,2025-01-01,2025-02-01,1\n",
}


@pytest.mark.parametrize("content", PANEL_BROKEN.values(), ids=PANEL_BROKEN)
def test_a_broken_panel_is_no_data(tmp_path, content):
    store = Store(write_project(tmp_path, series={"P": [("AAA", "2025-01-01", "2025-02-01", 1)], "T": ROWS}))
    (store.folder / "observations" / "P.csv").write_bytes(content)
    with pytest.raises(NoData, match=r"^P: data/observations/P\.csv is broken \("):
        store.as_of("latest").areas("P")


def test_a_missing_file_is_no_data(small_store):
    store = small_store(series={"S": ROWS, "T": ROWS})
    (store.folder / "observations" / "S.csv").unlink()
    with pytest.raises(NoData, match=r"^S: data/observations/S.csv is missing$"):
        store.as_of("latest").series("S")
    assert len(store.as_of("latest").series("T")) == 3


def test_a_changed_file_is_noticed_and_read_if_sound(small_store):
    store = small_store(series={"S": ROWS, "T": ROWS})
    path = store.folder / "observations" / "S.csv"
    path.write_text(path.read_text().replace("0.7", "0.8"))
    assert reading(store, "2025-02-17") == {"2024-10-01": 0.8}
    store.as_of("latest").series("T")
    assert store.unsealed == {"S"}
    assert store.read == {"S", "T"}


@pytest.mark.parametrize("target", ["elsewhere.csv", "/dev/zero", "pipe", "folder"])
def test_what_is_no_plain_file_of_the_folder_is_refused(small_store, target):
    store = small_store(series={"S": ROWS})
    path = store.folder / "observations" / "S.csv"
    if target == "elsewhere.csv":
        path.rename(store.folder / target)
        path.symlink_to(store.folder / target)
    else:
        path.unlink()
        match target:
            case "pipe":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case _:
                path.symlink_to(target)
    with pytest.raises(NoData, match="not a plain file of this folder"):
        store.as_of("latest").series("S")


OUTWARD = [
    "../../etc/passwd",
    "..", ".hidden", "/etc/passwd", "a/b", "a\\b", "", "S\n", "S\x00", "con:", "%2e%2e", "ä", 81 * "x",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTWARD)
def test_a_series_id_cannot_lead_out_of_the_folder(tmp_path, name):
    data = write_project(tmp_path, series={"S": ROWS})
    text = (data / "catalogue.yml").read_text()
    import json

    (data / "catalogue.yml").write_text(text.replace("  S:", f"  {json.dumps(name)}:"), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_catalogue(data / "catalogue.yml")
    assert str(refusal.value).startswith(str(data / "catalogue.yml"))
    with pytest.raises(InputError):
        Store(data).path(name)


@pytest.mark.parametrize(
    ("table", "content", "complaint"),
    [
        ("provenance.csv", b"", "column series is missing"),
        ("provenance.csv", b"series,rows\nS,3\n", "column sha256 is missing"),
        ("provenance.csv", b"\xff\xfe\x00", "cannot be read"),
        (
            "provenance.csv",
            b"series,sha256,first_known_since,newest_known_since\nS,x,now,now\n",
            "'now' is not written",
        ),
        ("provenance.csv", None, "no such file; restore it from git"),
        ("catalogue.yml", None, "no such file"),
        ("catalogue.yml", b"series: [", "not valid YAML"),
        ("catalogue.yml", b"series: {S: {title: x}}", "Field required"),
        ("catalogue.yml", b"", "valid dictionary"),
    ],
)
def test_a_broken_table_is_one_line_that_names_it(small_store, table, content, complaint):
    store = small_store(series={"S": ROWS})
    path = store.folder / table
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        Store(store.folder).as_of("latest").series("S")
    assert str(path) in str(refusal.value)
    assert complaint in str(refusal.value)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("f,t,2025-01-01,2025-01-01,s,abc,u,o,a,official", "line 2: value 'abc' is not valid"),
        ("f,t,2025-01-01,2025-01-01,s,nan,u,o,a,official", "line 2: value 'nan' is not valid"),
        ("f,t,2025-01-01,today,s,1,u,o,a,official", "line 2: known_since 'today' is not valid"),
        ("f,t,2025-01-01,,s,1,u,o,a,official", "line 2: known_since '' is not valid"),
        ("f,t,June 2025,2025-01-01,s,1,u,o,a,official", "line 2: event_date 'June 2025' is not valid"),
        ("f,t,2025-01-01,2025-01-01,s,1,u,o,a,hearsay", "line 2: confidence 'hearsay' is not valid"),
        (",t,2025-01-01,2025-01-01,s,1,u,o,a,official", "line 2: fact_id '' is not valid"),
        ("f,t,2025-01-01,2025-01-01,s,1,u,o,a,official,more", "line 2: 10 columns are needed"),
        ("f,t,2025-01-01,2025-01-01,s,1,u,o,a", "line 2: 10 columns are needed"),
    ],
)
def test_a_broken_fact_is_one_line_that_names_line_and_column(small_store, row, complaint):
    store = small_store(series={"S": ROWS})
    path = store.folder / "facts.csv"
    path.write_text(path.read_text() + row + "\n")
    with pytest.raises(InputError) as refusal:
        _ = store.facts
    assert f"{path} {complaint}" in str(refusal.value)


def test_a_fact_stands_once(small_store):
    fact = {"fact_id": "f-1", "known_since": "2025-06-13"}
    with pytest.raises(InputError, match="f-1 stands twice"):
        _ = small_store(series={"S": ROWS}, facts=[fact, fact]).facts


# --- properties ---------------------------------------------------------------------------------------------------

DAY = st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)).map(str)
VALUE = st.floats(-900, 900, allow_nan=False).map(lambda value: round(value, 3))
VINTAGES = st.dictionaries(st.tuples(DAY, DAY), VALUE, min_size=1, max_size=25)


def opened(folder: str, vintages) -> Store:
    return Store(write_project(Path(folder), series={"S": [(*key, value) for key, value in sorted(vintages.items())]}))


def plain_reading(vintages, day: str) -> dict[str, float]:
    """The same reading by a loop a child could follow."""
    known = {}
    for (date, since), value in sorted(vintages.items()):
        if since <= day:
            known[date] = value
    return known


def view_or_nothing(store, day) -> dict[str, float]:
    try:
        return reading(store, day)
    except (NoData, InputError):
        return {}


@settings(max_examples=40)
@given(VINTAGES, DAY)
def test_any_reading_equals_the_plain_one(vintages, day):
    with tempfile.TemporaryDirectory() as folder:
        assert view_or_nothing(opened(folder, vintages), day) == plain_reading(vintages, day)


@settings(max_examples=30)
@given(VINTAGES, DAY, st.dictionaries(DAY, VALUE, min_size=1, max_size=5))
def test_a_later_vintage_never_changes_an_earlier_view(vintages, day, more):
    later = str(dt.date.fromisoformat(day) + dt.timedelta(days=1))
    grown = {**vintages, **{(date, later): value for date, value in more.items() if (date, later) not in vintages}}
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        assert view_or_nothing(opened(one, vintages), day) == view_or_nothing(opened(two, grown), day)


@settings(max_examples=30)
@given(VINTAGES, st.randoms(use_true_random=False))
def test_rows_in_another_order_are_refused_or_read_alike(vintages, random_: random.Random):
    with tempfile.TemporaryDirectory() as folder:
        store = opened(folder, vintages)
        path = store.folder / "observations" / "S.csv"
        header, *rows = path.read_text().splitlines(keepends=True)
        shuffled = random_.sample(rows, len(rows))
        path.write_text(header + "".join(shuffled))
        if shuffled == rows:
            assert reading(store, "latest") == plain_reading(vintages, "9999")
        else:
            with pytest.raises(NoData, match="not sorted"):
                store.as_of("latest").series("S")


@settings(max_examples=30)
@given(VINTAGES)
def test_the_newest_view_holds_the_last_vintage_of_each_date(vintages):
    with tempfile.TemporaryDirectory() as folder:
        store = opened(folder, vintages)
        last = store.as_of("latest").vintages("S").groupby("date").last()["value"]
        pd.testing.assert_series_equal(store.as_of("latest").series("S"), last, check_names=False)


@settings(max_examples=30)
@given(VINTAGES, DAY, DAY)
def test_what_was_known_stays_known(vintages, one, two):
    early, late = sorted((one, two))
    with tempfile.TemporaryDirectory() as folder:
        store = opened(folder, vintages)
        assert view_or_nothing(store, early).keys() <= view_or_nothing(store, late).keys()


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.text(alphabet="0123456789-,.\n\r ea+\"'", max_size=200).map(str.encode))
def test_no_bytes_bring_a_traceback_or_a_value_out_of_range(content):
    with tempfile.TemporaryDirectory() as folder:
        store = opened(folder, {("2025-01-01", "2025-02-01"): 1.0})
        (store.folder / "observations" / "S.csv").write_bytes(HEADER + content)
        try:
            values = store.as_of("latest").series("S")
        except NoData:
            return
        assert values.between(-1000, 1000).all()
        assert len(values) == len(values.index.unique()) > 0


def test_a_hundred_thousand_rows_are_read_in_good_time(tmp_path):
    import time

    days = pd.date_range("1900-01-01", periods=70_000).strftime("%Y-%m-%d")
    data = write_project(tmp_path, series={"S": [(day, day, 1.0) for day in days]})
    start = time.process_time()
    assert len(Store(data).as_of("latest").series("S")) == 70_000
    assert time.process_time() - start < 3
    path = data / "observations" / "S.csv"
    path.write_text(path.read_text().replace(",1.0\n", ",1.5\n"))
    start = time.process_time()
    assert len(Store(data).as_of("latest").series("S")) == 70_000
    assert time.process_time() - start < 6
    seal(data)
    assert not Store(data).unsealed
