"""A limit on time, for what must never wait."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class TooLong(BaseException):
    """Raised where something took longer than it may; no handler of errors catches it."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer."""

    def over(number, frame):
        raise TooLong(f"took longer than {seconds} s")

    former = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
