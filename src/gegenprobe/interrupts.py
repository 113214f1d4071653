"""Ctrl-C reaches every process of a terminal at once: whoever works for another leaves it to that one to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_MASKS = hasattr(signal, "pthread_sigmask")  # not on Windows


@contextmanager
def held_back() -> Iterator[None]:
    """Let interrupts wait in this thread, and in the processes it starts meanwhile until they call `let_through`."""
    if not _MASKS:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_through() -> None:
    """Take interrupts again; one that came meanwhile comes now."""
    if _MASKS:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def ignore() -> None:
    """Leave interrupts to whoever started this process, from the first one that was held back."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    let_through()
