"""What the book says of each claim, at both dates, does not change unseen: each change has a reason beside it."""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent / "golden"


@pytest.fixture(scope="module")
def golden():
    spec = importlib.util.spec_from_file_location("renew", HERE / "renew.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_findings_are_those_on_record(golden):
    changed = golden.differences(golden.recorded(), golden.current())
    shown = "\n  ".join(changed[:40]) + (f"\n  and {len(changed) - 40} more" if len(changed) > 40 else "")
    if changed:
        pytest.fail(
            f"{len(changed)} findings are not those on record:\n  {shown}\n"
            'If this was meant: python tests/golden/renew.py --why "…"',
            pytrace=False,
        )


def test_every_row_says_why_it_last_changed(golden):
    rows = golden.recorded()
    assert len(rows) == 2 * 103
    assert all(row["why"].strip() for row in rows.values())


def test_only_changed_rows_take_a_new_reason(golden, tmp_path, monkeypatch):
    monkeypatch.setattr(golden, "GOLDEN", tmp_path / "findings.csv")
    one = {"claim": "a", "as_of": "latest", "definition": "d", "verdict": "supported", "measured": "1"}
    two = {**one, "claim": "b"}
    monkeypatch.setattr(golden, "current", lambda: {("a", "latest"): one, ("b", "latest"): two})
    assert len(golden.renew("first recorded")) == 2
    changed = {**two, "verdict": "contradicted", "measured": "2"}
    monkeypatch.setattr(golden, "current", lambda: {("a", "latest"): one, ("b", "latest"): changed})
    assert golden.renew("the figure was revised") == [
        "b as known on latest: supported (d: 1) -> contradicted (d: 2)",
    ]
    assert [row["why"] for row in golden.recorded().values()] == ["first recorded", "the figure was revised"]
    assert golden.renew("nothing") == []
    monkeypatch.setattr(golden, "current", lambda: {("b", "latest"): changed})
    assert golden.renew("withdrawn") == ["a as known on latest: supported (d: 1) -> gone"]
