"""Work beside the chapters: pictures drawn once for what they show, in a process that ends with its build."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from gegenprobe.book.aside import Aside
from gegenprobe.book.drawings import drawings
from gegenprobe.book.warm import available
from gegenprobe.errors import InputError

PICTURE = {"name": "one", "spec": {"wide-light": '{"mark": "point", "data": {"values": [{}]}}'}}
needs_fork = pytest.mark.skipif(not available(), reason="this system forks no processes; the work is done in place")


def test_a_picture_is_drawn_once_for_what_it_shows(tmp_path):
    first = drawings(PICTURE, tmp_path)
    assert first["wide-light"].startswith("<svg")
    kept = tmp_path / "one.json"
    marked = json.loads(kept.read_text())
    kept.write_text(json.dumps({**marked, "svg": {"wide-light": "kept"}}))
    assert drawings(PICTURE, tmp_path) == {"wide-light": "kept"}
    assert drawings(PICTURE, tmp_path, fresh=True) == first
    other = {"name": "one", "spec": {"wide-light": '{"mark": "bar", "data": {"values": [{}]}}'}}
    assert drawings(other, tmp_path) != first
    kept.write_text("{")
    assert drawings(PICTURE, tmp_path) == first, "what is kept was cut short"
    assert drawings({"name": "two", "missing": "no figures"}, tmp_path) == {}


@pytest.mark.parametrize("warm", [True, False])
def test_work_is_done_and_its_errors_come_back(warm):
    aside = Aside(warm)
    try:
        assert (aside.run("os", "getpid") == os.getpid()) is not (warm and available())
        with pytest.raises(InputError, match="not a day"):
            aside.run("gegenprobe.observations", "as_day", "not a day")
    finally:
        aside.close()


@needs_fork
def test_a_killed_process_is_one_sentence():
    aside = Aside()
    try:
        with pytest.raises(RuntimeError, match="killed"):
            aside.run("signal", "raise_signal", signal.SIGKILL)
    finally:
        aside.close()


@needs_fork
def test_the_process_ends_with_the_build_however_that_ends(tmp_path):
    script = tmp_path / "build.py"
    script.write_text(
        textwrap.dedent("""
        import sys, threading
        from gegenprobe.book.aside import Aside
        if __name__ == "__main__":
            aside = Aside()
            print(aside.run("os", "getpid"), flush=True)
            threading.Event().wait()
        """)
    )
    build = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    pid = int(build.stdout.readline())
    os.kill(pid, 0)
    build.kill()
    build.wait()
    build.stdout.close()
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("it went on without its build")
