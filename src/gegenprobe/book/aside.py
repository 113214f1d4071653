"""Work beside the chapters, in a process forked from the warmed server: it pays no imports and holds up no kernel."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from typing import Any

from gegenprobe.book.warm import PRELOAD, available, without_main


class Aside:
    """One process of its own, started when the first work comes; one piece of work at a time.

    Parameters
    ----------
    warm : bool
        Without it, or where no process can be forked, the work is done in the calling one.
    niceness : int
        How far the process stands back behind others, as ``nice`` counts.
    """

    def __init__(self, warm: bool = True, niceness: int = 0):
        self._warm = warm and available()
        self._niceness = niceness
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def run(self, module: str, function: str, *arguments: Any) -> Any:
        """Return what a function returns, or raise what it raises; named, so that only its process imports it."""
        if not self._warm:
            return _call(module, function, *arguments)
        with self._lock, without_main():
            if self._pool is None:
                multiprocessing.set_forkserver_preload(PRELOAD)
                context = multiprocessing.get_context("forkserver")
                self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(self._niceness,))
            done = self._pool.submit(_call, module, function, *arguments)
        try:
            return done.result()
        except BrokenProcessPool:
            raise RuntimeError("a process of the build was killed; was there enough memory?") from None

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _call(module: str, function: str, *arguments: Any) -> Any:
    return getattr(importlib.import_module(module), function)(*arguments)


def _begin(niceness: int) -> None:
    """Leave interrupts to the build itself, and end with it, however it ends."""
    os.nice(niceness)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_build, daemon=True).start()


def _end_with_the_build() -> None:
    connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)
