"""Work for `gegenprobe.book.aside` that goes wrong the first time: its process is killed, or a picture never comes."""

import os
import signal
import time
from pathlib import Path

from gegenprobe.book import drawings
from gegenprobe.charts import render


def _first(trace: str) -> bool:
    if Path(trace).exists():
        return False
    Path(trace).touch()
    return True


def end_once(trace: str) -> str:
    """End this process, but not that of the second call."""
    if _first(trace):
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def draw_late(places, page: str, trace: str) -> None:
    """Draw what a page ordered; the first time the engine gives no answer."""
    if _first(trace):
        drawings.MOST_SECONDS = 0.5
        render.drawn = lambda specification: time.sleep(600)
    drawings.draw(places, page, watched=True)


def fail_and_live(places, page: str) -> str:
    """Draw what cannot be drawn, and go on for longer than a picture may take."""
    drawings.MOST_SECONDS = 0.3
    try:
        drawings.draw(places, page, watched=True)
    except ValueError:
        time.sleep(1)
        return "alive"
    return "drawn"
