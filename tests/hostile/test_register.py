"""The registers of attacks: every row has its test, every test its row, and the book counts what they say."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from gegenprobe.book.attacks import attacks, read_registers, registers
from gegenprobe.book.layout import Places
from gegenprobe.book.pages import page
from gegenprobe.book.state import State
from gegenprobe.errors import InputError
from project import monthly, write_project

ROOT = Path(__file__).resolve().parents[2]
ROWS = read_registers(ROOT)


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


CONTROLS = {
    f"tests/hostile/test_ledger_and_facts.py::{name}"
    for name in (
        "test_honest_aliases_serve", "test_the_ledger_is_sound_before_it_is_spoilt",
        "test_line_ends_of_another_system_change_no_fact",
    )
}  # fmt: skip
"""No attacks: what is honest must go on working."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["attack"][:60])
def test_a_row_names_a_test_or_says_why_there_is_none(row):
    assert row["attack"] == row["attack"].strip()
    assert row["attack"]
    assert not row["attack"].endswith(".")
    if row["outcome"] == "not covered":
        assert row["mended"], "say why"
    if row["outcome"] == "mended":
        assert row["mended"], "say what was changed"
    if row["outcome"] != "not covered" or row["test"]:
        path, _, name = row["test"].partition("::")
        assert path.startswith("tests/")
        assert name in functions_of(ROOT / path), row["test"]


def test_every_hostile_test_stands_in_a_register():
    named = {row["test"] for row in ROWS} | CONTROLS
    for path in sorted((ROOT / "tests/hostile").glob("test_*.py")):
        if path.name != Path(__file__).name:
            for name in sorted(functions_of(path)):
                assert f"{path.relative_to(ROOT).as_posix()}::{name}" in named


def test_no_attack_is_counted_twice():
    assert len({row["attack"] for row in ROWS}) == len(ROWS)


def test_the_book_counts_what_the_registers_say():
    found = attacks(ROOT)
    shown = BeautifulSoup(page("attacks.html", **found), "html.parser")
    cells = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in shown.tbody.find_all("tr")]
    for kind, tried, survived, mended, open_ in cells[:-1]:
        outcomes = Counter(row["outcome"] for row in ROWS if row["kind"] == kind)
        assert [int(survived), int(mended), int(open_)] == [
            outcomes[each] for each in ("survived", "mended", "not covered")
        ]
        assert int(tried) == outcomes["survived"] + outcomes["mended"]
    assert cells[-1][0] == "all"
    assert int(cells[-1][1]) + int(cells[-1][4]) == len(ROWS)
    assert len(shown.find_all("li")) == len(ROWS)


def test_a_changed_register_makes_the_pages_anew_and_none_is_no_section(tmp_path):
    write_project(tmp_path, {"S": monthly("2025-01-01", [1.0])})
    assert attacks(tmp_path) == {}
    parameters = {"as_of": "latest", "video_day": "2025-06-12"}

    def seal() -> str:
        return State(Places(tmp_path), parameters, []).pages_digest()

    first = seal()
    register = tmp_path / "tests/hostile/register-a.csv"
    register.parent.mkdir(parents=True)
    register.write_text("kind,attack,test,outcome,mended\npages,<b>x</b>,,not covered,because\n", encoding="utf-8")
    second = seal()
    register.write_text(register.read_text().replace("because", "so"), encoding="utf-8")
    assert len({first, second, seal()}) == 3
    assert registers(tmp_path) == [register]
    assert "&lt;b&gt;x" in page("attacks.html", **attacks(tmp_path))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("kind,attack\n", "the first line must be"),
        ("kind,attack,test,outcome,mended\nweather,a,b,survived,\n", "kind 'weather' is none of"),
        ("kind,attack,test,outcome,mended\npages,a,b,won,\n", "outcome 'won' is none of"),
        ("kind,attack,test,outcome,mended\npages,a,b\n", "line 2: 5 columns"),
    ],
)
def test_a_register_of_another_form_is_one_line(text, complaint, tmp_path):
    (tmp_path / "tests/hostile").mkdir(parents=True)
    (tmp_path / "tests/hostile/register-a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        read_registers(tmp_path)
