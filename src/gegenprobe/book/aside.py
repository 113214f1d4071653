"""Work beside the chapters, in a process forked from the warmed server: it pays no imports and holds up no kernel."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from typing import Any

from gegenprobe.book.warm import available, forking, warm_up


class Aside:
    """One process of its own, started when the first work comes; one piece of work at a time.

    Parameters
    ----------
    warm : bool
        Without it, or where no process can be forked, the work is done in the calling one.
    tries : int
        How often a piece of work is begun whose process ends before it does.
    """

    def __init__(self, warm: bool = True, tries: int = 1):
        self.apart = warm and available()
        """Whether the work is done in a process of its own."""
        self._tries = tries
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def run(self, module: str, function: str, *arguments: Any) -> Any:
        """Return what a function returns, or raise what it raises; named, so that only its process imports it."""
        if not self.apart:
            return _call(module, function, *arguments)
        for _ in range(self._tries):
            pool = self._started()
            try:
                with forking():
                    done = pool.submit(_call, module, function, *arguments)
                return done.result()
            except BrokenProcessPool:
                self._give_up(pool)
        raise RuntimeError("a process of the build was killed; was there enough memory?")

    def begin(self, module: str, function: str, *arguments: Any) -> None:
        """Have a function called ahead of the work, where there is a process for it; what comes of it is not asked."""
        if self.apart:
            pool = self._started()
            with forking():
                pool.submit(_call, module, function, *arguments)

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                warm_up()
                context = multiprocessing.get_context("forkserver")
                self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
            return self._pool

    def _give_up(self, pool: ProcessPoolExecutor) -> None:
        """Leave a broken pool; whoever comes next starts another."""
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _call(module: str, function: str, *arguments: Any) -> Any:
    return getattr(importlib.import_module(module), function)(*arguments)


def _begin() -> None:
    """End with the build, however it ends; interrupts are left to it, as the server leaves them."""
    threading.Thread(target=_end_with_the_build, daemon=True).start()


def _end_with_the_build() -> None:
    connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)
