"""Warm kernels: each chapter still has a process of its own, but the imports are paid once.

A server process (the standard library's fork server) imports what every chapter imports and then forks a process for
each request. Where processes cannot be forked, plain kernels do the same work.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import threading
import types
from collections.abc import Iterator

from gegenprobe.interrupts import held_back

NAME = "gegenprobe-warm"
PRELOAD = ["gegenprobe.book.preload"]
_ONE_AT_A_TIME = threading.Lock()


def available() -> bool:
    """Tell whether this system can fork kernels from a server."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def warm_up() -> None:
    """Start the server now, if there is none, so that its imports run beside whatever comes next."""
    from multiprocessing import forkserver, resource_tracker

    multiprocessing.set_forkserver_preload(PRELOAD)
    with held_back():
        resource_tracker.ensure_running()  # lets interrupts through again, whatever was before
    with held_back():
        forkserver.ensure_running()


@contextlib.contextmanager
def forking() -> Iterator[None]:
    """Fork from the server, undisturbed.

    The main script is hidden: a forked process would import it again, whatever it does when imported. And interrupts
    wait: after one in the middle, the server would fork a process that nobody waits for and that finds nothing.
    """
    with held_back(), _ONE_AT_A_TIME:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
