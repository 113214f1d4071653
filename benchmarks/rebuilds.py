"""Builds again after a change to a finished book: by a command of its own, and while ``gegenprobe watch`` runs."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import TracebackType

from copies import BIN, copy, environment, ours, run

WRITING = 6.0
"""Seconds an author writes before the next change: a build that waits for it gets ready meanwhile."""


def sentence(folder: Path) -> Path:
    return _edited(folder / "book/how-to-read.md", lambda text: text + "\nOne more sentence.\n")


def observation(folder: Path) -> Path:
    """Raise the first figure of a series by a hundredth."""

    def raised(text: str) -> str:
        return re.sub(r"(?<=\n)(\S+,\S+,)(\S+)", lambda row: f"{row[1]}{float(row[2]) + 0.01:.2f}", text, count=1)

    return _edited(folder / "data/observations/DGS30.csv", raised)


def sealed(folder: Path) -> Path:
    run(folder, str(BIN / "gegenprobe"), "seal", "DGS30")
    return folder / "data/provenance.csv"


def notebook(folder: Path) -> Path:
    return _edited(folder / "notebooks/context.ipynb", lambda text: text.replace("# ", "#  ", 1))


def module(folder: Path) -> Path:
    return _edited(folder / "src/gegenprobe/charts/holders.py", lambda text: text + "# One line more.\n")


CHANGES: dict[str, list[Callable[[Path], Path]]] = {
    "one sentence": [sentence],
    "one observation": [observation, sealed],
    "one notebook": [notebook],
    "one package module (of charts)": [module],
}
"""What is done to a book, one file after the other, each as a function that returns the file."""


def _edited(path: Path, change: Callable[[str], str]) -> Path:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


class Watching:
    """A ``gegenprobe watch`` of a copy."""

    def __init__(self, folder: Path):
        command = [str(BIN / "gegenprobe"), "watch", "--port", "0"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        self._process = subprocess.Popen(command, cwd=folder, env=environment(folder), **pipes)

    def __enter__(self) -> Watching:
        self.built()
        return self

    def built(self) -> float:
        """Return the time at which the next build has ended, well or not."""
        for line in self._process.stdout:
            if "waiting for a change" in line:
                return time.time()
        sys.exit("gegenprobe watch ended")

    def after(self, folder: Path, changes: list[Callable[[Path], Path]]) -> float:
        """Return the seconds from the moment the last of the changed files was written until the site stands."""
        seconds = 0.0
        for change in changes:
            time.sleep(WRITING)
            written = change(folder).stat().st_mtime
            seconds = self.built() - written
        return seconds

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait()


def once(work: Path) -> dict[str, dict[str, float]]:
    """Return the seconds of a cold build, and of each rebuild after it, by a command and while watched."""
    folder = copy(work)
    alone = {"cold": ours(folder), "nothing": ours(folder)}
    for name, changes in CHANGES.items():
        for change in changes:
            change(folder)
        alone[name] = ours(folder)
    with Watching(folder) as watching:
        watched = {name: watching.after(folder, changes) for name, changes in CHANGES.items()}
    return {"alone": alone, "watched": watched}


def rebuilds(work: Path, times: int = 3) -> dict[str, dict[str, float]]:
    """Return the median seconds of each kind of rebuild, and their median shares of the cold build right before."""
    rounds = [once(work / f"rebuild-{number}") for number in range(times)]
    found: dict[str, dict[str, float]] = {"cold": {"cold": median(each["alone"]["cold"] for each in rounds)}}
    for how in ("alone", "watched"):
        kinds = [name for name in rounds[0][how] if name != "cold"]
        found[how] = {name: median(each[how][name] for each in rounds) for name in kinds}
        found[f"{how}, of the cold build"] = {
            name: median(each[how][name] / each["alone"]["cold"] for each in rounds) for name in kinds
        }
    return found
