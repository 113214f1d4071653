"""``gegenprobe build``: execute what changed, write the pages, render, publish; all or nothing."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from threading import Semaphore
from typing import TYPE_CHECKING

from gegenprobe.book.layout import Places
from gegenprobe.book.state import State
from gegenprobe.errors import InputError
from gegenprobe.paths import project_root
from gegenprobe.video import VIDEO_DAY

if TYPE_CHECKING:
    from gegenprobe.book.means import Means
    from gegenprobe.book.tasks import Plan


def run(chapters: list[str], as_of: str, video_day: str | None, jobs: int, force: bool, warm: bool = True) -> int:
    """Build the book.

    Returns
    -------
    int
        0 if the site stands, 1 if a chapter or the rendering failed (the former site is untouched).

    Raises
    ------
    InputError
        For a chapter, parameter, day, claim file or figure that is not there or not valid: before anything runs.
    """
    state = asked(Places(project_root()), chapters, as_of, video_day, force)
    if state.is_current():
        return done(state.places, "nothing changed")
    from gegenprobe.book.means import Means

    return bring_up_to_date(state, Means(state.places, warm), jobs)


def asked(places: Places, chapters: list[str], as_of: str, video_day: str | None, force: bool = False) -> State:
    """Return what a build is to bring about."""
    parameters = {"as_of": as_of, "video_day": video_day or VIDEO_DAY}
    return State(places, parameters, places.wanted(chapters), force)


def done(places: Places, *lines: str) -> int:
    """Say where the book is, after what else there is to say."""
    for line in lines:
        print(line)
    print(f"The book: {(places.site / 'index.html').as_uri()}")
    return 0


def bring_up_to_date(state: State, means: Means, jobs: int) -> int:
    """Do what is to be done with the processes given, and end them; returns and raises what `run` does."""
    from filelock import FileLock, Timeout

    from gegenprobe.book.environment import quiet_environment
    from gegenprobe.journal import alone

    places = state.places
    try:
        places.work.mkdir(parents=True, exist_ok=True)
        if not os.access(places.work, os.W_OK) or not os.access(places.book, os.W_OK):
            raise PermissionError
        whole = alone(places.data) if os.access(places.data, os.W_OK) else nullcontext()
        lock = FileLock(places.work / ".lock").acquire(timeout=0)
        with lock, whole, quiet_environment(places.root, means.warm), means:
            to_make = not state.sources_are_current()
            if to_make:
                means.warm_up()  # its imports run beside the checks that follow
            plan, status = _carry_out(state, means, to_make, jobs)
    except Timeout:
        raise InputError(f"{places.work}: another build is running; wait for it to end") from None
    except PermissionError:
        raise InputError(f"{places.book}: no permission to write there; make it writable or build in a copy") from None
    for line in plan.murmurs:
        print(f"note: {line}", file=sys.stderr)
    for task, what in sorted(plan.failures.items()):
        kind = "" if task in ("pages", "rendering", "files", "finish", "site") else "chapter "
        print(f"gegenprobe: {kind}{task} failed: {what}", file=sys.stderr)
    if plan.mistakes:
        raise InputError(plan.mistakes[0])
    if status or plan.failures:
        print("gegenprobe: not published; the former site, if any, is untouched", file=sys.stderr)
        return 1
    return done(places)


def _carry_out(state: State, means: Means, to_make: bool, jobs: int) -> tuple[Plan, int]:
    from doit.cmd_base import ModuleTaskLoader
    from doit.doit_cmd import DoitMain

    from gegenprobe.book.progress import Progress
    from gegenprobe.book.tasks import Plan

    places = state.places
    if to_make:
        check_parameters(state)
    plan = Plan(places, state.parameters, state.chosen, state.force, means=means, jobs=Semaphore(jobs))
    settings = {
        "reporter": Progress, "backend": "json", "dep_file": str(places.work / ".doit.json"),
        "continue": True, "num_process": plan.width, "par_type": "thread", "verbosity": 0, "default_tasks": ["site"],
    }  # fmt: skip
    loader = ModuleTaskLoader({**plan.tasks(), "DOIT_CONFIG": settings})
    if to_make or not state.rendering_is_current():
        plan.begin_rendering()  # its imports run beside those of the server, which is all that works until the check
    if to_make:
        means.load_ahead()
        for note in means.composer.run("gegenprobe.book.data_check", "check_data", places, state.parameters):
            print(f"note: {note}", file=sys.stderr)
    return plan, DoitMain(loader).run(["run", "site"])


def check_parameters(state: State) -> None:
    """Check the parameters of the build against those of every notebook.

    Raises
    ------
    InputError
        As `gegenprobe.book.execute.check_parameters` does.
    """
    from gegenprobe.book.execute import check_parameters

    for name in state.places.chapter_names():
        check_parameters(state.places, name, state.parameters)
