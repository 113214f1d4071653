"""Jupyter-book renders what stands in ``book/``, in a process that gets ready while pages are still being made."""

from __future__ import annotations

import subprocess
import sys
import threading

import click
import yaml

from gegenprobe.book.inputs import write_whole
from gegenprobe.book.layout import Places
from gegenprobe.errors import BuildFailed
from gegenprobe.interrupts import held_back

_IMPORTED = ("jupyter_book.sphinx", "myst_nb.sphinx_ext", "sphinx.builders.html")
_BEGIN = """
import contextlib, gc, importlib, sys
gc.disable()
names, sys.argv[1:] = sys.argv[1].split(","), sys.argv[2:]
for name in names:
    with contextlib.suppress(ImportError):  # what is missing is said when it is asked for
        importlib.import_module(name)
gc.freeze()
gc.enable()
gc.set_threshold(500_000)  # a page makes little garbage, and looking for it at the usual times takes a tenth of all
from jupyter_book.cli.main import main
try:
    main()
finally:
    gc.freeze()
"""


class Renderer:
    """One run of jupyter-book, with execution off; a warning is an error.

    The files that go to the root of the site are left to `gegenprobe.book.site.publish`: the last of them may still be
    drawn.
    """

    def __init__(self, places: Places):
        self._places = places
        self._process: subprocess.Popen[str] | None = None
        self._begun_with: dict = {}
        self._talking = threading.Lock()

    def begin(self) -> None:
        """Start the process, up to where it needs the pages; one that waits already, with these settings, will do."""
        places, settings = self._places, self._settings()
        if self._waits(settings):
            return
        self.close()
        self._begun_with = settings
        names = ",".join([*settings["sphinx"]["config"]["extensions"], *_IMPORTED])
        write_whole(places.work / "_config.yml", yaml.safe_dump(settings, allow_unicode=True))
        command = [
            sys.executable, "-c", _BEGIN, names, "build", str(places.book),
            "--config", str(places.work / "_config.yml"), "--path-output", str(places.rendered),
            "-n", "-W", "--keep-going", "-q",
        ]  # fmt: skip
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with held_back():  # for good: `close` ends it
            self._process = subprocess.Popen(command, cwd=places.root, text=True, **pipes)

    def render(self) -> None:
        """Render the pages as they lie there now.

        Raises
        ------
        BuildFailed
            With what it complained of.
        """
        self.begin()
        process = self._process
        with self._talking:
            out, error = process.communicate("now\n")
        if process.returncode:
            lines = [line for line in click.unstyle(out + error).splitlines() if line.strip()]
            told = [line for line in lines if "WARNING" in line or "ERROR" in line] or lines[-15:]
            raise BuildFailed("jupyter-book:\n  " + "\n  ".join(told[:40]))

    def close(self) -> None:
        """End the process, whatever it does; `render` would start another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        with self._talking:  # of two that listen to a process, one would find its pipes closed
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()

    def _waits(self, settings: dict) -> bool:
        return self._process is not None and self._process.poll() is None and self._begun_with == settings

    def _settings(self) -> dict:
        settings = yaml.safe_load((self._places.root / "_config.yml").read_text(encoding="utf-8"))
        settings["sphinx"]["config"].pop("html_extra_path", None)
        settings["sphinx"]["config"]["extensions"].append("gegenprobe.book.waiting")
        return settings
