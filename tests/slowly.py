"""Work for `run_jobs` that workers can import: slow work, and work that ends its worker."""

import os
import signal
import time
from pathlib import Path

from gegenprobe.sweep.cases import run_job

PAUSE = 0.15
MARKER = "was-deadly"


def job(one):
    """Take a little time over a job, so that there is a middle in which something can happen."""
    time.sleep(PAUSE)
    return run_job(one)


def deadly_once(one):
    """End the worker at the first job; the marker remembers that it was done."""
    marker = Path(one.data).parent / MARKER
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return run_job(one)


def deadly_for_one(one):
    """End the worker at every job of one claim."""
    if one.claim.id == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return run_job(one)
