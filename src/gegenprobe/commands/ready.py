"""A build that gets ready, and begins when it is told to: what it takes to begin is behind it by then."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import suppress

from gegenprobe.book.environment import quiet_environment
from gegenprobe.book.inputs import PACKAGE, digest
from gegenprobe.book.layout import Places
from gegenprobe.book.means import Means
from gegenprobe.book.state import State
from gegenprobe.commands.build import asked, bring_up_to_date, check_parameters, done
from gegenprobe.errors import InputError
from gegenprobe.interrupts import let_through
from gegenprobe.paths import project_root

OUTDATED = 75
"""Exit status: the code that this build has loaded is no longer what lies there. Another has to be started."""

NOT_READY = 70
"""Exit status: it could not even get ready, say for a module that cannot be read."""
STOPPED = 130
"""Exit status: interrupted, as was whoever would have told it to begin, who says so."""


def run(chapters: list[str], as_of: str, video_day: str | None, jobs: int, force: bool, warm: bool = True) -> int:
    """Build the book when a line comes in; returns what a build does, 0 if no line comes, or one of the above."""
    places = Places(project_root())
    code = _code(places)
    try:
        places.work.mkdir(parents=True, exist_ok=True)
        with quiet_environment(places.root, warm), Means(places, warm) as means:
            _get_ready(means, lambda: asked(places, chapters, as_of, video_day))
            if not sys.stdin.readline():
                return 0
            let_through()
            if _code(places) != code:
                return OUTDATED
            state = asked(places, chapters, as_of, video_day, force)
            return done(places, "nothing changed") if state.is_current() else bring_up_to_date(state, means, jobs)
    except _NotReady:
        traceback.print_exc()
        return NOT_READY
    except KeyboardInterrupt:
        return STOPPED


class _NotReady(Exception):
    pass


def _get_ready(means: Means, ask: Callable[[], State]) -> None:
    try:
        means.get_ready()
        with suppress(InputError, OSError):  # told when it is asked in earnest
            state = ask()
            state.is_current()  # what does not change from here on is not read again
            check_parameters(state)
    except Exception as error:
        raise _NotReady from error


def _code(places: Places) -> str:
    return digest([*PACKAGE.rglob("*.py"), *PACKAGE.glob("templates/*"), places.root / "requirements.lock"])
