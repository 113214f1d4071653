"""``gegenprobe watch``: build and show the book, and build it again whenever somebody has saved a file."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType

from watchfiles import Change, DefaultFilter, watch

from gegenprobe.book.attacks import registers
from gegenprobe.book.inputs import PACKAGE
from gegenprobe.book.layout import Places
from gegenprobe.commands.live import LiveFiles, LiveServer
from gegenprobe.commands.ready import NOT_READY, OUTDATED
from gegenprobe.commands.serve import server
from gegenprobe.interrupts import held_back
from gegenprobe.observations import LATEST, as_day
from gegenprobe.paths import project_root

SETTINGS = ("_config.yml", "requirements.lock")


class Builder:
    """Builds the book, each time in a fresh process, of which the next one is got ready while nobody waits for it."""

    def __init__(self, options: Iterable[str]):
        self._command = [sys.executable, "-c", "from gegenprobe.cli import main; main()", "build", "--when-told"]
        self._command += options
        self._process: subprocess.Popen[str] | None = None

    def build(self) -> int:
        """Return the exit status of one build."""
        status = self._tell()
        return self._tell() if status == OUTDATED else status

    def get_ready(self) -> None:
        """Start the process of the next build, which leaves interrupts to this one until it is told to begin."""
        if self._process is None or self._process.poll() is not None:
            with held_back():
                self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, text=True)

    def _tell(self) -> int:
        self.get_ready()
        process, self._process = self._process, None
        try:
            process.communicate("now\n")
        finally:
            _end(process)
        return process.returncode

    def __enter__(self) -> Builder:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            _end(self._process)


def _end(process: subprocess.Popen[str]) -> None:
    """Let a process end by itself, which it does when nothing more comes in, or is interrupted as this one was."""
    process.stdin.close()
    process.wait()


class Sources(DefaultFilter):
    """Tells what somebody wrote from what a build or an editor left."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, ".ipynb_checkpoints", ".refresh")

    def __init__(self, places: Places):
        super().__init__(ignore_paths=[places.work, places.chapters, places.generated])
        self._places = places

    def __call__(self, change: Change, path: str) -> bool:
        """Tell whether a change of this file is one of the book."""
        file = Path(path)
        if file.name.startswith("."):
            return False
        elsewhere = file.parent == self._places.root and file.name not in SETTINGS
        return not elsewhere and super().__call__(change, path)


def changes(places: Places) -> SimpleQueue[set[str]]:
    """Return a queue of the paths of files that somebody changed, from now on."""
    told: SimpleQueue[set[str]] = SimpleQueue()
    named = {places.notebooks, places.data, places.book, PACKAGE, *(path.parent for path in registers(places.root))}
    folders = [folder for folder in named if folder.is_dir()]

    def listen(watched: list[Path], deep: bool) -> None:
        for found in watch(*watched, watch_filter=Sources(places), recursive=deep, raise_interrupt=False):
            told.put({path for _, path in found})

    # The settings by their folder: an editor puts another file in place of the one that was there.
    for watched, deep in ((folders, True), ([places.root], False)):
        Thread(target=listen, args=(watched, deep), daemon=True).start()
    return told


def run(port: int, chapters: list[str], as_of: str, video_day: str | None, jobs: int, warm: bool) -> int:
    """Build, show, and build again, until interrupted.

    Raises
    ------
    InputError
        For a chapter or day that is none, and if the port is taken. A later mistake is told, and the next change
        waited for.
    """
    places = Places(project_root())
    options = [*(f"--chapter={name}" for name in places.wanted(chapters) if chapters), f"--jobs={jobs}"]
    for option, day in (("--as-of", as_of), ("--video-day", video_day)):
        if day:
            options += [option, day if day == LATEST else f"{as_day(day):%Y-%m-%d}"]
    if not warm:
        options.append("--plain-kernels")
    told = changes(places)
    with server(places.site, port, LiveServer, LiveFiles) as serving, Builder(options) as builder:
        Thread(target=serving.serve_forever, daemon=True).start()
        print(f"The book: http://127.0.0.1:{serving.server_address[1]}/ (Ctrl-C ends)", flush=True)
        while True:
            begun = time.monotonic()
            status = builder.build()
            if status == 0:
                serving.tell()
            done = "built" if status == 0 else "not built"
            print(f"{done} in {time.monotonic() - begun:.1f} s; waiting for a change", flush=True)
            if status != NOT_READY:
                builder.get_ready()
            _wait(told)


def _wait(told: SimpleQueue[set[str]]) -> None:
    """Return when something changed, and take all that has been told so far for one change."""
    told.get()
    while True:
        try:
            told.get_nowait()
        except Empty:
            return
