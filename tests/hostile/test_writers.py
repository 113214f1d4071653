"""Attacks on those who write: a full disk, a folder that is read only, two at the same time. Whole, old or new."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path

import pytest

from gegenprobe.errors import InputError
from gegenprobe.journal import WORK, alone, commit, recover
from gegenprobe.observations import Store
from project import claim, definition, monthly, write_project
from replay import KEYS, Replay, as_usual, copy_data

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="needs limits and mounts of Unix"),
    pytest.mark.xdist_group("writers"),
]
TODAY = "2026-07-01"
NAMES = ["mof.jgb.10y", "cbo.actual.gdp"]
ROOM = ": make room, or make it writable, and run again"


def whole(data: Path) -> dict[str, bytes]:
    """Return every file of the store, what a writer prepares left out."""
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in sorted(data.rglob("*"))
        if path.is_file() and WORK not in path.relative_to(data).parts
    }


def left_behind(data: Path) -> set[str]:
    folder = data / WORK
    return {path.name for path in folder.iterdir()} - {".gitignore", "lock"} if folder.exists() else set()


# --- real processes of the command, without starting Python each time ---------------------------------------------

FORKER = """
import json, os, sys
import pandas as pd
import gegenprobe.commands.refresh, gegenprobe.commands.seal, pandera.pandas, holidays, rich.progress, filelock
from gegenprobe.cli import main
from gegenprobe.sources import MODULES, module_of
[module_of(name) for name in MODULES]
holidays.country_holidays("US").get("2026-07-03"), holidays.financial_holidays("XJPX").get("2026-07-03")
pd.to_datetime(["2026-01-01"], format="%Y-%m-%d")
print(os.getpid(), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    if "wait" in order:
        print(os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1]), flush=True)
        continue
    child = os.fork()
    if child == 0:
        os.environ.update(order["environment"])
        for number, place in ((1, order["out"]), (2, order["err"])):
            os.dup2(os.open(place, os.O_CREAT | os.O_WRONLY | os.O_TRUNC), number)
        if "code" in order:
            exec(order["code"], {"arguments": order["arguments"]})
            sys.exit(0)
        main(order["arguments"])
    print(child, flush=True)
"""


@cache
def mounting() -> tuple[str, ...]:
    """Return the command under which file systems of one's own may be mounted; empty where there is none."""
    for command in (("unshare", "--mount"), ("unshare", "--map-root-user", "--mount")):
        try:
            if not subprocess.run([*command, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode:
                return command
        except OSError:
            pass
    return ()


class Runner:
    """Starts the command in processes of its own; permissions bind it, whoever runs the tests.

    `disk` is a file system of four megabytes that only these processes see, None where none may be mounted.
    """

    def __init__(self, folder: Path):
        disk = folder / "disk"
        disk.mkdir()
        command = [sys.executable, "-c", FORKER]
        if os.geteuid() == 0:
            command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
        if mounting():
            mount = f"mount -t tmpfs -o size=4m tmpfs '{disk}' && exec \"$@\""
            command = [*mounting(), "sh", "-c", mount, "sh", *command]
        self.folder, self.count = folder, 0
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        number = int(self.process.stdout.readline())
        self.disk = Path(f"/proc/{number}/root{disk}") if mounting() else None
        self.disk_inside = disk

    def ask(self, **order) -> int:
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def start(self, root: Path, *arguments: str, **order) -> tuple[int, Path]:
        self.count += 1
        said = self.folder / f"said-{self.count}"
        if arguments[0] == "refresh":
            arguments = (*arguments, "--sources", str(self.folder / "sources.yml"))
        environment = {**KEYS, "GEGENPROBE_ROOT": str(root), "GEGENPROBE_TODAY": TODAY, "TMPDIR": str(self.folder)}
        out = str(said.with_suffix(".out"))
        child = self.ask(environment=environment, out=out, err=str(said), arguments=arguments, **order)
        return child, said

    def end(self, started: tuple[int, Path]) -> tuple[int, str]:
        """Return exit status and what is said on stderr, progress left out."""
        child, said = started
        code = self.ask(wait=child)
        text = said.read_text(encoding="utf-8")
        assert "Traceback" not in text, text
        return code, "\n".join(line for line in text.splitlines() if line.startswith("gegenprobe: "))

    def run(self, root: Path, *arguments: str, **order) -> tuple[int, str]:
        return self.end(self.start(root, *arguments, **order))


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    found = Runner(tmp_path_factory.mktemp("runner"))
    yield found
    found.process.stdin.close()
    found.process.wait(30)


@pytest.fixture
def book(tmp_path, runner):
    """A store for which the sources have news, and their server."""
    data = copy_data(tmp_path, NAMES)
    server = Replay(data, TODAY)
    server.sources(runner.folder / "sources.yml", timeout=60)
    server.add("mof.jgb.10y", "2026-06-30", TODAY, 2.69)
    server.add("cbo.actual.gdp", "2025-01-01", TODAY, 30363.0)
    yield data, server
    server.close()


# --- a disk that is full ------------------------------------------------------------------------------------------

BEFORE = {"a.csv": b"one\n", "deep/b.csv": b"two\n"}
AFTER = {"a.csv": b"one\n" + b"new\n" * 3000, "deep/b.csv": b"two\n" + b"new\n" * 2000, "c.csv": b"three\n"}


@pytest.fixture
def little(tmp_path):
    (tmp_path / "deep").mkdir()
    for name, content in BEFORE.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


LIMITED = """
import resource
from pathlib import Path
from gegenprobe.errors import InputError
from gegenprobe.journal import alone, commit
folder, after = Path(arguments[0]), {name: text.encode() for name, text in arguments[1].items()}
def files():
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if name not in (".refresh/.gitignore", ".refresh/lock")}
before = files()
for most in range(0, 16_000, 500):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    try:
        with alone(folder):
            commit(folder, after)
    except InputError as error:
        kept, text = files() == before, str(error)
    else:
        kept, text = files() == after, "written"
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(most, kept, text.removeprefix(str(folder)), sep="|", flush=True)
    if text == "written":
        break
"""


def test_files_that_may_not_grow_leave_all_as_it_was(little, runner):
    """The system refuses to write beyond a size (EFBIG), at whichever file that is, until it is large enough."""
    place = runner.folder / "little"
    shutil.copytree(little, place)
    after = {name: content.decode() for name, content in AFTER.items()}
    started = runner.start(place, str(place), after, code=LIMITED)
    assert runner.end(started)[0] == 0
    rows = [line.split("|") for line in started[1].with_suffix(".out").read_text().splitlines()]
    assert {kept for _, kept, _ in rows} == {"True"}
    assert rows[-1][2] == "written"
    assert len(rows) > 20
    assert {said for _, _, said in rows[:-1]} == {f": File too large; nothing was changed{ROOM}"}


@pytest.mark.parametrize("room", [0, 5])
def test_a_full_disk_leaves_the_store_as_it_was(book, runner, room):
    """On a disk of four megabytes, filled but for some pages; with room made, the next run carries on."""
    if runner.disk is None:
        pytest.skip("no file system may be mounted here; test_files_that_may_not_grow_leave_all_as_it_was stands in")
    data = runner.disk / f"book-{room}" / "data"
    shutil.copytree(book[0], data)
    before = whole(data)
    filler = runner.disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(4096))
        except OSError:
            stream.truncate(stream.tell() - room * 4096)
    inside = runner.disk_inside / f"book-{room}"
    code, said = runner.run(inside, "refresh")
    assert (code, whole(data), left_behind(data)) == (2, before, set())
    assert said == f"gegenprobe: {inside}/data: No space left on device; nothing was changed{ROOM}"
    filler.unlink()
    assert runner.run(inside, "refresh") == (0, "")
    assert whole(data) != before
    assert not Store(data).unsealed
    shutil.rmtree(data.parent)


PUBLISHING = """
from pathlib import Path
from gegenprobe.book.layout import Places
from gegenprobe.book.site import publish
try:
    publish(Places(Path(arguments[0])))
except OSError:
    print("not published")
"""


def test_a_full_disk_leaves_the_former_site(runner):
    """What jupyter-book rendered is copied beside the site first: the copy may fail, the site stands."""
    if runner.disk is None:
        pytest.skip("no file system may be mounted here")
    work = runner.disk / "book/_build"
    (runner.disk / "book/generated/extra").mkdir(parents=True)
    for place, text in ((work / "html", "former"), (work / "jupyter-book/_build/html", "fresh")):
        place.mkdir(parents=True)
        (place / "index.html").write_text(text, encoding="utf-8")
        (place / "picture.svg").write_bytes(bytes(1_600_000))
    started = runner.start(runner.disk_inside, str(runner.disk_inside), code=PUBLISHING)
    assert runner.end(started) == (0, "")
    assert started[1].with_suffix(".out").read_text() == "not published\n"
    assert sorted(path.name for path in (work / "html").iterdir()) == ["index.html", "picture.svg"]
    assert (work / "html/index.html").read_text(encoding="utf-8") == "former"
    shutil.rmtree(runner.disk / "book")


# --- folders that are read only -----------------------------------------------------------------------------------


@pytest.mark.parametrize("writer", ["refresh", "seal"])
def test_a_folder_that_is_read_only_is_said(book, runner, writer):
    data, _ = book
    path = data / "observations" / "mof.jgb.10y.csv"
    if writer == "seal":
        path.write_bytes(path.read_bytes() + b"2026-06-30,2026-07-01,2.69\n")
    before = whole(data)
    data.chmod(0o555)
    try:
        code, said = runner.run(data.parent, writer)
    finally:
        data.chmod(0o755)
    assert code == 2
    assert said == f"gegenprobe: {data}: Permission denied; nothing was changed{ROOM}"
    assert whole(data) == before
    assert not left_behind(data)
    assert runner.run(data.parent, writer)[0] == 0
    assert whole(data) != before


def test_files_of_figures_that_are_read_only_leave_the_rest_undecided(book, runner):
    """Files are replaced, not written to, so that only their folder must let us; where it does not, the step waits."""
    data, _ = book
    before, folder = whole(data), data / "observations"
    folder.chmod(0o555)
    try:
        code, said = runner.run(data.parent, "refresh")
    finally:
        folder.chmod(0o755)
    assert code == 2
    assert said == (
        f"gegenprobe: {data}: a refresh is decided and half in place (Permission denied); make room, or make it "
        "writable, then run it again"
    )
    assert {name for name in before if whole(data)[name] != before[name]} <= {"provenance.csv", "checked.csv"}
    code, said = runner.run(data.parent, "refresh", "--dry-run")
    assert "a killed refresh waits to be finished" in said
    assert runner.run(data.parent, "refresh") == (0, "")
    store = Store(data)
    assert store.as_of("latest").series("mof.jgb.10y").iloc[-1] == 2.69
    assert not store.unsealed
    assert not left_behind(data)


def test_a_site_that_is_read_only_is_left_as_it_is(tmp_path, runner):
    """The check stands before the first chapter is executed, so that nothing expensive is lost."""
    measure = {"measure": "level", "of": {"series": "S"}, "at": "2025-02"}
    claims = {"a": [claim(definitions=[definition(measure=measure)])]}
    write_project(tmp_path, series={"S": monthly("2025-01-01", [1.0, 2.0])}, claims=claims)
    site = tmp_path / "book/_build/html"
    site.mkdir(parents=True)
    (site / "index.html").write_text("the former site", encoding="utf-8")
    (tmp_path / "book/_toc.yml").write_text("format: jb-book\nroot: index\nchapters: [{file: chapters/a}]\n")
    (tmp_path / "_config.yml").write_text("title: A book\n", encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/a.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "book/_build").chmod(0o555)
    try:
        code, said = runner.run(tmp_path, "build")
    finally:
        (tmp_path / "book/_build").chmod(0o755)
    assert code == 2
    assert said == (f"gegenprobe: {tmp_path}/book: no permission to write there; make it writable or build in a copy")
    assert (site / "index.html").read_text(encoding="utf-8") == "the former site"


# --- two at the same time -----------------------------------------------------------------------------------------


def test_of_two_refreshes_at_once_one_is_told_to_wait(book, runner):
    data, server = book
    before = whole(data)
    hold = threading.Event()
    server.misbehave("cbo/", lambda handler, status, body: (hold.wait(60), as_usual(handler, status, body))[1])
    first = runner.start(data.parent, "refresh")
    stop = time.monotonic() + 60
    while not server.asked["cbo/actual_GDP.csv"] and time.monotonic() < stop:
        time.sleep(0.02)
    told = [runner.run(data.parent, "refresh"), runner.run(data.parent, "seal")]
    assert whole(data) == before
    hold.set()
    assert runner.end(first) == (0, "")
    assert told == [(2, f"gegenprobe: another refresh is at work in {data}; let it finish")] * 2
    store = Store(data)
    assert store.as_of("latest").series("mof.jgb.10y").iloc[-1] == 2.69
    assert not store.unsealed
    assert not left_behind(data)
    assert runner.run(data.parent, "seal") == (0, "")  # the lock is free again


@pytest.mark.parametrize("when", ["before it is taken up", "before it is written"])
def test_a_file_edited_while_the_sources_are_asked_is_neither_sealed_nor_written_over(book, runner, when):
    """Asking takes minutes; what somebody wrote in the meantime is a person's to look at."""
    data, server = book
    path = data / "observations" / "mof.jgb.10y.csv"
    edited = path.read_bytes().replace(b",2.644\n", b",2.645\n")
    assert edited != path.read_bytes()
    seal = (data / "provenance.csv").read_bytes()

    def edit(handler, status, body):
        path.write_bytes(edited)
        return as_usual(handler, status, body)

    # The other series is asked after this one was taken up.
    server.misbehave("mof-jgb/" if when == "before it is taken up" else "cbo/", edit)
    code, said = runner.run(data.parent, "refresh")
    assert path.read_bytes() == edited
    assert "data/observations/mof.jgb.10y.csv was changed while the refresh ran" in said
    if when == "before it is written":
        assert code == 2
        assert (data / "provenance.csv").read_bytes() == seal
    else:
        assert code == 1
    store = Store(data)
    store.as_of("latest").series("mof.jgb.10y")
    assert store.unsealed == {"mof.jgb.10y"}


# --- a journal that is none ---------------------------------------------------------------------------------------

JOURNALS = {
    "cut short": b'{"a.csv": "',
    "a list": b"[]",
    "empty": b"",
    "nested": b"[" * 100_000,
    "leads out": json.dumps({"../outside.csv": "0"}).encode(),
    "leads to the root": json.dumps({"/etc/passwd": "0"}).encode(),
    "no hashes": json.dumps({"a.csv": None}).encode(),
}


@pytest.mark.parametrize("name", JOURNALS)
def test_a_journal_nobody_wrote_is_not_carried_out(little, name):
    folder = little / "data"
    folder.mkdir()
    shutil.move(little / "a.csv", folder / "a.csv")
    outside = little / "outside.csv"
    outside.write_bytes(b"mine\n")
    (folder / WORK / "staged").mkdir(parents=True)
    (folder / WORK / "outside.csv").write_bytes(b"theirs\n")
    (folder / WORK / "journal.json").write_bytes(JOURNALS[name])
    with pytest.raises(InputError, match=r"journal\.json: .*; look at git diff, then remove it$"):
        recover(folder)
    with pytest.raises(InputError), alone(folder):
        commit(folder, {"a.csv": b"x"})
    assert outside.read_bytes() == b"mine\n"
    assert (folder / "a.csv").read_bytes() == BEFORE["a.csv"]
    (folder / WORK / "journal.json").unlink()
    with alone(folder):
        commit(folder, {"a.csv": b"x"})
    assert (folder / "a.csv").read_bytes() == b"x"
