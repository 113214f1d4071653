"""How fast a sweep is, and how that grows with workers and with the grid; writes results-sweep.json and sweep.md.

    python benchmarks/sweep.py           # measures, and writes both
    python benchmarks/sweep.py --tell    # writes sweep.md again from what was measured

Each measurement runs in a process of its own on the real figures and claims, so that memory is its own. All are made
in turn, several times, and the fastest of each counts: a machine is shared with others. One process and two are
compared pair by pair, so that both meet the same of them. Beside the wall clock stands the time of the processor.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import pandas as pd

from gegenprobe.claims import read_ledger
from gegenprobe.observations import Store
from gegenprobe.paths import project_root
from gegenprobe.sweep import Here, Processes, Sweep, read_grid, read_tolerances
from gegenprobe.video import VIDEO_DAY
from gegenprobe.words import number

RESULTS = Path(__file__).with_name("results-sweep.json")
TOLD = Path(__file__).with_name("sweep.md")
ROUNDS = 3
RUNS = {
    "one tolerance, months": ("months", "1", 1),
    "default grid": ("months", "0.5,1,2", 1),
    "default grid, two processes": ("months", "0.5,1,2", 2),
    "twenty tolerances, months": ("months", "0:5:20", 1),
    "twenty tolerances, weeks": ("weeks", "0:5:20", 1),
    "twenty tolerances, weeks, two processes": ("weeks", "0:5:20", 2),
}


def one(grid: str, tolerances: str, workers: int) -> dict:
    """Measure one sweep from nothing, and the same sweep once more with everything kept."""
    data = project_root() / "data"
    store, ledger = Store(data), read_ledger(data / "claims")
    day = pd.Timestamp(VIDEO_DAY)
    sweep = Sweep(store, ledger, read_grid(grid, store, day), read_tolerances(tolerances), day)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "cases.csv"
        crew = Processes(workers) if workers > 1 else Here()
        wall, cpu = time.perf_counter(), time.process_time()
        report = sweep.run(Path(folder), crew, out)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        again = time.perf_counter()
        kept = sweep.run(Path(folder), Here(), out)
        again = time.perf_counter() - again
        assert kept.computed == 0
        size = out.stat().st_size
    own, others = (resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu += others.ru_utime + others.ru_stime  # workers that were forked, which is so where this process has no threads
    return {
        "grid": grid, "days": len(sweep.days), "tolerances": len(sweep.tolerances), "workers": workers,
        "cases": report.cases, "errors": report.errors, "measurements": report.measurements,
        "wall_seconds": round(wall, 2), "processor_seconds": round(cpu, 2),
        "judging_seconds": round(report.worker_seconds, 2), "cases_per_second": round(report.cases / wall),
        "cases_per_processor_second": round(report.cases / cpu),
        "cases_per_judging_second": round(report.cases / report.worker_seconds),
        "again_seconds": round(again, 2), "table_megabytes": round(size / 1e6, 1),
        "peak_memory_megabytes": round(max(own.ru_maxrss, others.ru_maxrss) / 1024),
        "load_average": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def told(written: dict) -> str:
    """Return what was measured in words and one table, as Markdown."""
    results, machine = written["results"], written["machine"]
    alone = {name: each for name, each in results.items() if each["workers"] == 1}
    least, most = (pick(alone, key=lambda name: alone[name]["cases"]) for pick in (min, max))
    small, large = alone[least], alone[most]
    slowest = min(alone.values(), key=lambda each: each["cases_per_second"])
    pairs = sorted((each for each in results.values() if "speed_up" in each), key=lambda each: each["cases"])
    columns = {
        "sweep": lambda name, each: name,
        "days": lambda name, each: number(each["days"], 0),
        "tolerances": lambda name, each: number(each["tolerances"], 0),
        "processes": lambda name, each: number(each["workers"], 0),
        "findings": lambda name, each: number(each["cases"], 0),
        "measurements": lambda name, each: number(each["measurements"], 0),
        "seconds": lambda name, each: number(each["wall_seconds"], 2),
        "findings per second": lambda name, each: number(each["cases_per_second"], 0),
        "per second of processor": lambda name, each: number(each["cases_per_processor_second"], 0),
        "times one process": lambda name, each: number(each["speed_up"], 2) if "speed_up" in each else "",
        "memory at most, MB": lambda name, each: number(each["peak_memory_megabytes"], 0),
        "again, seconds": lambda name, each: number(each["again_seconds"], 2),
    }
    head = list(columns)
    lines = [
        "# How fast a sweep is",
        "",
        "Written by `python benchmarks/sweep.py` from `results-sweep.json`; a number here is never typed.",
        "",
        "A finding is one claim under one reading, on one day of knowledge, with one tolerance. One core makes "
        f"**at least {number(slowest['cases_per_second'], 0)} findings a second**, reading figures and writing "
        f"the table counted in, and {number(large['cases_per_second'], 0)} on the largest grid.",
        "",
        f"**With the grid** the time grows more slowly than the number of findings: "
        f"{number(large['cases'] / small['cases'], 0)} times the findings take "
        f"{number(large['wall_seconds'] / small['wall_seconds'], 1)} times as long. A reading is measured once for all "
        f"days on which its figures are the same, and once for all tolerances "
        f"({number(small['measurements'], 0)} measurements for {number(small['cases'], 0)} findings, "
        f"{number(large['measurements'], 0)} for {number(large['cases'], 0)}).",
        "",
        "**With workers**: two processes are "
        + " and ".join(
            f"{number(each['speed_up'], 2)} times as fast as one on {number(each['cases'], 0)} findings"
            for each in pairs
        )
        + ". What comes before they start is done by one alone, so a larger grid gains more; from the time of the "
        "processors that was used, two of one's own could give at most "
        + " and ".join(number(each["possible_speed_up"], 2) for each in pairs)
        + ".",
        "",
        f"**Memory** is bounded: a process held {number(large['peak_memory_megabytes'], 0)} MB at most for "
        f"{number(large['cases'], 0)} findings and {number(small['peak_memory_megabytes'], 0)} MB for "
        f"{number(small['cases'], 0)}, since rows go to the csv table as they come.",
        "",
        f"**Nothing is computed twice**: the same sweep once more takes {number(small['again_seconds'], 2)} to "
        f"{number(large['again_seconds'], 2)} seconds on one process, and computes no finding.",
        "",
        f"| {' | '.join(head)} |",
        f"| --- |{' ---: |' * (len(head) - 1)}",
        *(f"| {' | '.join(cell(name, each) for cell in columns.values())} |" for name, each in results.items()),
        "",
        f"The fastest of {written['fastest_of']} runs of each, made in turn, on a machine with {machine['processors']} "
        f"processors shared with others, Python {machine['python']} and pandas {machine['pandas']}. The load of the "
        f"machine was {number(min(each['load_average'] for each in results.values()), 1)} to "
        f"{number(max(each['load_average'] for each in results.values()), 1)}. Two processes are "
        "compared with one pair by pair, each run right after the other; the median counts. "
        "A Dask cluster was not measured.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run every measurement, or the one named; or only tell of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=RUNS, help="this measurement only, in this process")
    parser.add_argument("--tell", action="store_true", help="measure nothing, write sweep.md from results-sweep.json")
    asked = parser.parse_args()
    chosen = asked.only
    if asked.tell:
        TOLD.write_text(told(json.loads(RESULTS.read_text(encoding="utf-8"))), encoding="utf-8")
        return
    if chosen:
        print(json.dumps(one(*RUNS[chosen])))
        return
    results: dict[str, dict] = {}
    every: dict[str, list[dict]] = {name: [] for name in RUNS}
    for name in list(RUNS) * ROUNDS:
        done = subprocess.run([sys.executable, __file__, "--only", name], check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        print(name, found["cases_per_second"], "a second", file=sys.stderr)
        every[name].append(found)
        results[name] = min(results.get(name, found), found, key=lambda each: each["wall_seconds"])
    for grid in ("default grid", "twenty tolerances, weeks"):
        two = results[f"{grid}, two processes"]
        # Pair by pair, one right after the other: a shared machine's speed wanders more within minutes than this ratio.
        pairs = list(zip(every[grid], every[f"{grid}, two processes"], strict=True))
        ratios = [alone["wall_seconds"] / both["wall_seconds"] for alone, both in pairs]
        two["speed_up"], two["speed_ups"] = round(median(ratios), 2), [round(each, 2) for each in sorted(ratios)]
        # What two processors of one's own could give at most: all the work there is, shared between them.
        possible = [2 * alone["processor_seconds"] / both["processor_seconds"] for alone, both in pairs]
        two["possible_speed_up"] = round(median(possible), 2)
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "pandas": pd.__version__}
    written = {"machine": machine, "fastest_of": ROUNDS, "results": results}
    RESULTS.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    TOLD.write_text(told(written), encoding="utf-8")


if __name__ == "__main__":
    main()
