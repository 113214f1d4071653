"""What a former build judged is taken as it is, exactly as long as nothing it rests on has changed."""

from __future__ import annotations

import shutil

import pytest

from gegenprobe.book import judged as module
from gegenprobe.book.judged import Judged
from gegenprobe.claims import Ledger, read_ledger
from gegenprobe.findings import judge_ledger
from gegenprobe.observations import Store, as_day
from gegenprobe.paths import project_root
from gegenprobe.sweep import verdicts_table
from gegenprobe.video import VIDEO_DAY

DAY = as_day(VIDEO_DAY)
CHAPTER = "yen-boj"


@pytest.fixture
def data(tmp_path):
    target = tmp_path / "data"
    shutil.copytree(project_root() / "data", target)
    return target


@pytest.fixture
def judging(data, monkeypatch):
    """Return findings and courses of one chapter, and the claims judged for them in truth."""

    def judge(fresh: bool = False):
        ledger = read_ledger(data / "claims")
        ledger = Ledger([ledger.chapters[CHAPTER]])
        done: list[str] = []
        for name in ("judge_claim", "through_time"):
            real = getattr(module, name)

            def noting(*given, real=real, name=name):
                done.extend([given[0].id] if name == "judge_claim" else given[4])
                return real(*given)

            monkeypatch.setattr(module, name, noting)
        judged = Judged(Store(data), ledger, DAY, data.parent / "kept.pickle", fresh)
        found = [each.record() for day in (DAY, "latest") for each in judged.on(day)]
        courses = judged.courses(as_day("2025-09-30"))
        judged.keep()
        monkeypatch.undo()
        return found, verdicts_table(courses), done, judged

    return judge


def test_what_is_kept_equals_what_is_judged(judging):
    first, course, done, judged = judging()
    names = list(judged.ledger.by_id)
    assert sorted(done) == sorted(names * 3)
    expected = [
        each.record() for day in (VIDEO_DAY, "latest") for each in judge_ledger(judged.ledger, judged.store, day, DAY)
    ]
    assert first == expected
    again, same, none, _ = judging()
    assert (again, none) == (first, [])
    assert same.equals(course)
    assert len(judging(fresh=True)[2]) == len(done), "fresh took what was kept"
    judged._path.write_bytes(b"\x80\x05cut short")
    assert len(judging()[2]) == len(done), "a broken file was taken for kept findings"


def test_a_changed_figure_or_claim_is_judged_again_and_nothing_else(judging, data):
    _, _, _, judged = judging()
    path = data / "observations" / "DEXJPUS.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n", 1)[:-1])  # the last line end: another file, same figures
    _, _, done, judged = judging()
    resting = {name for name in judged.ledger.by_id if "DEXJPUS" in judged._series[name]}
    assert resting
    assert set(done) == resting
    claims = data / "claims" / f"{CHAPTER}.yml"
    claims.write_text(claims.read_text().replace("  - id: yen-depreciating\n", "  - id: yen-falls\n"))
    assert set(judging()[2]) == {"yen-falls"}
