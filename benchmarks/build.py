"""What a build costs, beside four other ways to make the same book; one run on one machine, in copies of the checkout.

Run by ``make bench``. Writes ``benchmarks/results.json``; ``benchmarks/report.py`` makes the table and the picture.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median

from copies import BIN, ROOT, copy, grown, memory, names, ours, run
from rebuilds import rebuilds
from rivals import by_itself, limit, nbmake, papermill, prepared, rest

from gegenprobe.paths import environment_folder

WAYS: dict[str, Callable[[Path], float]] = {
    "(a) jupyter-book executes": by_itself,
    "(b) papermill, then jupyter-book": partial(papermill, at_once=1),
    "(c) papermill two at a time, then jupyter-book": partial(papermill, at_once=2),
    "(d) nbmake -n 2, then jupyter-book": nbmake,
}
SIZES = (10, 40)


def weights(site: Path) -> dict[str, float]:
    """Return what pages weigh at most, compressed, in KB; nothing where there is no browser."""
    command = [sys.executable, str(ROOT / "benchmarks/page_weight.py"), str(site)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {}
    pages = json.loads(done.stdout)["pages"]
    first = max(each["alone"] for each in pages["index.html"].values())
    further = max(each["further"] for name, page in pages.items() if name != "index.html" for each in page.values())
    return {"first view of the landing page": first / 1000, "the heaviest further page": further / 1000}


def rounded(values: dict[str, float], digits: int = 2) -> dict[str, float]:
    return {name: round(value, digits) for name, value in values.items()}


def say(what: str, seconds: float | dict[str, float]) -> None:
    """Tell of each figure as it comes: all of them take half an hour."""
    print(f"{what}: {seconds}", file=sys.stderr, flush=True)


def paired(work: Path, finished: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Return the seconds of each other way, and of the build of ours right before it: nothing else runs between."""
    theirs, own = {}, {}
    for number, (name, way) in enumerate(WAYS.items()):
        folder = prepared(work / f"way-{number}", finished)
        own[name] = ours(copy(work / f"ours-{number}"))
        theirs[name] = way(folder)
        say(name, {"ours": own[name], "theirs": theirs[name]})
    name = "gegenprobe, plain kernels"
    own[name], theirs[name] = ours(copy(work / "ours")), ours(copy(work / "plain"), "--plain-kernels")
    say(name, {"ours": own[name], "theirs": theirs[name]})
    return theirs, own


def growth(work: Path) -> dict[str, dict[str, float]]:
    """Return how the cold build grows with the number of chapters, and how way (a) does beside it."""
    found = {}
    for count in SIZES:
        folder = grown(work / f"n{count}", count)
        found[str(count)] = {
            "ours": ours(folder),
            "(a)": by_itself(prepared(work / f"a{count}", folder)),
            "the rest of the book": rest(folder),
        }
        say(f"{count} chapters", found[str(count)])
    return found


def main() -> None:
    """Measure everything once, in turn, and write the results."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        work = Path(place)
        finished = copy(work / "finished")
        ours(finished)
        beside = rest(Path(shutil.copytree(finished, work / "rest")))
        lowest = limit(finished, copy(work / "limit"), beside)
        say("limit", lowest)
        theirs, own = paired(work, finished)
        typical = median(own.values())
        shutil.rmtree(environment_folder() or work / "none", ignore_errors=True)
        first = ours(copy(work / "first"))
        say("first build in an environment", first)
        check = run(finished, str(BIN / "gegenprobe"), "check", "--json")
        start = run(finished, str(BIN / "gegenprobe"), "--help")
        pages = weights(finished / "book/_build/html")
        held = memory(copy(work / "memory"))
        say("memory", held)
        rebuilt = rebuilds(work)
        say("rebuilds", rebuilt)
        grew = growth(work)
    whole = {name: way + beside * (not name.startswith("gegenprobe")) for name, way in theirs.items()}
    few = str(len(names(ROOT)))
    by = "(a) jupyter-book executes"
    grew = {few: {"ours": typical, "(a)": theirs[by], "the rest of the book": beside}} | grew
    steps = list(pairwise(grew))
    results = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
        "cold build, seconds": rounded({"gegenprobe": typical} | theirs),
        "gegenprobe each time, seconds": [round(each, 2) for each in own.values()],
        "chapters and rendering only, as a multiple of our whole book": rounded(
            {name: theirs[name] / own[name] for name in theirs}
        ),
        "the same book, as a multiple of ours": rounded({name: whole[name] / own[name] for name in theirs}),
        "first build in an environment, seconds": round(first, 2),
        "limit, seconds": rounded(lowest),
        "cold build over the limits": rounded({name: typical / lowest[name] for name in lowest if "limit" in name}),
        "cold build before the rebuilds, seconds": round(rebuilt["cold"]["cold"], 2),
        "rebuild, seconds": rounded(rebuilt["alone"]),
        "rebuild over cold build": rounded(rebuilt["alone, of the cold build"], 3),
        "rebuild while watched, seconds": rounded(rebuilt["watched"]),
        "rebuild while watched over cold build": rounded(rebuilt["watched, of the cold build"], 3),
        "cold build by chapters, seconds": {count: rounded(each) for count, each in grew.items()},
        "seconds for each further chapter": rounded(
            {
                f"{fewer} to {more}": (grew[more]["ours"] - grew[fewer]["ours"]) / (int(more) - int(fewer))
                for fewer, more in steps
            }
        ),
        "check of all claims, seconds": round(check, 2),
        "help, seconds": round(start, 2),
        "pages, KB": rounded(pages, 1),
        "memory, MB": rounded(held, 0),
    }
    target = ROOT / "benchmarks/results.json"
    target.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
