"""Copies of the checkout, and what is run in them: each way of making the book gets a fresh one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", "chapters", "generated", ".refresh", "__pycache__", ".*_cache"
)


def environment(folder: Path, **also: str) -> dict[str, str]:
    """Return the environment of every command: the copy's own package, one thread a process, compiled modules kept."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    given = {"PYTHONPATH": str(folder / "src"), "GEGENPROBE_ROOT": str(folder), "OMP_NUM_THREADS": "1"}
    return {**kept, **given, "PYTHONHASHSEED": "0", **also}


def run(folder: Path, *command: str, **also: str) -> float:
    """Run one command in a copy and return its seconds."""
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment(folder, **also), capture_output=True, text=True)
    seconds = time.perf_counter() - begun
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-2000:] or done.stdout[-2000:]}")
    return seconds


def copy(into: Path) -> Path:
    """Return a fresh copy of the checkout, without anything a former build left, its modules compiled."""
    shutil.copytree(ROOT, into, ignore=LEFT_OUT)
    run(into, sys.executable, "-m", "compileall", "-q", "src")
    return into


def ours(folder: Path, *options: str) -> float:
    """Return the seconds of one ``gegenprobe build``."""
    return run(folder, str(BIN / "gegenprobe"), "build", *options)


def names(folder: Path) -> list[str]:
    """Return the notebooks of a copy."""
    return sorted(path.stem for path in (folder / "notebooks").glob("*.ipynb"))


def memory(folder: Path) -> dict[str, float]:
    """Return the most memory one process of a cold build held, in MB; what it shares with others is counted whole."""
    build = psutil.Popen([str(BIN / "gegenprobe"), "build"], cwd=folder, env=environment(folder), stdout=-3)
    most = {"of a chapter": 0.0, "of the build": 0.0}
    while build.poll() is None:
        for process in [build, *build.children(recursive=True)]:
            try:
                held = process.memory_info().rss / 1e6
                kind = "of a chapter" if os.getpgid(process.pid) == process.pid else "of the build"
                most[kind] = max(most[kind], held)
            except (psutil.Error, OSError):  # it has just ended
                continue
        threading.Event().wait(0.05)
    if build.returncode:
        sys.exit("the build failed")
    return most


def grown(into: Path, count: int) -> Path:
    """Return a copy with so many chapters: copies of the book's own, with claims of their own names."""
    folder = copy(into)
    originals = names(folder)
    for place in range(len(originals), count):
        name = originals[place % len(originals)]
        twin = f"{name}-{place}"
        ledger = (folder / f"data/claims/{name}.yml").read_text(encoding="utf-8")
        claims = re.findall(r"^  - id: (\S+)", ledger, re.MULTILINE)
        ledger = re.sub(r"^(  - id: \S+)", rf"\1-{place}", ledger, flags=re.MULTILINE)
        ledger = ledger.replace(f"chapter: {name}\n", f"chapter: {twin}\n", 1)
        (folder / f"data/claims/{twin}.yml").write_text(ledger, encoding="utf-8")
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
