"""One step for many files: killed at any point, the folder is as before or becomes as after."""

from __future__ import annotations

import os

import pytest
from filelock import FileLock

from gegenprobe import journal
from gegenprobe.errors import InputError

BEFORE = {"a.csv": b"one\n", "deep/b.csv": b"two\n"}
AFTER = {"a.csv": b"one\nnew\n", "deep/b.csv": b"two\nnew\n", "c.csv": b"three\n"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "deep").mkdir()
    for name, content in BEFORE.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and journal.WORK not in path.parts
    }


def test_all_files_are_replaced_and_nothing_is_left_behind(folder):
    with journal.alone(folder):
        journal.commit(folder, AFTER)
    assert files(folder) == AFTER
    assert {path.name for path in (folder / journal.WORK).iterdir()} <= {".gitignore", "lock"}
    assert (folder / journal.WORK / ".gitignore").read_text() == "*\n"


class Killed(BaseException):
    """Raised where a kill would strike."""


CALLS = ["fsync", "replace", "unlink"]


def strike(monkeypatch, at: int) -> list[str]:
    """Die at the `at`-th call that touches the disk for good."""
    done: list[str] = []

    def counted(name, real):
        def call(*arguments, **keywords):
            if len(done) == at:
                raise Killed
            done.append(name)
            return real(*arguments, **keywords)

        return call

    monkeypatch.setattr(journal.os, "fsync", counted("fsync", os.fsync))
    for name in ("replace", "unlink"):
        monkeypatch.setattr(journal.Path, name, counted(name, getattr(journal.Path, name)))
    return done


def test_killed_at_each_step_it_is_before_or_after(folder):
    seen = set()
    for at in range(100):
        for name in [*files(folder)]:
            (folder / name).unlink()
        for name, content in BEFORE.items():
            (folder / name).write_bytes(content)
        with pytest.MonkeyPatch.context() as patch, journal.alone(folder):
            done = strike(patch, at)
            try:
                journal.commit(folder, AFTER)
            except Killed:
                pass
            else:
                break
        decided = journal.pending(folder)
        assert decided or files(folder) in (BEFORE, AFTER)
        with journal.alone(folder):
            found = files(folder)
        assert found == (AFTER if decided else BEFORE) or (found == AFTER and not decided and done[-1] != "fsync")
        seen.add(found == AFTER)
    assert at > 10
    assert seen == {True, False}


def test_finishing_may_itself_be_killed(folder):
    with pytest.MonkeyPatch.context() as patch, journal.alone(folder):
        strike(patch, 8)
        with pytest.raises(Killed):
            journal.commit(folder, AFTER)
    for at in range(20):
        with pytest.MonkeyPatch.context() as patch:
            strike(patch, at)
            try:
                journal.recover(folder)
            except Killed:
                continue
    assert files(folder) == AFTER


def test_only_one_at_a_time(folder):
    (folder / journal.WORK).mkdir()
    with (
        FileLock(folder / journal.WORK / "lock"),
        pytest.raises(InputError, match="another refresh"),
        journal.alone(folder),
    ):
        raise AssertionError


def test_a_lost_file_of_a_decided_step_is_said(folder):
    with pytest.MonkeyPatch.context() as patch, journal.alone(folder):
        strike(patch, 6)
        with pytest.raises(Killed):
            journal.commit(folder, AFTER)
    assert journal.pending(folder)
    (folder / journal.WORK / "staged" / "a.csv").unlink()
    with pytest.raises(InputError, match="restore"):
        journal.recover(folder)
