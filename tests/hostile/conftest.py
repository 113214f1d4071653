"""The helpers of all tests lie one folder up; and a limit on time for what must never wait."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


class TooLong(BaseException):
    """Raised where something took longer than it may; no handler of errors catches it."""


@pytest.fixture
def within():
    """Return ``within(seconds)``, a context whose body is interrupted once the time is over."""

    @contextmanager
    def limited(seconds: float):
        def over(number, frame):
            raise TooLong(f"took longer than {seconds} s")

        former = signal.signal(signal.SIGALRM, over)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, former)

    return limited
