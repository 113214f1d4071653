"""Attacks on the figures and the tables beside them: refused in one line, or noticed before anything is published."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegenprobe.checks import read_checks
from gegenprobe.claims import read_ledger
from gegenprobe.cli import main
from gegenprobe.errors import InputError, NoData
from gegenprobe.observations import Store
from gegenprobe.sources import read_addresses
from limits import within
from project import claim, definition, monthly, write_project

ROWS = monthly("2025-01-01", [4.0, 5.0, 5.2, 7.0])
BASELINES = (
    "baseline_date,known_since,spring_flag,winter_flag,first_fiscal_year,last_fiscal_year,components\n"
    "2025-01-01,2025-01-17,true,false,2025,2035,debt_public deficit\n"
)
READERS = {
    "catalogue.yml": lambda data: Store(data).catalogue,
    "claims/a.yml": lambda data: read_ledger(data / "claims"),
    "facts.csv": lambda data: Store(data).facts,
    "areas.csv": lambda data: Store(data).areas,
    "provenance.csv": lambda data: (Store(data).newest, Store(data).oldest, Store(data).seal("S")),
    "cbo_baselines.csv": lambda data: Store(data).baselines,
    "checked.csv": lambda data: read_checks(data),
    "sources.yml": lambda data: read_addresses(data / "sources.yml"),
    "observations/S.csv": lambda data: Store(data).as_of("latest").series("S"),
}


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    """A project of one series that has every kind of file."""
    measure = {"measure": "level", "of": {"series": "S"}, "at": "2025-03"}
    facts = [{"fact_id": "f-1", "known_since": "2025-02-01", "value": "3"}]
    claims = {"a": [claim(definitions=[definition(measure=measure)])]}
    found = write_project(tmp_path / "book", series={"S": ROWS}, facts=facts, claims=claims)
    (found / "cbo_baselines.csv").write_text(BASELINES, encoding="utf-8")
    (found / "checked.csv").write_text("series,checked\nS,2025-06-01\n", encoding="utf-8")
    (found / "sources.yml").write_text("sources: {fred: {url: 'http://127.0.0.1:9'}}\n", encoding="utf-8")
    monkeypatch.setenv("GEGENPROBE_ROOT", str(tmp_path / "book"))
    return found


def refusal(data: Path, name: str) -> str:
    """Return the one line with which reading a file is refused."""
    with pytest.raises((InputError, NoData)) as refused:
        READERS[name](data)
    text = str(refused.value)
    assert "\n" not in text
    assert Path(name).name in text
    assert len(text) < 400
    return text


# --- what is no file ----------------------------------------------------------------------------------------------


def link_outside(path: Path) -> None:
    outside = path.parents[2 if path.parent.name in ("observations", "claims") else 1].with_name("outside")
    path.rename(outside)
    path.symlink_to(outside)


def in_place(make):
    def do(path: Path) -> None:
        path.unlink()
        make(path)

    return do


def sparse(path: Path) -> None:
    """Ten thousand million bytes that take no room."""
    with path.open("r+b") as stream:
        stream.truncate(10**10)


PLACES = {
    "link outside": (link_outside, "not a plain file"),
    "link to a device without end": (in_place(lambda path: path.symlink_to("/dev/zero")), "not a plain file"),
    "link to itself": (in_place(lambda path: path.symlink_to(path.name)), "symbolic links"),
    "link to nothing": (in_place(lambda path: path.symlink_to("gone")), ("no such file", "is missing")),
    "pipe": (in_place(os.mkfifo), "not a plain file"),
    "folder": (in_place(Path.mkdir), "not a plain file"),
    "ten thousand million bytes": (sparse, "larger than"),
}  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="needs pipes and devices")
@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_plain_file_is_refused_at_once(data, name, place):
    make, words = PLACES[place]
    make(data / name)
    with within(30):
        text = refusal(data, name)
    assert any(each in text for each in ([words] if isinstance(words, str) else words)), text


def test_a_file_that_leads_outside_is_not_recorded(data, capsys):
    link_outside(data / "observations/S.csv")
    before = (data / "provenance.csv").read_bytes()
    with pytest.raises(SystemExit) as end:
        main(["seal"])
    assert end.value.code == 2
    assert "not a plain file of this folder" in capsys.readouterr().err
    assert (data / "provenance.csv").read_bytes() == before


# --- tables that are not what they were ---------------------------------------------------------------------------


def change(old: str, new: str):
    def do(text: bytes) -> bytes:
        assert old.encode() in text
        return text.replace(old.encode(), new.encode(), 1)

    return do


def longer(text: bytes) -> bytes:
    """A cell more in every row but the first line: a reader that lets the first column be an index shifts them all."""
    header, *rows = text.splitlines(keepends=True)
    return header + b"".join(b"x," + row for row in rows)


TABLES = {
    "areas.csv": "AAA,Aland,1,1,2018-12-30,country",
    "provenance.csv": "2025-01-01,2025-04-01,2025-01-31,2025-05-01",
    "cbo_baselines.csv": "2025-01-01,2025-01-17,true,false,2025,2035",
    "checked.csv": "S,2025-06-01",
}
SPOILT = {
    "empty": lambda text: b"",
    "a header only": lambda text: text.splitlines(keepends=True)[0],
    "a cell more in each row": longer,
    "cut within a row": lambda text: text[: text.rindex(b",")],
    "UTF-16": lambda text: text.decode().encode("utf-16"),
    "Latin-1": lambda text: text.rstrip(b"\n") + b"\xe4\n",
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "NUL": lambda text: text.rstrip(b"\n") + b"\x00\n",
    "row twice": lambda text: text + text.splitlines(keepends=True)[-1],
    "column twice": lambda text: b"".join(
        line.split(b",")[0] + b"," + line for line in text.splitlines(keepends=True)
    ),
    "a field without end": lambda text: text.rstrip(b"\n") + b"x" * 200_000 + b"\n",
    "a quotation without end": lambda text: text + b'"',
}  # fmt: skip


# That nothing was ever asked is no mistake.
PAIRS = [(name, how) for name in TABLES for how in SPOILT if (name, how) != ("checked.csv", "a header only")]


@pytest.mark.parametrize(("name", "how"), PAIRS)
def test_a_spoilt_table_is_one_line(data, name, how):
    path = data / name
    path.write_bytes(SPOILT[how](path.read_bytes()))
    refusal(data, name)


CELLS = [
    ("areas.csv", change("Aland,1,1", "Aland,yes,1"), "advanced_economy of AAA is 'yes', neither 1 nor 0"),
    ("areas.csv", change("Aland,1,1", "Aland,1,2"), "g7 of AAA is '2', neither 1 nor 0"),
    ("areas.csv", change("Aland,1,1", "Aland,1, 1"), "g7 of AAA is ' 1', neither 1 nor 0"),
    ("areas.csv", change("2018-12-30", "0001-01-01"), "lies outside 1900 to 2100"),
    ("areas.csv", change("2018-12-30", "9999-12-31"), "lies outside 1900 to 2100"),
    ("areas.csv", change("2018-12-30", "30.12.2018"), "is not written YYYY-MM-DD"),
    ("provenance.csv", change("2025-05-01", "9999-12-31"), "lies outside 1900 to 2100"),
    ("provenance.csv", change("2025-05-01", "0001-01-01"), "lies outside 1900 to 2100"),
    ("provenance.csv", change("2025-05-01", ""), "newest_known_since is empty throughout"),
    ("provenance.csv", change("2025-01-31", ""), "first_known_since is empty throughout"),
    ("cbo_baselines.csv", change("true,false", "True,false"), "is 'True', neither true nor false"),
    ("cbo_baselines.csv", change("2025,2035", "1e400,2035"), "a fiscal year is not a number"),
    ("checked.csv", change("2025-06-01", "now"), "line 2: not a series and a day"),
    ("checked.csv", change("2025-06-01", ""), "line 2: not a series and a day"),
    ("checked.csv", change("2025-06-01", "9999-12-31"), "line 2: not a series and a day"),
]


@pytest.mark.parametrize(("name", "how", "words"), CELLS)
def test_a_cell_that_reads_as_something_else_is_said(data, name, how, words):
    path = data / name
    path.write_bytes(how(path.read_bytes()))
    assert words in refusal(data, name)


@pytest.mark.parametrize("name", TABLES)
def test_line_ends_of_another_system_change_no_table(data, name):
    before = READERS[name](data)
    (data / name).write_bytes((data / name).read_bytes().replace(b"\n", b"\r\n"))
    after = READERS[name](data)
    assert before.equals(after) if isinstance(before, pd.DataFrame) else before == after


# --- figures that are not those recorded --------------------------------------------------------------------------

SOUND = b"date,known_since,value\n" + b"".join(f"{d},{k},{v}\n".encode() for d, k, v in ROWS)


def noticed(content: bytes) -> bool:
    """Tell whether content in place of `SOUND` is refused, or read but known not to be what was recorded."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(write_project(Path(folder), series={"S": ROWS}))
        path = store.folder / "observations" / "S.csv"
        assert path.read_bytes() == SOUND
        path.write_bytes(content)
        try:
            store.as_of("latest").series("S")
        except NoData as missing:
            return "\n" not in str(missing)
        return store.unsealed == {"S"}


SPLICE = st.builds(
    lambda start, length, put: SOUND[:start] + put + SOUND[start + length :],
    st.integers(0, len(SOUND)), st.integers(0, 40),
    st.binary(max_size=4) | st.sampled_from([b"\x00", b"\xef\xbb\xbf", b"1e308", b"nan", b"inf", b"0001", b"9999",
                                             b"\n", b",", b"-", SOUND]),
)  # fmt: skip


@settings(max_examples=100)
@given(SPLICE)
def test_whatever_is_cut_out_or_put_in_is_noticed(content):
    assert noticed(content) == (content != SOUND)


def test_every_single_byte_is_noticed(tmp_path):
    """Each byte of a file changed in turn, one after the other, in one and the same store."""
    data = write_project(tmp_path, series={"S": ROWS})
    path = data / "observations" / "S.csv"
    for place in range(len(SOUND)):
        path.write_bytes(SOUND[:place] + bytes([SOUND[place] ^ 1]) + SOUND[place + 1 :])
        store = Store(data)
        try:
            store.rows("S")
        except NoData:
            continue
        assert store.unsealed == {"S"}, place


def test_twenty_thousand_areas_are_read_in_good_time(tmp_path):
    rows = [(f"A{number:05}", "2025-01-01", "2025-02-01", 1.0 + number) for number in range(20_000)]
    measure = {"measure": "rank-among", "of": {"series": "P", "area": "each"}, "area": "A00007", "among": ["A00001",
               *(f"A{number:05}" for number in range(5000))]}  # fmt: skip
    rank = claim(test={"sense": "exactly", "value": 4993}, definitions=[definition(measure=measure)])
    data = write_project(tmp_path, series={"P": rows}, entries={"P": {"plausible": [0, 1e6]}}, claims={"a": [rank]})
    start = time.process_time()
    view = Store(data).as_of("latest")
    assert len(view.areas("P")) == 20_000
    assert view.series("P", "A19999").iloc[0] == 20_000
    assert time.process_time() - start < 5
