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
from dataclasses import dataclass
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
ROUNDS = 3


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


PLAIN = "gegenprobe, plain kernels"


@dataclass(frozen=True)
class Round:
    """Every way once, in turn, each right after a build of ours, beside the limit; all in seconds.

    Attributes
    ----------
    theirs, own : dict
        Each other way, and the build of ours right before it.
    beside : float
        What the other ways leave out, in one process.
    lowest : dict
        As `rivals.limit` returns it.
    """

    theirs: dict[str, float]
    own: dict[str, float]
    beside: float
    lowest: dict[str, float]

    @property
    def whole(self) -> dict[str, float]:
        """Each way to the same book."""
        return {name: way + self.beside * (name != PLAIN) for name, way in self.theirs.items()}

    @property
    def over_limits(self) -> dict[str, float]:
        """Our cold build as a multiple of each limit."""
        typical = median(self.own.values())
        return {name: typical / seconds for name, seconds in self.lowest.items() if "limit" in name}


def measured(work: Path, finished: Path) -> Round:
    """Return one round, in a folder of its own, which is not there afterwards."""
    work.mkdir()
    beside = rest(Path(shutil.copytree(finished, work / "rest")))
    lowest = limit(finished, copy(work / "limit"), beside)
    say("limit", lowest)
    theirs, own = {}, {}
    for number, (name, way) in enumerate(WAYS.items()):
        folder = prepared(work / f"way-{number}", finished)
        own[name] = ours(copy(work / f"ours-{number}"))
        theirs[name] = way(folder)
        say(name, {"ours": own[name], "theirs": theirs[name]})
    own[PLAIN], theirs[PLAIN] = ours(copy(work / "ours")), ours(copy(work / "plain"), "--plain-kernels")
    say(PLAIN, {"ours": own[PLAIN], "theirs": theirs[PLAIN]})
    shutil.rmtree(work)
    return Round(theirs, own, beside, lowest)


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure over the rounds, rounded."""
    return rounded({name: median(each[name] for each in rounds) for name in rounds[0]})


def times(ways: dict[str, float], own: dict[str, float]) -> dict[str, float]:
    return {name: ways[name] / own[name] for name in ways}


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
    """Measure everything in turn, and write the results."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        work = Path(place)
        finished = copy(work / "finished")
        ours(finished)
        rounds = [measured(work / f"round-{number}", finished) for number in range(ROUNDS)]
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
    every = [seconds for each in rounds for seconds in each.own.values()]
    theirs = medians([each.theirs for each in rounds])
    beside = median(each.beside for each in rounds)
    few = {"ours": median(every), "(a)": theirs["(a) jupyter-book executes"], "the rest of the book": beside}
    grew = {str(len(names(ROOT))): few} | grew
    steps = list(pairwise(grew))
    results = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
        "cold build, seconds": rounded({"gegenprobe": median(every)} | theirs),
        "gegenprobe each time, seconds": [round(each, 2) for each in every],
        "chapters and rendering only, as a multiple of our whole book": medians(
            [times(each.theirs, each.own) for each in rounds]
        ),
        "the same book, as a multiple of ours": medians([times(each.whole, each.own) for each in rounds]),
        "first build in an environment, seconds": round(first, 2),
        "limit, seconds": medians([each.lowest for each in rounds]),
        "cold build over the limits": medians([each.over_limits for each in rounds]),
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
