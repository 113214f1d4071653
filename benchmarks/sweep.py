"""How fast a sweep is, and how that grows with workers and with the grid; writes benchmarks/results-sweep.json.

    python benchmarks/sweep.py

Each measurement runs in a process of its own on the real figures and claims, so that memory is its own. All are made
in turn, several times, and the fastest of each counts: a machine is shared with others, and one process and two should
meet the same of them. Beside the wall clock stands the time of the processor.
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

import pandas as pd

from gegenprobe.claims import read_ledger
from gegenprobe.observations import Store
from gegenprobe.paths import project_root
from gegenprobe.sweep import Here, Processes, Sweep, read_grid, read_tolerances
from gegenprobe.video import VIDEO_DAY

RESULTS = Path(__file__).with_name("results-sweep.json")
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


def main() -> None:
    """Run every measurement, or the one named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=RUNS, help="this measurement only, in this process")
    chosen = parser.parse_args().only
    if chosen:
        print(json.dumps(one(*RUNS[chosen])))
        return
    results: dict[str, dict] = {}
    for name in list(RUNS) * ROUNDS:
        done = subprocess.run([sys.executable, __file__, "--only", name], check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        print(name, found["cases_per_second"], "a second", file=sys.stderr)
        results[name] = min(results.get(name, found), found, key=lambda each: each["wall_seconds"])
    for grid in ("default grid", "twenty tolerances, weeks"):
        alone, two = results[grid], results[f"{grid}, two processes"]
        two["speed_up"] = round(alone["wall_seconds"] / two["wall_seconds"], 2)
        # What two processors of one's own could give at most: all the work there is, shared between them.
        two["possible_speed_up"] = round(2 * alone["processor_seconds"] / two["processor_seconds"], 2)
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "pandas": pd.__version__}
    written = {"machine": machine, "fastest_of": ROUNDS, "results": results}
    RESULTS.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
