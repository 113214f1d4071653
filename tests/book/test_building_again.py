"""``gegenprobe watch``: what is saved is built and shown, and nothing that happens on the way ends the watching."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from threading import Timer
from urllib.request import urlopen

import psutil
import pytest
from watchfiles import Change

from conftest import COMMAND, SmallBook
from gegenprobe.book.layout import Places
from gegenprobe.commands.live import SCRIPT
from gegenprobe.commands.ready import NOT_READY, OUTDATED
from gegenprobe.commands.watch import Sources

pytestmark = pytest.mark.xdist_group("small-book")


class Watching:
    """A running ``gegenprobe watch``: its address, and the lines it says."""

    def __init__(self, book: SmallBook):
        self.process = subprocess.Popen(
            [str(COMMAND), "watch", "--port", "0"], cwd=book.root, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "GEGENPROBE_ROOT": str(book.root)},
            start_new_session=True,
        )  # fmt: skip
        self.address = self.until("The book: http").split()[2]

    def until(self, words: str) -> str:
        """Return the next line that has these words."""
        said = []
        patience = Timer(120, self.process.kill)  # waiting for what does not come is a failure, not a long wait
        patience.start()
        try:
            for line in self.process.stdout:
                said.append(line)
                if words in line:
                    return line
        finally:
            patience.cancel()
        raise AssertionError(f"ended without {words!r}: {''.join(said)}")

    def page(self, name: str = "") -> str:
        """Return a page as it is sent."""
        with urlopen(self.address + name) as answer:
            return answer.read().decode()


@pytest.fixture
def watching(small_book) -> Iterator[Watching]:
    begun = Watching(small_book)
    begun.until("waiting for a change")
    yield begun
    begun.process.send_signal(signal.SIGINT)
    begun.process.wait(60)


def test_what_is_saved_is_shown(small_book, watching):
    path = small_book.root / "book/index.md"
    before = path.read_text(encoding="utf-8")
    assert SCRIPT in watching.page()
    for text in ("A sentence just written.", "And another."):
        path.write_text(f"{before}\n{text}\n", encoding="utf-8")
        assert watching.until("waiting for a change").startswith("built in ")
        assert text in watching.page()
    assert SCRIPT not in small_book.page("index.html")


def test_a_mistake_is_told_and_the_next_change_waited_for(small_book, watching):
    path = small_book.root / "data/claims/one.yml"
    before = path.read_text(encoding="utf-8")
    page = small_book.page("chapters/one.html")
    path.write_text(before.replace("sense: equals", "sense: resembles"), encoding="utf-8")
    assert "one.yml" in watching.until("gegenprobe: ")
    assert watching.until("waiting for a change").startswith("not built ")
    assert small_book.page("chapters/one.html") == page
    path.write_text(before, encoding="utf-8")
    assert watching.until("waiting for a change").startswith("built in ")


def test_settings_that_another_file_is_put_in_place_of_are_seen(small_book, watching):
    """Editors write beside and rename; and a renderer that waits has read the former settings."""
    path = small_book.root / "_config.yml"
    before = path.read_text(encoding="utf-8")
    beside = path.with_name("beside")
    title = next(line for line in before.splitlines() if line.startswith("title:"))
    beside.write_text(before.replace(title, "title: Of another name", 1), encoding="utf-8")
    beside.replace(path)
    assert watching.until("waiting for a change").startswith("built in ")
    assert "Of another name" in watching.page()


def under_way(process: subprocess.Popen[str], least: int) -> list[psutil.Process]:
    """Return all processes below one, as soon as there are so many: a build that waits has begun others by then."""
    for _ in range(1200):
        found = psutil.Process(process.pid).children(recursive=True)
        if len(found) >= least:
            return found
        time.sleep(0.05)
    raise AssertionError("the waiting build began nothing")


def ends_in_one_line(begun: subprocess.Popen[str], everyone: list[psutil.Process]) -> bool:
    """Interrupt a process as a terminal does, with all that it started, and tell how it ends."""
    os.killpg(begun.pid, signal.SIGINT)
    said = [line for line in begun.stdout.read().splitlines() if not re.match(r"[\w:-]+: (done|unchanged)", line)]
    assert said == ["", "gegenprobe: stopped"]
    _, left = psutil.wait_procs(everyone, timeout=30)
    return begun.wait(60) == 130 and not left


@pytest.mark.parametrize("processes", [1, 3])
def test_an_interrupt_ends_all_of_it_in_one_line(small_book, processes):
    """At any time: while the next build loads what it needs, and when its processes have begun."""
    begun = Watching(small_book)
    begun.until("waiting for a change")
    assert ends_in_one_line(begun.process, under_way(begun.process, processes))


@pytest.mark.parametrize("moment", [1, 3, "pages: ", "files: "])
def test_an_interrupted_build_ends_in_one_line_and_the_next_one_builds(small_book, moment):
    """While the server loads what it needs, while chapters are executed, and while jupyter-book renders."""
    begun = subprocess.Popen(
        [str(COMMAND), "build", "--force"], cwd=small_book.root, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "GEGENPROBE_ROOT": str(small_book.root)},
    )  # fmt: skip
    if isinstance(moment, str):
        assert any(line.startswith(moment) for line in begun.stdout)
    assert ends_in_one_line(begun, under_way(begun, moment if isinstance(moment, int) else 1))
    assert small_book.run("build").returncode == 0


def test_one_that_is_killed_leaves_no_process(small_book):
    begun = Watching(small_book)
    begun.until("waiting for a change")
    everyone = under_way(begun.process, 3)
    begun.process.kill()
    _, left = psutil.wait_procs(everyone, timeout=30)
    assert not left


def when_told(book: SmallBook, **also: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(COMMAND), "build", "--when-told"], cwd=book.root, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "GEGENPROBE_ROOT": str(book.root), **also},
    )  # fmt: skip


def test_a_build_whose_code_changed_while_it_waited_does_not_begin(small_book):
    path = small_book.root / "requirements.lock"
    before = path.read_bytes()
    waits = when_told(small_book)
    under_way(waits, 1)  # it reads the lock first of all, and gets ready then
    path.write_bytes(before + b"# another\n")
    out, _ = waits.communicate("now\n", timeout=60)
    assert (waits.returncode, out) == (OUTDATED, "")


def test_a_build_that_nobody_tells_to_begin_ends(small_book):
    waits = when_told(small_book)
    out, error = waits.communicate("", timeout=60)
    assert (waits.returncode, out, error) == (0, "", "")


def test_a_build_that_cannot_get_ready_says_so_by_its_status(small_book, tmp_path):
    (tmp_path / "papermill.py").write_text("this is no Python\n", encoding="utf-8")
    waits = when_told(small_book, PYTHONPATH=str(tmp_path))
    out, error = waits.communicate("now\n", timeout=60)
    assert (waits.returncode, out) == (NOT_READY, "")
    assert "papermill.py" in error


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("book/index.md", True),
        ("book/_static/book.css", True),
        ("data/claims/one.yml", True),
        ("notebooks/one.ipynb", True),
        ("_config.yml", True),
        ("requirements.lock", True),
        ("README.md", False),
        ("book/_build/html/index.html", False),
        ("book/chapters/one.ipynb", False),
        ("book/generated/scoreboard.md", False),
        ("notebooks/.ipynb_checkpoints/one-checkpoint.ipynb", False),
        ("notebooks/.one.ipynb.swp", False),
        ("book/index.md~", False),
        ("data/.refresh/lock", False),
    ],
)
def test_what_a_build_or_an_editor_leaves_is_no_change(tmp_path, path, counts):
    assert Sources(Places(tmp_path))(Change.modified, str(tmp_path / path)) is counts


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--chapter", "oen"], "did you mean 'one'"),
        (["--as-of", "yesterday"], "'yesterday' is not a date"),
        (["--video-day", "2025-02-30"], "'2025-02-30' is not a date"),
        (["--port", "70000"], "--port"),
    ],
)
def test_bad_input_ends_it_in_one_line(small_book, arguments, said):
    done = small_book.run("watch", "--port", "0", *arguments)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert said in line
