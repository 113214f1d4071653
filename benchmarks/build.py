"""What a build costs, beside four other ways to make the same book; one run on one machine, in copies of the checkout.

Run by ``make bench``. Writes ``benchmarks/results.json``; ``benchmarks/report.py`` makes the table and the picture.
"""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", "chapters", "generated", ".refresh", "__pycache__", ".*_cache"
)
RENDER = ["-c", "from jupyter_book.cli.main import main; main()", "build", "book", "--config", "_config.yml", "-q"]


def run(folder: Path, *command: str, check: bool = True) -> float:
    """Run one command in a copy and return its seconds."""
    environment = {**os.environ, "GEGENPROBE_ROOT": str(folder), "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    if check and done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-2000:] or done.stdout[-2000:]}")
    return seconds


def copy(into: Path) -> Path:
    """Return a fresh copy of the checkout, without anything a former build left."""
    shutil.copytree(ROOT, into, ignore=LEFT_OUT)
    return into


def ours(folder: Path, *options: str) -> float:
    """Return the seconds of one ``gegenprobe build``."""
    return run(folder, str(BIN / "gegenprobe"), "build", *options)


def render(folder: Path, execute: str = "off") -> float:
    """Return the seconds jupyter-book takes on the pages as they lie there, from nothing."""
    config = yaml.safe_load((folder / "_config.yml").read_text(encoding="utf-8"))
    config["execute"] = {"execute_notebooks": execute, "timeout": 300}
    (folder / "bench.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    shutil.rmtree(folder / "book/_build", ignore_errors=True)
    command = [sys.executable, *[word.replace("_config.yml", "bench.yml") for word in RENDER], "--path-output", "book"]
    return run(folder, *command)


def prepared(into: Path, finished: Path) -> Path:
    """Return a copy with the generated pages of a finished build, so that only the chapters are to be made."""
    folder = copy(into)
    shutil.copytree(finished / "book/generated", folder / "book/generated")
    (folder / "book/chapters").mkdir()
    return folder


def names(folder: Path) -> list[str]:
    """Return the notebooks of a copy."""
    return sorted(path.stem for path in (folder / "notebooks").glob("*.ipynb"))


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
    environment = {**os.environ, "GEGENPROBE_ROOT": str(folder), "OMP_NUM_THREADS": "1"}
    running: list[subprocess.Popen] = []
    while waiting or running:
        while waiting and len(running) < at_once:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            running.append(subprocess.Popen(waiting.pop(0), cwd=folder, env=environment, **quiet))
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
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        os.devnull,
        "--nbmake",
        "--overwrite",
        "-n",
        "2",
        "-q",
        "book/chapters",
    ]
    return run(folder, *command) + render(folder)


def grown(into: Path, count: int) -> Path:
    """Return a copy with so many chapters: copies of the book's own, with claims of their own names."""
    folder = copy(into)
    originals = names(folder)
    for place in range(len(originals), count):
        name = originals[place % len(originals)]
        twin = f"{name}-{place}"
        chapter = yaml.safe_load((folder / f"data/claims/{name}.yml").read_text(encoding="utf-8"))
        claims = [claim["id"] for claim in chapter["claims"]]
        for claim in chapter["claims"]:
            claim["id"] = f"{claim['id']}-{place}"
        chapter["chapter"] = twin
        (folder / f"data/claims/{twin}.yml").write_text(yaml.safe_dump(chapter, allow_unicode=True), encoding="utf-8")
        text = (folder / f"notebooks/{name}.ipynb").read_text(encoding="utf-8")
        text = text.replace(f'open_chapter(\\"{name}\\"', f'open_chapter(\\"{twin}\\"')
        text = re.sub(rf"\b({'|'.join(map(re.escape, claims))})\b(?!-\d)", rf"\1-{place}", text)
        (folder / f"notebooks/{twin}.ipynb").write_text(text, encoding="utf-8")
        contents = (folder / "book/_toc.yml").read_text(encoding="utf-8")
        contents = contents.replace(
            "      - file: chapters/context\n", f"      - file: chapters/context\n      - file: chapters/{twin}\n"
        )
        (folder / "book/_toc.yml").write_text(contents, encoding="utf-8")
    return folder


def limit(finished: Path, work: Path) -> dict[str, float]:
    """Return what no build can go below: one import, the cells' own time over the cores, Sphinx on finished pages."""
    imports = run(finished, sys.executable, "-c", "import pandas, altair")
    cells = 0.0
    for path in (finished / "book/_build/executed").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            cells += cell.get("metadata", {}).get("papermill", {}).get("duration") or 0.0
    pages = copy(work / "pages")
    for part in ("generated", "chapters"):
        shutil.copytree(finished / "book" / part, pages / "book" / part)
    sphinx = render(pages)
    return {
        "import": imports,
        "cells": cells,
        "sphinx": sphinx,
        "limit": imports + cells / (os.cpu_count() or 1) + sphinx,
    }


def changes(folder: Path) -> dict[str, float]:
    """Return the seconds of a rebuild after each kind of change to a finished book."""
    found = {"nothing": ours(folder)}
    page = folder / "book/how-to-read.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    found["one sentence"] = ours(folder)
    figures = folder / "data/observations/DGS30.csv"
    lines = figures.read_text(encoding="utf-8").splitlines(keepends=True)
    date, known, value = lines[1].strip().split(",")
    lines[1] = f"{date},{known},{float(value) + 0.01:.2f}\n"
    figures.write_text("".join(lines), encoding="utf-8")
    run(folder, str(BIN / "gegenprobe"), "seal", "DGS30")
    found["one observation"] = ours(folder)
    notebook = folder / "notebooks/context.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("# ", "#  ", 1), encoding="utf-8")
    found["one notebook"] = ours(folder)
    return found


def main() -> None:
    """Measure everything once, in turn, and write the results."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        work = Path(place)
        finished = copy(work / "ours")
        times = {"gegenprobe": ours(finished)}
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        lowest = limit(finished, work)
        times["gegenprobe, plain kernels"] = ours(copy(work / "plain"), "--plain-kernels")
        times["(a) jupyter-book executes"] = by_itself(prepared(work / "a", finished))
        times["(b) papermill, then jupyter-book"] = papermill(prepared(work / "b", finished), 1)
        times["(c) papermill two at a time, then jupyter-book"] = papermill(prepared(work / "c", finished), 2)
        times["(d) nbmake -n 2, then jupyter-book"] = nbmake(prepared(work / "d", finished))
        check = run(finished, str(BIN / "gegenprobe"), "check", "--json")
        rebuilt = changes(finished)
        sizes = {str(count): ours(grown(work / f"n{count}", count)) for count in (10, 40)}
    results = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
        "cold build, seconds": {name: round(value, 2) for name, value in times.items()},
        "ratio to gegenprobe": {name: round(value / times["gegenprobe"], 2) for name, value in times.items()},
        "limit, seconds": {name: round(value, 2) for name, value in lowest.items()},
        "cold build over limit": round(times["gegenprobe"] / lowest["limit"], 2),
        "rebuild, seconds": {name: round(value, 2) for name, value in rebuilt.items()},
        "rebuild over cold build": {name: round(value / times["gegenprobe"], 3) for name, value in rebuilt.items()},
        "cold build by chapters, seconds": {str(len(names(ROOT))): round(times["gegenprobe"], 2)}
        | {count: round(value, 2) for count, value in sizes.items()},
        "check of all claims, seconds": round(check, 2),
        "largest process of a build, MB": round(peak),
    }
    target = ROOT / "benchmarks/results.json"
    target.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
