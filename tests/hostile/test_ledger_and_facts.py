"""Attacks on what people write: claims, catalogue, facts. One line, or a finding that says it has no data."""

from __future__ import annotations

import copy
import csv
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gegenprobe.catalogue import read_catalogue
from gegenprobe.claims import read_chapter, read_ledger
from gegenprobe.cli import main
from gegenprobe.errors import InputError
from gegenprobe.findings import judge_ledger
from gegenprobe.observations import Store
from gegenprobe.verdicts import Verdict
from project import ENTRY, FACT, claim, definition, monthly, write_claims, write_project

VIDEO_DAY = pd.Timestamp("2025-06-12")
ROWS = monthly("2023-01-01", [4.0 + step / 10 for step in range(30)])
LEVEL_OF_MARCH = ROWS[26][-1]
PANEL = [(area, *row) for area in ("AAA", "BBB") for row in ROWS]
S = {"series": "S"}
EACH = {"series": "P", "area": "each"}

# --- YAML that is more than it seems ------------------------------------------------------------------------------


def bomb(levels: int, width: int = 9) -> str:
    """A file of a few hundred bytes whose one measure, aliases written out, has `width` ** `levels` parts."""
    inner = "&a0 {measure: level, of: {series: S}}"
    for level in range(levels):
        more = ", ".join([f"*a{level}"] * (width - 1))
        inner = f"&a{level + 1} {{measure: sum-of, of: [{inner}, {more}]}}"
    return json.dumps(claim()).join(["chapter: a\ntitle: b\nclaims: [", "]\n"]).replace(
        json.dumps(definition()["measure"]), inner
    )  # fmt: skip


def merges(levels: int, width: int = 9) -> str:
    """The same by merge keys, which multiply before anything is built."""
    lines = ["z0: &z0 {k: v}"]
    for level in range(levels):
        lines.append(f"z{level + 1}: &z{level + 1} {{<<: [{', '.join([f'*z{level}'] * width)}]}}")
    return "\n".join(lines)


YAML = {
    # These ended the process by a fault of memory: the library composes by recursion in C.
    "dashes with two blanks": ("-  " * 300_000 + "x\n", "nested more than 100 levels deep"),
    "question marks": ("? " * 300_000 + "x\n", "nested more than 100 levels deep"),
    "dashes and question marks": ("? - " * 200_000 + "x\n", "nested more than 100 levels deep"),
    "brackets": ("[" * 300_000, "nested more than 100 levels deep"),
    "a staircase": ("".join(" " * step + "a:\n" for step in range(500)), "nested more than 100 levels deep"),
    # These would have taken minutes, or for ever.
    "measures by aliases": (bomb(9), "aliases written out"),
    "merge keys by aliases": (merges(9), "aliases written out"),
    "a measure of itself": (bomb(0).replace("&a0 {measure: level, of: {series: S}}",
                                            "&a {measure: sum-of, of: [*a, *a]}"), "Recursion error"),
    "four million bytes": ("#" * 5_000_000, "larger than 4 MB"),
    # These were tracebacks, or would be code.
    "a list as key": ("? [a, b]\n: c\n", "a key must be one word"),
    "a mapping as key": ("? {a: b}\n: c\n", "a key must be one word"),
    "python object": ("!!python/object/apply:os.system ['true']\n", "could not determine a constructor"),
    "python name": ("chapter: !!python/name:os.system\n", "could not determine a constructor"),
    "a tag of one's own": ("!mine {a: b}\n", "could not determine a constructor"),
    "two documents": ("---\na: 1\n---\nb: 2\n", "another document"),
    "key twice, once quoted": ("chapter: a\n'chapter': b\n", "'chapter' stands twice"),
    "five thousand digits": ("chapter: " + "9" * 5000, "not valid YAML"),
    "an hour of 99": ("chapter: 2001-12-14t99:59:43\n", "not valid YAML"),
    "half a surrogate": ('chapter: "\\ud800"\n', "not valid YAML"),
    "NUL": ("chapter: a\x00b\n", "not valid YAML"),
    "UTF-16": ("chapter: a\n".encode("utf-16"), "cannot be read ('utf-8' codec"),
    "Latin-1": ("chapter: ä\n".encode("latin-1"), "cannot be read ('utf-8' codec"),
}  # fmt: skip
LIMITED = """
import json, resource, signal, sys, time
from pathlib import Path
from gegenprobe.claims import read_chapter
from gegenprobe.errors import InputError
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
for path in sorted(Path(sys.argv[1]).iterdir()):
    signal.alarm(10)
    start = time.process_time()
    try:
        said = "taken: " + str(read_chapter(path))[:80]
    except InputError as error:
        said = str(error)
    except Exception as error:
        said = f"traceback: {type(error).__name__}: {error}"[:200]
    print(json.dumps([path.stem, said, time.process_time() - start]), flush=True)
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[str, tuple[str, float]]:
    """What each file of `YAML` is answered with, and in what time, by one process of its own: some killed it."""
    folder = tmp_path_factory.mktemp("yaml")
    for number, (content, _) in enumerate(YAML.values()):
        content = content if isinstance(content, bytes) else content.encode()
        (folder / f"{number:02}.yml").write_bytes(content)
    command = [sys.executable, "-c", LIMITED, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {list(YAML)[int(stem)]: (text.replace(str(folder), ""), spent) for stem, text, spent in found}


@pytest.mark.xdist_group("hostile-yaml")
@pytest.mark.parametrize("name", YAML)
def test_yaml_that_is_more_than_it_seems_is_one_line_at_once(said, name):
    assert name in said, f"the process ended at {list(YAML)[len(said)]!r}"
    text, spent = said[name]
    assert text.startswith("/")
    assert YAML[name][1] in text
    assert len(text) < 400
    assert spent < 3


def test_honest_aliases_serve(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text(bomb(2), encoding="utf-8")
    assert len(read_chapter(path).claims[0].primary.measure.of) == 9


NUMBERS = {"010": 10, "1:30": None, "0x10": None, "0b11": None, "1_0:30": None, "-5": -5, "+5": 5, "5.5": 5.5}


@pytest.mark.parametrize("written", NUMBERS)
def test_a_number_is_the_one_a_reader_sees(tmp_path, written):
    """YAML 1.1 reads 010 as eight and 1:30 as ninety: a wrong verdict from a right file."""
    path = write_claims(tmp_path / "a.yml", "a", [claim(test={"sense": "exactly", "value": "HERE"})])
    path.write_text(path.read_text(encoding="utf-8").replace("HERE", written), encoding="utf-8")
    if NUMBERS[written] is None:
        with pytest.raises(InputError, match=r"test\.value: Input should be a valid number"):
            read_chapter(path)
    else:
        assert read_chapter(path).claims[0].test.value == NUMBERS[written]


# --- a sound ledger with one thing wrong --------------------------------------------------------------------------

LEVEL = {"measure": "level", "of": S, "at": "2025-03"}
MEASURES = [
    LEVEL,
    {"measure": "change", "of": S, "start": "-1y", "to": "latest"},
    {"measure": "growth", "of": {"quantity": "rolling-mean", "of": S, "window": 3, "span": "4m"}, "start": "-6m"},
    {"measure": "mean", "of": {"quantity": "growth", "of": S, "over": "1y"}, "start": "2024"},
    {"measure": "count-where", "of": {"quantity": "by-year", "of": S, "how": "sum", "count": 12}, "is": "above",
     "level": 3},
    {"measure": "rank", "of": {"quantity": "ratio", "of": [S, {"series": "S", "times": 2.0}]}, "at": "latest"},
    {"measure": "last-at-least", "of": {"quantity": "between", "of": S, "start": "2024", "end": "2025-03"}},
    {"measure": "first-crossing", "of": {"quantity": "year-to-date", "of": S}, "level": 5, "give": "days"},
    {"measure": "longest-run-above", "of": {"quantity": "where", "of": S, "condition": S, "equals": 5}, "level": 1},
    {"measure": "rank-among", "of": EACH, "area": "AAA", "among": ["AAA", "BBB"], "at": "latest", "also": {"x": S}},
    {"measure": "members", "areas": ["AAA"], "on": "video-day"},
    {"measure": "fact", "fact": "f-1"},
    {"measure": "years-between", "start": "2020-01-01", "end": "f-1"},
    {"measure": "revision", "series": "S", "at": "2025-03"},
    {"measure": "sum-of", "of": [LEVEL, {"measure": "maximum", "of": {"quantity": "sum-areas", "series": "P",
                                                                    "areas": ["AAA", "BBB"]}}], "times": 2.0},
]  # fmt: skip
CLAIMS = [
    claim(
        id=f"claim-{number}",
        test={"sense": "equals", "value": 5, "decimals": 0},
        definitions=[definition(measure=measure, lookback_months=12, digits=1)],
        **({"forecast": {"due": "2025-01-01", "why": "x"}} if number == 0 else {}),
    )
    for number, measure in enumerate(MEASURES)
]
HOSTILE = [
    None, True, "", " ", [], {}, [[]], {"a": 1}, -1, 0, 10**400, 1e308, -1e308, 5e-324, float("nan"), float("inf"),
    "latest", "first", "-999y", "-99999d", "999y", "99999d", "9999-12-31", "0001-01-01", "1900", "2099Q4", "2025-02-30",
    "S", "P", "each", "f-1", "../../etc/passwd", "\x1b[31m", "ä" * 2000, "<script>", "{{ 7*7 }}", "NaN", "1e999",
]  # fmt: skip


def places(node, way=()):
    """Return the way to every part of a nested structure."""
    yield way
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, part in parts:
        yield from places(part, (*way, key))


def put(tree, way, value):
    tree = copy.deepcopy(tree)
    node = tree
    for key in way[:-1]:
        node = node[key]
    node[way[-1]] = value
    return tree


PLACES = [way for way in places(CLAIMS) if len(way) > 1]


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Store:
    facts = [{"fact_id": "f-1", "known_since": "2025-02-01", "value": "1e308"}]
    entries = {"S": {"plausible": [-1e308, 1e308]}}
    root = tmp_path_factory.mktemp("book")
    return Store(write_project(root, series={"S": ROWS, "P": PANEL}, facts=facts, entries=entries))


def test_the_ledger_is_sound_before_it_is_spoilt(book, tmp_path):
    ledger = read_ledger(write_claims(tmp_path / "a.yml", "a", CLAIMS))
    found = list(judge_ledger(ledger, book, "latest", VIDEO_DAY))
    assert sum(each.verdict is not Verdict.NO_DATA for each in found) >= 11, [each.reason for each in found]


@settings(max_examples=250)
@given(st.sampled_from(PLACES), st.sampled_from(HOSTILE), st.sampled_from(["2023-03-01", "2025-06-12", "latest"]))
@example(way=(2, "definitions", 0, "measure", "of", "quantity"), value=[], as_of="latest")
@example(way=(0, "id"), value="ä" * 2000, as_of="latest")
@example(way=(0, "definitions", 0, "measure", "of", "series"), value="x" * 2000, as_of="latest")
def test_one_hostile_value_anywhere_is_one_line_or_a_finding(book, way, value, as_of):
    spoilt = put(CLAIMS, way, value)
    with tempfile.TemporaryDirectory() as folder:
        try:
            ledger = read_ledger(write_claims(Path(folder) / "a.yml", "a", [spoilt[way[0]]]))
            records = [each.record() for each in judge_ledger(ledger, book, as_of, VIDEO_DAY)]
        except InputError as error:
            text = str(error)
            assert text.isprintable()
            assert len(text) < 900
            return
    for record in records:
        json.dumps(record, allow_nan=False)


@settings(max_examples=60)
@given(st.data())
def test_a_catalogue_with_one_hostile_value_is_one_line_or_serves(data):
    entry = {**ENTRY, "freshness": {"warn_after": 5, "error_after": 9}, "request": {"a": "b"}}
    way = data.draw(st.sampled_from([way for way in places(entry) if way]))
    value = data.draw(st.sampled_from(HOSTILE))
    with tempfile.TemporaryDirectory() as folder:
        root = write_project(Path(folder), series={"S": ROWS}, claims={"a": [claim(definitions=[
            definition(measure=LEVEL)])]})  # fmt: skip
        (root / "catalogue.yml").write_text(yaml.safe_dump({"series": {"S": put(entry, way, value)}}), encoding="utf-8")
        text = ""
        try:
            read_catalogue(root / "catalogue.yml")
            (found,) = judge_ledger(read_ledger(root / "claims"), Store(root), "latest", VIDEO_DAY)
        except InputError as error:
            text = str(error)
    if text:
        assert text.startswith(str(root / "catalogue.yml"))
        assert "\n" not in text
        return
    assert found.verdict is Verdict.NO_DATA or found.measurement.value == LEVEL_OF_MARCH


@pytest.mark.parametrize("bounds", [[".nan", ".nan"], ["-.inf", ".inf"], ["0", ".inf"]])
def test_a_plausible_range_without_bounds_is_none(tmp_path, bounds):
    data = write_project(tmp_path, series={"S": ROWS})
    text = (data / "catalogue.yml").read_text(encoding="utf-8")
    lines = text.replace("- -1000.0", f"- {bounds[0]}").replace("- 1000.0", f"- {bounds[1]}")
    assert lines != text
    (data / "catalogue.yml").write_text(lines, encoding="utf-8")
    with pytest.raises(InputError, match=r"plausible\.[01]: Input should be a finite number"):
        read_catalogue(data / "catalogue.yml")


def test_an_overflow_within_a_series_ranks_nothing(book, tmp_path):
    """Two numbers too large to hold would tie, and a tie has a rank."""
    huge = {"measure": "rank", "of": {"series": "S", "times": 1e308}, "at": "2025-03"}
    path = write_claims(tmp_path / "a.yml", "a", [claim(definitions=[definition(measure=huge)])])
    (found,) = judge_ledger(read_ledger(path), book, "latest", VIDEO_DAY)
    assert found.verdict is Verdict.NO_DATA
    assert "no finite number" in found.reason


# --- facts --------------------------------------------------------------------------------------------------------

FACTS = [{"fact_id": "f-1", "known_since": "2025-02-01", "value": "5"}]
READS = claim(definitions=[definition(measure={"measure": "fact", "fact": "f-1"})])


def facts_file(data: Path) -> bytes:
    return (data / "facts.csv").read_bytes()


SPOILT_FACTS = {
    "empty": (lambda text: b"", "the first line must be"),
    "cut short": (lambda text: text[:-30], "10 columns are needed"),
    "cut in quotes": (lambda text: text.rstrip(b"\n") + b',"', "line 2: cannot be read (unexpected end of data)"),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), "cannot be read ('utf-8' codec"),
    "Latin-1": (lambda text: text.replace(b"Something", b"Ger\xe4t"), "cannot be read ('utf-8' codec"),
    "byte order mark": (lambda text: b"\xef\xbb\xbf" + text, "the first line must be"),
    "swapped columns": (
        lambda text: text.replace(b"event_date,known_since", b"known_since,event_date"), "the first line must be"
    ),
    "swapped cells": (lambda text: text.replace(b"An office,", b"https://example.org/a,An office,"), "10 columns"),
    "NUL": (lambda text: text.replace(b"Something", b"Some\x00thing"), "statement holds U+0000"),
    "value of 1e400": (lambda text: text.replace(b",5,", b",1e400,"), "value '1e400' is not valid"),
    "value of nan": (lambda text: text.replace(b",5,", b",nan,"), "value 'nan' is not valid"),
    "year 1": (lambda text: text.replace(b"2025-02-01", b"0001-01-01"), "lies outside 1900 to 2100"),
    "year 9999": (lambda text: text.replace(b"2025-02-01", b"9999-12-31"), "lies outside 1900 to 2100"),
    "a field without end": (
        lambda text: text.replace(b"Something", b"x" * 200_000), "field larger than field limit (131072)"
    ),
    "row twice": (lambda text: text + text.splitlines(keepends=True)[1], "f-1 stands twice"),
    "a name that speaks to the terminal": (
        lambda text: (text + text.splitlines(keepends=True)[1]).replace(b"\nf-1,", b"\n\x1b[31m,"),
        "fact_id holds U+001B",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT_FACTS)
def test_spoilt_facts_are_one_line_of_the_command(tmp_path, monkeypatch, capsys, name):
    data = write_project(tmp_path, series={"S": ROWS}, facts=FACTS, claims={"a": [READS]})
    spoil, words = SPOILT_FACTS[name]
    content = spoil(facts_file(data))
    assert content != facts_file(data)
    (data / "facts.csv").write_bytes(content)
    monkeypatch.setenv("GEGENPROBE_ROOT", str(tmp_path))
    with pytest.raises(SystemExit) as end:
        main(["check", "--json"])
    out, err = capsys.readouterr()
    assert (end.value.code, out) == (2, "")
    (line,) = err.splitlines()
    assert "facts.csv" in line
    assert words in line
    assert line.isprintable()
    assert len(line) < 500


def test_line_ends_of_another_system_change_no_fact(tmp_path):
    data = write_project(tmp_path, series={"S": ROWS}, facts=FACTS)
    before = Store(data).facts
    (data / "facts.csv").write_bytes(facts_file(data).replace(b"\n", b"\r\n"))
    assert Store(data).facts == before


def test_a_hundred_thousand_facts_are_read_in_good_time(tmp_path):
    data = write_project(tmp_path, series={"S": ROWS})
    stream = io.StringIO(newline="")
    rows = [["", "t", "2025-05-01", "2025-05-02", *[FACT[key] for key in list(FACT)[2:]]]]
    csv.writer(stream, lineterminator="\n").writerows([[f"f-{n}", *rows[0][1:]] for n in range(100_000)])
    (data / "facts.csv").write_bytes(facts_file(data) + stream.getvalue().encode())
    start = time.process_time()
    assert len(Store(data).facts) == 100_000
    assert time.process_time() - start < 6
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2 << 20
