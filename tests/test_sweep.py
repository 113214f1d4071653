"""The sweep: the same table from every kind of worker, nothing computed twice, nothing lost by whatever stops it."""

import contextlib
import csv
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pandas as pd
import pytest

import slowly
from gegenprobe import findings
from gegenprobe.claims import read_ledger
from gegenprobe.cli import main
from gegenprobe.errors import InputError
from gegenprobe.findings import judge
from gegenprobe.observations import Store
from gegenprobe.sweep import (
    COLUMNS,
    Cluster,
    Here,
    Processes,
    Sweep,
    flips_table,
    read_grid,
    read_tolerances,
    through_time,
    verdicts_table,
)
from gegenprobe.sweep import cases as cases_module
from gegenprobe.sweep import cluster as cluster_module
from gegenprobe.sweep import pool as pool_module
from gegenprobe.sweep import run as run_module
from gegenprobe.sweep.cases import Remembering
from gegenprobe.sweep.inputs import Figures, Inputs
from gegenprobe.sweep.kept import FILE, Kept
from gegenprobe.sweep.pool import Serial, run_jobs
from limits import within
from project import claim, daily, definition, monthly, write_project

VIDEO = pd.Timestamp("2025-06-12")
LEVEL = {"measure": "level", "of": {"series": "S"}}
QUIET = [
    definition(measure={**LEVEL, "at": "2025-03"}),
    {"id": "newest", "title": "Newest", "measure": LEVEL},
    {"id": "never", "title": "Never", "measure": {"measure": "level", "of": {"series": "S"}, "at": "2031"}},
]
ROWS = sorted([*monthly("2025-01-01", [4.0, 5.0, 5.2, 7.0, 6.0, 5.0]), ("2025-03-01", "2025-09-02", 9.0)])
FAR = [("2025-12-31", "2025-12-31", 0.0)]
CLAIMS = {
    "one": [
        claim(id="alpha", definitions=QUIET),
        claim(id="beta", test={"sense": "more-than", "value": 8}, forecast={"due": "2025-10-15", "why": "Wait."}),
        claim(id="gamma", checkable=False, reason="Nobody knows.", searched=["everything"], definitions=[]),
        claim(id="delta", definitions=[definition(measure={"measure": "mean", "of": {"series": "S"}})]),
    ]
}
DAYS = [pd.Timestamp(day) for day in ("2025-06-12", "2025-06-30", "2025-09-01", "2025-09-02", "2025-12-31")]


@pytest.fixture
def make(tmp_path):
    """Return ``make(**changes)``: a sweep over a little project."""

    def build(rows=ROWS, claims=CLAIMS, days=DAYS, tolerances=(0.5, 1.0, 3.0), names=()) -> Sweep:
        data = write_project(tmp_path, series={"S": rows, "END": FAR}, claims=claims)
        return Sweep(Store(data), read_ledger(data / "claims"), list(days), list(tolerances), VIDEO, list(names))

    return build


def rows_of(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def taken(monkeypatch):
    """Count the measurements taken in this process."""
    count = []
    plain = findings.take
    monkeypatch.setattr(findings, "take", lambda *arguments: (count.append(1), plain(*arguments))[1])
    return count


def test_every_case_is_a_row_in_the_order_of_the_ledger(make, tmp_path):
    sweep, out = make(), tmp_path / "cases.csv"
    report = sweep.run(tmp_path / "kept", Here(), out)
    rows = rows_of(out)
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == report.cases == report.computed == (3 + 1 + 1 + 1) * 5 * 3
    assert [row["claim"] for row in rows][::45][:1] == ["alpha"]
    assert list(dict.fromkeys(row["claim"] for row in rows)) == ["alpha", "beta", "gamma", "delta"]
    # by hand: March 2025 is 5.2 until 2 September, then 9; said 5 without decimals, so half of the width is 0.25 and
    # three times the wide one is 6
    chosen = {
        (row["as_of"], row["tolerance"]): row["verdict"]
        for row in rows
        if row["claim"] == "alpha" and row["definition"] == "as-said"
    }
    assert chosen["2025-06-12", "0.5"] == "supported"
    assert chosen["2025-09-01", "1"] == "supported"
    assert chosen["2025-09-02", "1"] == "outdated"
    assert chosen["2025-09-02", "3"] == "roughly-supported"
    beta = {row["as_of"]: row["verdict"] for row in rows if row["claim"] == "beta" and row["tolerance"] == "1"}
    assert beta["2025-09-02"] == "open"
    assert beta["2025-12-31"] == "contradicted"


def test_the_tolerance_of_the_book_gives_the_findings_of_the_book(make, tmp_path):
    sweep, out = make(), tmp_path / "cases.csv"
    sweep.run(tmp_path / "kept", Here(), out)
    for row in rows_of(out):
        if row["tolerance"] != "1" or not row["definition"]:
            continue
        one = sweep.ledger.claim(row["claim"])
        reading = next(each for each in one.definitions if each.id == row["definition"])
        record = judge(one, row["chapter"], reading, sweep.store.as_of(row["as_of"]), VIDEO).record()
        assert row["verdict"] == record["verdict"]
        assert row["true_on"] == (record["true_on"] or "")
        assert row["measured"] == ("" if record["measured"] is None else repr(float(row["measured"])))


def test_days_on_which_nothing_became_known_are_not_measured_again(make, tmp_path, taken):
    days = pd.date_range("2025-09-02", "2025-12-30")  # S has its last news on the first of them
    report = make(days=days, names=["delta"]).run(tmp_path / "kept", Here())
    assert report.cases == len(days) * 3
    assert len(taken) == 1


@pytest.mark.parametrize(
    ("measure", "revised", "later"),
    [
        ({**LEVEL, "at": "2025-03-03"}, "2025-03-03", "2025-03-04"),
        ({"measure": "maximum", "of": {"series": "S"}, "start": "2025-02-01", "to": "2025-03-03"}, "2025-02-10",
         "2025-03-04"),
        ({"measure": "growth", "of": {"series": "S"}, "start": "2025-01-15", "to": "2025-03-03"}, "2025-01-15",
         "2025-03-04"),
        # a quarter goes on after the day that names it
        ({"measure": "level", "of": {"quantity": "by-quarter", "of": {"series": "S"}, "how": "max"},
          "at": "2025-01-01"}, "2025-03-20", "2026-01-02"),
    ],
)  # fmt: skip
def test_figures_about_later_days_are_no_input_of_a_fixed_period(make, measure, revised, later):
    rows = [*daily("2025-01-01", [float(day) for day in range(100)]), (revised, "2025-10-01", 500.0)]
    fixed = claim(definitions=[definition(measure=measure), {"id": "newest", "title": "Newest", "measure": LEVEL}])

    def found(rows):
        sweep = make(rows=sorted(rows), claims={"one": [fixed]})
        one, days = sweep.ledger.claim(fixed["id"]), ("2025-09-30", "2025-10-01", "2025-10-02")
        inputs = [Inputs(one, each, Figures(sweep.store), VIDEO) for each in one.definitions]
        value = judge(one, "one", one.primary, sweep.store.as_of(), VIDEO).measurement.value
        return value, [[each.digest(pd.Timestamp(day)) for day in days] for each in inputs]

    value, (pinned, moving) = found(rows)
    later_value, (later_pinned, later_moving) = found([*rows, (later, "2025-10-02", 900.0)])
    assert pinned[0] != pinned[1] == pinned[2]
    assert (later_value, later_pinned) == (value, pinned)
    assert later_moving[2] != moving[2]


def test_remembering_changes_nothing_on_the_real_ledger(real_store, real_ledger):
    figures = Figures(real_store)
    for chapter, one in list(real_ledger.by_id.values())[::4]:
        for reading in one.definitions:
            readings = Remembering(Inputs(one, reading, figures, VIDEO))
            for day in ("2025-06-12", "2025-08-31", "2026-01-31"):
                for factor in (1.0, 3.0):
                    view = real_store.as_of(day)
                    quick = judge(one, chapter, reading, view, VIDEO, factor, readings)
                    plain = judge(one, chapter, reading, view, VIDEO, factor)
                    assert (quick.verdict, quick.true_on) == (plain.verdict, plain.true_on), (one.id, reading.id, day)
                    assert quick.measurement == plain.measurement


# --- resuming -----------------------------------------------------------------------------------------------------


def test_an_interrupted_sweep_goes_on_without_computing_anything_twice(make, tmp_path, taken):
    whole = tmp_path / "whole.csv"
    make().run(tmp_path / "elsewhere", Here(), whole)
    needed = len(taken)
    taken.clear()
    done = []

    def stop(count: int) -> None:
        done.append(count)
        if sum(done) >= 45:
            raise KeyboardInterrupt

    out = tmp_path / "cases.csv"
    with pytest.raises(KeyboardInterrupt):
        make().run(tmp_path / "kept", Here(), out, progress=stop)
    assert not out.exists()
    assert not list(tmp_path.glob(".*.part"))
    first = len(taken)
    assert 0 < first < needed
    missing = make().run(tmp_path / "kept", Here(), dry_run=True)
    assert (missing.kept, missing.missing) == (45, missing.cases - 45)
    report = make().run(tmp_path / "kept", Here(), out)
    assert report.kept == 45
    assert len(taken) == needed
    assert out.read_bytes() == whole.read_bytes()
    taken.clear()
    again = make().run(tmp_path / "kept", Here(), out)
    assert (again.kept, again.computed, len(taken)) == (again.cases, 0, 0)
    assert out.read_bytes() == whole.read_bytes()


def test_new_figures_cost_only_the_days_that_know_them(make, tmp_path):
    make().run(tmp_path / "kept", Here())
    later = make(rows=[*ROWS, ("2025-07-01", "2025-12-30", 5.0)]).run(tmp_path / "kept", Here(), dry_run=True)
    # three readings of alpha, beta and delta read S; only the last day knows the new row
    assert later.missing == 5 * 3
    rewritten = make(rows=[(day, known, value + 1) for day, known, value in ROWS])
    assert rewritten.run(tmp_path / "kept", Here(), dry_run=True).missing == 5 * 5 * 3


def test_more_days_and_tolerances_cost_only_themselves(make, tmp_path):
    make().run(tmp_path / "kept", Here())
    wider = make(days=[*DAYS[:2], pd.Timestamp("2025-07-31"), *DAYS[2:]], tolerances=(0.5, 1.0, 2.0, 3.0))
    report = wider.run(tmp_path / "kept", Here())
    assert report.kept == 6 * 5 * 3
    assert report.computed == 6 * 6 * 4 - report.kept


def test_a_changed_claim_is_computed_again_and_a_changed_remark_is_not(make, tmp_path):
    make().run(tmp_path / "kept", Here())
    alpha = CLAIMS["one"][0]
    remark = {"one": [{**alpha, "context": "By the way."}, *CLAIMS["one"][1:]]}
    assert make(claims=remark).run(tmp_path / "kept", Here(), dry_run=True).missing == 0
    other = {"one": [{**alpha, "test": {"sense": "equals", "value": 6}}, *CLAIMS["one"][1:]]}
    assert make(claims=other).run(tmp_path / "kept", Here(), dry_run=True).missing == 3 * 5 * 3


def test_a_case_that_raises_is_a_row_and_is_tried_again(make, tmp_path, monkeypatch):
    plain = findings.take

    def broken(measure, view, video_day):
        if f"{view.day:%Y-%m-%d}" == "2025-09-02":
            raise ZeroDivisionError('of all "things",\nhere')
        return plain(measure, view, video_day)

    out = tmp_path / "cases.csv"
    with monkeypatch.context() as patch:
        patch.setattr(findings, "take", broken)
        report = make(names=["delta"]).run(tmp_path / "kept", Here(), out)
    failed = [row for row in rows_of(out) if row["error"]]
    assert report.errors == len(failed) == 3
    assert {row["as_of"] for row in failed} == {"2025-09-02"}
    assert failed[0]["error"] == report.first_error == 'ZeroDivisionError: of all "things", here'
    assert failed[0]["verdict"] == ""
    again = make(names=["delta"]).run(tmp_path / "kept", Here(), out)
    assert (again.computed, again.kept, again.errors) == (3, 12, 0)


def test_one_case_of_a_day_that_raises_is_alone_in_being_tried_again(make, tmp_path, monkeypatch):
    make().run(tmp_path / "whole", Here(), tmp_path / "whole.csv")
    plain = cases_module.judge

    def broken(*arguments):
        if arguments[5] == 1.0:
            raise ZeroDivisionError
        return plain(*arguments)

    out = tmp_path / "cases.csv"
    with monkeypatch.context() as patch:
        patch.setattr(cases_module, "judge", broken)
        for _ in range(2):
            report = make().run(tmp_path / "kept", Here(), out)
            assert report.errors == report.cases / 3 == len([row for row in rows_of(out) if row["error"]])
            assert report.verdicts["error"] == report.errors
    again = make().run(tmp_path / "kept", Here(), out)
    assert (again.computed, again.kept) == (again.cases / 3, again.cases * 2 / 3)
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_unit_with_a_comma_is_one_cell(make, tmp_path):
    one = claim(definitions=[definition(unit='billions, "real"')])
    make(claims={"one": [one]}).run(tmp_path / "kept", Here(), tmp_path / "cases.csv")
    assert {row["unit"] for row in rows_of(tmp_path / "cases.csv")} == {'billions, "real"'}


def test_a_folder_of_something_else_is_refused(make, tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / FILE).write_text("no collection of cases, by any means" * 100)
    with pytest.raises(InputError, match="cannot be used"):
        make().run(tmp_path / "kept", Here())


# --- workers ------------------------------------------------------------------------------------------------------


@pytest.fixture
def expected(make, tmp_path) -> bytes:
    """The table as this process alone makes it."""
    make().run(tmp_path / "alone", Here(), tmp_path / "alone.csv")
    return (tmp_path / "alone.csv").read_bytes()


@pytest.mark.xdist_group("workers")
@pytest.mark.parametrize("way", multiprocessing.get_all_start_methods())
def test_processes_give_the_same_table(make, tmp_path, expected, monkeypatch, way):
    monkeypatch.setattr(pool_module, "_way", lambda: way)
    report = make().run(tmp_path / "kept", Processes(2), tmp_path / "cases.csv")
    assert (tmp_path / "cases.csv").read_bytes() == expected
    assert report.computed == report.cases


@pytest.mark.xdist_group("workers")
def test_a_process_killed_in_the_middle_changes_nothing(make, tmp_path, expected, monkeypatch):
    monkeypatch.setattr(run_module, "run_job", slowly.deadly_once)
    report = make().run(tmp_path / "kept", Processes(2), tmp_path / "cases.csv")
    assert (tmp_path / slowly.MARKER).exists()
    assert report.errors == 0
    assert (tmp_path / "cases.csv").read_bytes() == expected


@pytest.mark.xdist_group("workers")
def test_a_sweep_that_is_killed_leaves_no_worker_behind():
    program = (
        "import os, time; from gegenprobe.sweep import Processes; pool, _ = Processes(2).executor(); "
        "print(pool.submit(os.getpid).result(), flush=True); time.sleep(600)"
    )
    sweep = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert int(sweep.stdout.readline()) != sweep.pid
    sweep.kill()
    sweep.communicate(timeout=60)  # ends when nobody holds the other end of the pipe any more


class BreaksBetween(Here):
    """Workers that are lost after some jobs came back, when the next one is handed to them."""

    def __init__(self):
        self.made = 0

    def executor(self):
        self.made += 1
        return Breaking(), 3


class Breaking(Serial):
    def __init__(self):
        self.taken = 0

    def submit(self, fn, /, *args, **kwargs):
        self.taken += 1
        if self.taken > 2:
            raise BrokenProcessPool
        return super().submit(fn, *args, **kwargs)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8])
def test_workers_lost_between_two_jobs_lose_no_job(count):
    crew = BreaksBetween()
    done = list(run_jobs([(number, number) for number in range(count)], lambda one: one * one, crew))
    assert sorted(done) == [(number, number * number) for number in range(count)]
    assert crew.made == -(-count // 2)


@pytest.mark.xdist_group("workers")
def test_a_job_that_always_ends_its_worker_costs_only_itself(make, tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "run_job", slowly.deadly_for_one)
    claims = {"one": [claim(id="deadly"), claim(id="mild")]}
    report = make(claims=claims, days=DAYS[:1]).run(tmp_path / "kept", Processes(2), tmp_path / "cases.csv")
    assert (report.errors, report.computed) == (3, 3)
    assert {row["error"][:10] for row in rows_of(tmp_path / "cases.csv") if row["claim"] == "deadly"} == {"WorkerLost"}


@dataclass
class Loopback:
    """A scheduler and workers, each a process of its own on the loopback."""

    address: str
    scheduler: subprocess.Popen
    workers: list[subprocess.Popen]
    start: Callable[[], subprocess.Popen]
    """Starts one more worker."""


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "DASK_LOGGING__DISTRIBUTED": "error"}
    environment["DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL"] = "60 seconds"  # a busy machine is not a dead worker
    note = tmp_path / "scheduler.json"
    log = (tmp_path / "cluster.log").open("wb")
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    running: list[subprocess.Popen] = []

    def dask(*arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "dask", *arguments, "--scheduler-file", str(note), *local]
        running.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=tmp_path))
        return running[-1]

    def worker() -> subprocess.Popen:
        return dask("worker", "--nthreads", "1", "--no-nanny")

    try:
        scheduler, workers = dask("scheduler", "--port", "0"), [worker(), worker()]
        yield Loopback(_address(note), scheduler, workers, worker)
    finally:
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()
        log.close()


def _address(note: Path) -> str:
    import json

    for _ in range(300):
        with contextlib.suppress(OSError, ValueError):
            return json.loads(note.read_text())["address"]
        time.sleep(0.1)
    raise AssertionError("the scheduler did not start")


@pytest.mark.xdist_group("workers")
def test_a_cluster_gives_the_same_table_even_if_a_worker_dies(make, tmp_path, expected, cluster, monkeypatch):
    crew = Cluster(cluster.address)
    try:
        crew._client.wait_for_workers(2, timeout=30)
        plain = make().run(tmp_path / "first", crew, tmp_path / "first.csv")
        assert (tmp_path / "first.csv").read_bytes() == expected
        assert plain.computed == plain.cases
        monkeypatch.setattr(run_module, "run_job", slowly.job)
        killed = []

        def kill(count: int) -> None:
            if count and not killed:
                cluster.workers[0].send_signal(signal.SIGKILL)
                killed.append(cluster.workers[0].pid)

        report = make().run(tmp_path / "second", crew, tmp_path / "second.csv", progress=kill)
        assert killed
        assert report.errors == 0
        assert (tmp_path / "second.csv").read_bytes() == expected
    finally:
        crew.close()


@pytest.fixture
def impatient(monkeypatch):
    """A sweep that looks often after its workers, and works so slowly that they can be lost in the middle."""
    monkeypatch.setattr(cluster_module.Cluster, "watch", 0.2)
    monkeypatch.setattr(run_module, "run_job", slowly.job)
    return monkeypatch


def after_the_first_job(monkeypatch, happens: Callable[[], None]) -> None:
    """Have something happen as soon as the cases of one job are kept."""
    plain, happened = Kept.add, []

    def add(kept, parts):
        plain(kept, parts)
        if not happened:
            happened.append(True)
            happens()

    monkeypatch.setattr(Kept, "add", add)


@pytest.mark.xdist_group("workers")
@pytest.mark.parametrize("dying", ["workers", "scheduler"])
def test_a_cluster_that_loses_everybody_stops_in_one_line_and_keeps_what_is_done(
    command, make, tmp_path, expected, cluster, impatient, dying
):
    impatient.setattr(cluster_module, "ALONE", 1.0)
    lost = {"workers": cluster.workers, "scheduler": [cluster.scheduler]}[dying]
    after_the_first_job(impatient, lambda: [process.kill() for process in lost])
    folder, grid = tmp_path / "kept", ",".join(f"{day:%Y-%m-%d}" for day in DAYS)
    options = ("--as-of-grid", grid, "--tolerances", "0.5,1,3", "--results", str(folder))
    with within(120):
        status, out, err = command(*options, "--scheduler", cluster.address)
    assert (status, out, len(err.splitlines())) == (1, "", 1), err
    assert err.startswith(f"gegenprobe: stopped, since the scheduler at {cluster.address} has ")
    left = make().run(folder, Here(), dry_run=True)
    assert 0 < left.kept < left.cases
    assert f"{left.kept} of {left.cases} cases are kept in {folder}, {left.missing} are missing" in err
    assert not list(folder.glob("*.csv*"))
    status, out, err = command(*options, "--workers", "1")
    assert (status, err) == (0, "")
    assert f"{left.kept} were kept, {left.missing} computed" in out
    assert (folder / "cases.csv").read_bytes() == expected


@pytest.mark.xdist_group("workers")
def test_a_cluster_may_be_without_workers_for_a_while(make, tmp_path, expected, cluster, impatient):
    asked = []
    threads = Cluster._threads
    impatient.setattr(Cluster, "_threads", lambda crew: (asked.append(threads(crew)), asked[-1])[1])

    def replace_all() -> None:
        for process in cluster.workers:
            process.kill()
        Timer(2, cluster.start).start()

    after_the_first_job(impatient, replace_all)
    crew = Cluster(cluster.address)
    try:
        with within(120):
            report = make().run(tmp_path / "kept", crew, tmp_path / "cases.csv")
    finally:
        crew.close()
    assert 0 in asked
    assert (report.computed, report.errors) == (report.cases, 0)
    assert (tmp_path / "cases.csv").read_bytes() == expected


@pytest.mark.xdist_group("workers")
def test_a_cluster_that_never_had_a_worker_is_a_mistake(command, cluster, monkeypatch):
    for process in cluster.workers:
        process.kill()
        process.wait()
    monkeypatch.setattr(cluster_module, "_PATIENCE", 2)
    status, out, err = command("--scheduler", cluster.address)
    assert (status, out, len(err.splitlines())) == (2, "", 1), err
    assert f"the scheduler at {cluster.address} has no workers" in err


@pytest.mark.xdist_group("workers")
@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:1", ""])
def test_an_address_without_a_scheduler_is_one_line(address, monkeypatch):
    monkeypatch.setattr(cluster_module, "_PATIENCE", 0.5)
    with pytest.raises(InputError, match="no scheduler at"):
        Cluster(address)


# --- grids --------------------------------------------------------------------------------------------------------


def test_grids_of_days(small_store):
    store = small_store(series={"S": ROWS, "END": FAR})

    def days(text):
        return [f"{day:%Y-%m-%d}" for day in read_grid(text, store, VIDEO)]

    assert days("quarters") == ["2025-06-12", "2025-06-30", "2025-09-30", "2025-12-31"]
    assert days("months")[:3] == ["2025-06-12", "2025-06-30", "2025-07-31"]
    assert days("2025-08-01:2025-08-03:days") == ["2025-08-01", "2025-08-02", "2025-08-03"]
    assert days("2025-12-01:latest:months") == ["2025-12-01", "2025-12-31"]
    assert days("2025-07-01, 2025-06-30,2025-07-01,latest") == ["2025-06-30", "2025-07-01", "2025-12-31"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fortnights",
        "2025",
        "2025-13-01",
        "2025-07-01:2025-06-01:days",
        "2025-07-01:days",
        "2027-01-01",
        "1999-01-01",
    ],
)
def test_what_is_no_grid_is_refused(text, small_store):
    with pytest.raises(InputError):
        read_grid(text, small_store(series={"S": ROWS, "END": FAR}), VIDEO)


def test_tolerances():
    assert read_tolerances("2,0.5,1,1") == [0.5, 1.0, 2.0]
    assert read_tolerances("0:1:3") == [0.0, 0.5, 1.0]
    for text in ("", "a", "-1", "0:1:1", "0:1", "nan", "inf", "0:1:5000"):
        with pytest.raises(InputError):
            read_tolerances(text)


# --- verdicts through time ----------------------------------------------------------------------------------------


def test_a_flip_has_its_exact_day_and_the_release_that_caused_it(make):
    sweep = make()
    grid = [pd.Timestamp("2025-06-12"), pd.Timestamp("2025-12-31")]
    courses = through_time(sweep.store, sweep.ledger, grid, VIDEO, ["alpha", "beta"])
    alpha, beta = courses
    assert [str(alpha.findings[day].verdict) for day in grid] == ["supported", "outdated"]
    (flip,) = alpha.flips
    assert (f"{flip.day:%Y-%m-%d}", str(flip.before.verdict), str(flip.after.verdict)) == (
        "2025-09-02", "supported", "outdated"
    )  # fmt: skip
    (release,) = flip.releases
    assert (release.series, release.old, release.new) == ("S", 5.2, 9.0)
    assert f"{release.date:%Y-%m-%d} {release.known_since:%Y-%m-%d}" == "2025-03-01 2025-09-02"
    assert flip.changed == 1
    (due,) = beta.flips
    assert (f"{due.day:%Y-%m-%d}", due.releases) == ("2025-10-15", ())
    assert due.reason == "the forecast fell due on 15 October 2025"


def test_tables_of_verdicts_and_flips(make):
    sweep = make()
    courses = through_time(sweep.store, sweep.ledger, DAYS, VIDEO)
    verdicts = verdicts_table(courses)
    assert len(verdicts) == 4 * len(DAYS)
    flips = flips_table(courses)
    assert set(flips["claim"]) == {course.claim.id for course in courses if course.flips}
    assert flips["day"].is_monotonic_decreasing
    assert (flips.loc[flips["claim"] == "alpha", "reason"].str.contains("before 5.2")).all()


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def command(make, tmp_path, monkeypatch, capfd):
    """Return ``command(*arguments)``: exit status, standard output, standard error."""
    make()
    monkeypatch.setenv("GEGENPROBE_ROOT", str(tmp_path))

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["sweep", *arguments])
        return (end.value.code, *capfd.readouterr())

    return run


def test_the_command_sweeps_and_says_how_it_went(command, tmp_path):
    status, out, err = command("--workers", "1", "--as-of-grid", "quarters", "--tolerances", "1")
    assert (status, err) == (0, "")
    assert "24 cases: 4 claims, 4 days" in out
    assert len(rows_of(tmp_path / "book" / "_build" / "sweep" / "cases.csv")) == 24
    assert (
        "24 are missing" in command("--workers", "1", "--dry-run", "--tolerances", "2", "--as-of-grid", "quarters")[1]
    )
    assert "24 were kept" in command("--workers", "1", "--as-of-grid", "quarters", "--tolerances", "1")[1]


def test_the_command_as_json(command):
    import json

    status, out, _ = command(
        "--workers", "1", "--as-of-grid", "quarters", "--json", "--claim", "delta", "--tolerances", "1,2"
    )
    report = json.loads(out)
    assert (status, report["cases"], report["computed"], report["missing"]) == (0, 8, 8, 0)
    assert report["tolerances"] == [1.0, 2.0]
    assert report["days"][0] == "2025-06-12"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--as-of-grid", "fortnights"], ["--tolerances", "much"], ["--claim", "omega"], ["--scheduler", "nonsense"],
        ["--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], ["--claims", "nowhere.yml"],
        ["--video-day", "yesterday"],
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_status_two(command, arguments):
    status, out, err = command("--workers", "1", *arguments) if "--scheduler" not in arguments else command(*arguments)
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert err.startswith("gegenprobe")
