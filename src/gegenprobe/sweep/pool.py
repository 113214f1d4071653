"""Jobs on any executor of the `concurrent.futures` kind: this process, local processes, or what another module brings.

A worker that dies takes nothing with it: its jobs are done again, one at a time, so that the one at fault shows itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from typing import Any

ATTEMPTS = 3
AHEAD = 3  # jobs waiting for each worker: enough that none is idle, few enough to keep memory small


class WorkerLost(Exception):
    """A job ended its worker every time it was tried."""


class WorkersGone(Exception):
    """Nobody is left who could do what is still to do; the text says so in one line."""


class Serial(Executor):
    """Does each job at once, in this process."""

    def submit(self, fn, /, *args, **kwargs) -> Future:
        """Do the job now and return its finished future."""
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Here:
    """Workers of the simplest kind: none but this process."""

    name = "this machine"
    watch: float | None = None
    """Seconds without any result after which `look` is called; None where workers cannot vanish unnoticed."""

    def look(self, came: bool) -> None:
        """See whether anybody is still working; `came` is true when a result has just come."""

    def executor(self) -> tuple[Executor, int]:
        """Return an executor, and how many jobs it may hold at once."""
        return Serial(), 1

    def close(self) -> None:
        """Let the workers go."""


class Processes(Here):
    """So many processes on this machine."""

    def __init__(self, workers: int):
        self._workers = workers

    def executor(self) -> tuple[Executor, int]:
        """Return a new pool of processes, and how many jobs it may hold at once."""
        context = multiprocessing.get_context(_way())
        if context.get_start_method() == "forkserver":
            context.set_forkserver_preload(["gegenprobe.sweep.cases"])
        pool = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_follow)
        return pool, self._workers * AHEAD


def _way() -> str:
    """Return how processes are to start: forked from this one, with all it has read, where that is safe."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return "fork"  # with threads it may hang: a lock that another of them holds is never let go
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def _follow() -> None:
    """End this worker with the process that made it, however that ends; leave it to that one to be interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait_for_the_end() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait_for_the_end, daemon=True).start()


def run_jobs(jobs: Iterable[tuple[Any, Any]], work: Callable[[Any], Any], workers: Here) -> Iterator[tuple[Any, Any]]:
    """Yield the tag of each job with its result, or with the exception it raised, as they come.

    Parameters
    ----------
    jobs : iterable of (tag, job)
        Taken one by one as workers become free, so that any number of them fits into memory. The tag stays here.
    work : callable
        Called with one job, by a worker.
    workers : Here, Processes or Cluster
        Asked for an executor when there is something to do, and again where one breaks.

    Raises
    ------
    WorkersGone
        If `workers` lost everybody who could do a job.
    """
    waiting = enumerate(jobs)
    suspects: deque[tuple[int, tuple[Any, Any]]] = deque()
    again: deque[tuple[int, tuple[Any, Any]]] = deque()
    lost: Counter[int] = Counter()
    running: dict[Future, tuple[int, tuple[Any, Any]]] = {}
    executor, most, fresh = None, 1, False
    try:
        while True:
            while not running or len(running) < most:
                proving = suspects or any(number in lost for number, _ in running.values())
                if proving and running:  # one at a time, so that the one at fault ends its worker alone
                    break
                entry = (suspects or again).popleft() if suspects or again else next(waiting, None)
                if entry is None:
                    break
                if executor is None:  # made when first needed: a sweep with nothing to do starts no process
                    (executor, most), fresh = workers.executor(), True
                try:
                    running[executor.submit(work, entry[1][1])] = entry
                except BrokenExecutor:  # it broke since the last look at it: this job was not begun
                    if fresh:
                        raise
                    (suspects if entry[0] in lost else again).appendleft(entry)
                    break
                fresh = False
            if not running and (suspects or again):
                executor.shutdown(wait=False)
                executor = None
                continue
            if not running:
                return
            broken = []
            finished = wait(running, timeout=workers.watch, return_when=FIRST_COMPLETED).done
            workers.look(bool(finished))
            for future in finished:
                entry = running.pop(future)
                tag = entry[1][0]
                try:
                    result = future.result()
                except BrokenExecutor:
                    broken.append(entry)
                except CancelledError:  # nobody here has called it off
                    raise WorkersGone(f"{workers.name} has gone, and its jobs with it") from None
                except Exception as error:
                    yield tag, error
                else:
                    yield tag, result
            if not broken:
                continue
            broken.extend(running.values())
            running.clear()
            executor.shutdown(wait=False)
            executor = None
            for number, (tag, job) in sorted(broken, key=lambda entry: entry[0]):
                lost[number] += 1
                if lost[number] < ATTEMPTS:
                    suspects.append((number, (tag, job)))
                else:
                    yield tag, WorkerLost(f"its worker ended {ATTEMPTS} times")
    finally:
        for future in running:
            future.cancel()
        if executor is not None:
            executor.shutdown(wait=not running)
