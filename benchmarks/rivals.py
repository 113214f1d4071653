"""Four other ways to execute the chapters and render the book, and the limit no way can go below."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml
from copies import BIN, LEFT_OUT, environment, names, run

RENDER = ["-c", "from jupyter_book.cli.main import main; main()", "build", "book", "--config", "bench.yml", "-q"]
REST = """
from pathlib import Path
from gegenprobe.book.compose import compose
from gegenprobe.book.drawings import draw
from gegenprobe.book.environment import quiet_environment
from gegenprobe.book.inputs import read_record
from gegenprobe.book.layout import Places
from gegenprobe.book.pages import bring_pages
from gegenprobe.book.site import finish, publish
from gegenprobe.book.state import State
places, given = Places(Path.cwd()), {"as_of": "latest", "video_day": "2025-06-12"}
with quiet_environment(places.root):
    for name in places.chapter_names():
        compose(places, name, read_record(places, name))
        draw(places, name, fresh=True)
    bring_pages(places, given, "", State(places, given, []).horizon[1], fresh=True)
    draw(places, "pages", fresh=True)
    finish(places, again=True)
    publish(places, finished=True)
"""
"""What a book has beside executed chapters and rendered pages, one after the other in one process."""


def render(folder: Path, execute: str = "off") -> float:
    """Return the seconds jupyter-book takes on the pages as they lie there, from nothing."""
    config = yaml.safe_load((folder / "_config.yml").read_text(encoding="utf-8"))
    config["execute"] = {"execute_notebooks": execute, "timeout": 300}
    (folder / "bench.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    shutil.rmtree(folder / "book/_build", ignore_errors=True)
    return run(folder, sys.executable, *RENDER, "--path-output", "book")


def prepared(into: Path, finished: Path) -> Path:
    """Return a copy of a finished build that keeps its generated pages, so that only the chapters are to be made."""
    shutil.copytree(finished, into, ignore=LEFT_OUT)
    shutil.copytree(finished / "book/generated", into / "book/generated")
    (into / "book/chapters").mkdir()
    return into


def by_itself(folder: Path) -> float:
    """jupyter-book executes and renders by itself."""
    for name in names(folder):
        shutil.copy(folder / f"notebooks/{name}.ipynb", folder / f"book/chapters/{name}.ipynb")
    return render(folder, "force")


def papermill(folder: Path, at_once: int) -> float:
    """Papermill executes, so many chapters at once, then jupyter-book renders."""
    begun = time.perf_counter()
    waiting = [
        [str(BIN / "papermill"), f"notebooks/{name}.ipynb", f"book/chapters/{name}.ipynb", "-k", "python3"]
        for name in names(folder)
    ]
    running: list[subprocess.Popen] = []
    while waiting or running:
        while waiting and len(running) < at_once:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            running.append(subprocess.Popen(waiting.pop(0), cwd=folder, env=environment(folder), **quiet))
        for process in running:
            if process.poll() not in (None, 0):
                sys.exit("papermill failed")
        running = [process for process in running if process.poll() is None]
        time.sleep(0.02)
    return time.perf_counter() - begun + render(folder)


def nbmake(folder: Path) -> float:
    """pytest with nbmake executes two chapters at a time, then jupyter-book renders."""
    for name in names(folder):
        shutil.copy(folder / f"notebooks/{name}.ipynb", folder / f"book/chapters/{name}.ipynb")
    test = [sys.executable, "-m", "pytest", "-c", os.devnull, "--nbmake", "--overwrite", "-n", "2", "-q"]
    return run(folder, *test, "book/chapters") + render(folder)


def rest(finished: Path) -> float:
    """Return the seconds for what the other ways leave out: generated pages, drawings, finishing."""
    return run(finished, sys.executable, "-c", REST)


def limit(finished: Path, folder: Path, beside: float) -> dict[str, float]:
    """Return what no build can go below, in seconds.

    Parameters
    ----------
    finished : Path
        A finished build.
    folder : Path
        A copy to work in.
    beside : float
        What `rest` takes.
    """
    imports = run(finished, sys.executable, "-c", "import pandas, altair")
    cells = 0.0
    warm = {"GEGENPROBE_DRAWN_BY_BUILD": "1", "JUPYTER_DEFAULT_PROVISIONER_NAME": "gegenprobe-warm"}
    for name in names(folder):  # one by one, so that no cell waits for another
        executed = folder / f"{name}.ipynb"
        run(folder, str(BIN / "papermill"), f"notebooks/{name}.ipynb", str(executed), "-k", "python3", **warm)
        for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]:
            cells += cell.get("metadata", {}).get("papermill", {}).get("duration") or 0.0
    for part in ("generated", "chapters"):
        shutil.copytree(finished / "book" / part, folder / "book" / part)
    sphinx, cores = render(folder), os.cpu_count() or 1
    return {
        "one import of pandas and altair": imports,
        "all cells, one by one": cells,
        "Sphinx on the finished pages": sphinx,
        "limit: import + cells over the cores + Sphinx": imports + cells / cores + sphinx,
        "the rest of the book, in one process": beside,
        "limit of the whole book: the rest over the cores too": imports + (cells + beside) / cores + sphinx,
    }
