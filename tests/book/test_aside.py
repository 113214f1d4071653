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
from gegenprobe.book.drawings import LAYOUTS, PIXELS, are_drawn, draw, drawings, order, orders, prune_pictures
from gegenprobe.book.layout import Places
from gegenprobe.book.warm import available
from gegenprobe.charts import render as charts
from gegenprobe.errors import InputError

SPECS = {"wide-light": '{"mark": "point", "data": {"values": [{}]}}', "narrow-light": '{"mark": "point"}'}
needs_fork = pytest.mark.skipif(not available(), reason="this system forks no processes; the work is done in place")


def test_a_picture_is_drawn_once_for_what_it_shows(tmp_path):
    first = drawings("one", SPECS, tmp_path)
    assert first["wide-light"].startswith("<svg")
    kept = tmp_path / "one.json"
    marked = json.loads(kept.read_text())
    kept.write_text(json.dumps({**marked, "svg": {"wide-light": "kept"}}))
    assert drawings("one", SPECS, tmp_path) == {"wide-light": "kept"}
    assert drawings("one", SPECS, tmp_path, fresh=True) == first
    other = {"wide-light": '{"mark": "bar", "data": {"values": [{}]}}'}
    assert drawings("one", other, tmp_path) != first
    for broken in ("{", "[]", json.dumps({**marked, "svg": None})):
        kept.write_text(broken)
        assert drawings("one", SPECS, tmp_path) == first, "what is kept was cut short"


def test_what_a_page_orders_is_drawn_and_what_none_shows_goes(tmp_path):
    places = Places(tmp_path)
    shared = {"name": "shared", "spec": {PIXELS: SPECS["wide-light"]}}
    order(places, "pages", [{"name": "one", "spec": SPECS}, {"name": "two", "missing": "no figures"}, shared])
    assert not are_drawn(places, "pages")
    assert not are_drawn(places, "never-composed")
    draw(places, "pages")
    assert are_drawn(places, "pages")
    made = {path.name for path in (places.extra / "pictures").iterdir()}
    assert made == {f"one-{layout}.svg" for layout in LAYOUTS}
    (places.extra / "pictures" / "former-wide-light.svg").write_text("<svg/>")
    prune_pictures(places, ["pages"])
    assert {path.name for path in (places.extra / "pictures").iterdir()} == made
    assert (places.extra / "shared.png").read_bytes().startswith(b"\x89PNG")
    order(places, "chapter", [])
    prune_pictures(places, ["chapter"])
    assert not list((places.extra / "pictures").iterdir())
    assert not orders(places, "pages").is_file()


def test_layouts_are_those_of_the_charts():
    assert tuple(charts.LAYOUTS) == LAYOUTS


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
def test_work_whose_process_ends_is_begun_again(tmp_path):
    trace = tmp_path / "trace"
    aside = Aside(tries=2)
    try:
        assert aside.run("stuck", "end_once", str(trace)) == "done"
        with pytest.raises(RuntimeError, match="killed"):
            aside.run("signal", "raise_signal", signal.SIGKILL)
        assert aside.run("os", "getpid") != os.getpid()
    finally:
        aside.close()


@needs_fork
def test_what_was_begun_ahead_is_there_for_the_work_and_if_it_ended_its_process_the_work_is_done(tmp_path):
    for begun, again in ((("gegenprobe.book.drawings", "start_engine"), False), (("os", "_exit", 3), True)):
        aside = Aside(tries=2)
        try:
            aside.begin("time", "sleep", 0)
            first = aside.run("os", "getpid")
            aside.begin(*begun)
            assert (aside.run("os", "getpid") != first) is again
        finally:
            aside.close()
    alone = Aside(warm=False)
    alone.begin("os", "_exit", 3)


@needs_fork
def test_a_picture_that_never_comes_ends_its_process_and_is_drawn_by_the_next(tmp_path, monkeypatch):
    places = Places(tmp_path)
    order(places, "pages", [{"name": "stuck", "spec": SPECS}])
    aside = Aside(tries=2)
    try:
        aside.run("stuck", "draw_late", places, "pages", str(tmp_path / "trace"))
        assert len(list((places.extra / "pictures").glob("stuck-*.svg"))) == len(LAYOUTS)
    finally:
        aside.close()


@needs_fork
def test_a_picture_that_fails_leaves_no_watch_behind(tmp_path):
    places = Places(tmp_path)
    order(places, "pages", [{"name": "bad", "spec": {"wide-light": "no specification"}}])
    aside = Aside()
    try:
        assert aside.run("stuck", "fail_and_live", places, "pages") == "alive"
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
