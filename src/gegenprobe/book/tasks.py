"""The order of the build as a task graph (doit): chapters, pages, site; each only if its inputs changed."""

from __future__ import annotations

import json
import subprocess
import time
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gegenprobe.book.compose import compose
from gegenprobe.book.execute import ChapterFailed, execute
from gegenprobe.book.inputs import PACKAGE, chapter_digest, digest, read_record, write_whole
from gegenprobe.book.layout import Places
from gegenprobe.book.site import RenderFailed, publish, render
from gegenprobe.claims import read_ledger
from gegenprobe.errors import InputError
from gegenprobe.findings import judge_ledger
from gegenprobe.observations import Store, as_day

_OWN_STREAMS = {"capture": False}
"""doit swaps sys.stdout for the whole process while an action runs; with actions in threads it would stay swapped."""


@dataclass
class Plan:
    """What one build was asked for, and what it met.

    Attributes
    ----------
    chosen : list of str
        Chapters to bring up to date; the others are executed only if they never were.
    failures : dict
        What went wrong, by task.
    murmurs : list of str
        What cells wrote to stderr.
    mistakes : list of str
        What turned out to be wrong with what the user gave.
    """

    places: Places
    parameters: dict[str, str]
    chosen: list[str]
    force: bool = False
    failures: dict[str, str] = field(default_factory=dict)
    murmurs: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Store(self.places.data)
        self.horizon = [f"{self.store.oldest:%Y-%m-%d}", f"{self.store.newest:%Y-%m-%d}"]

    def chapter_is_current(self, name: str) -> bool:
        """Tell whether the executed copy of a chapter was made from exactly what lies there now."""
        record = read_record(self.places, name)
        copies = (self.places.executed / f"{name}.ipynb", self.places.chapters / f"{name}.ipynb")
        if record is None or not all(copy.is_file() for copy in copies):
            return False
        if name not in self.chosen:
            return True
        if self.force:
            return False
        return record["digest"] == chapter_digest(self.places, name, record, self.parameters, self.horizon)

    def make_chapter(self, name: str) -> None:
        """Execute one chapter and write its page."""
        record = execute(self.places, name, self.parameters, self.horizon)
        self.murmurs += [f"{name}: {line}" for line in compose(self.places, name, record)]

    def pages_digest(self) -> str:
        """Return the hash of all that the generated pages are made from."""
        data = [path for path in self.places.data.rglob("*") if path.is_file()]
        package = [*PACKAGE.rglob("*.py"), *PACKAGE.glob("templates/*")]
        return digest([*data, *package], self.parameters, commit(self.places.root))

    def make_pages(self) -> None:
        """Judge every claim at both dates and write the generated pages and files."""
        from gegenprobe.book.pages import write_pages

        seal = self.pages_digest()
        ledger = read_ledger(self.places.data / "claims")
        day = as_day(self.parameters["video_day"])
        then = list(judge_ledger(ledger, self.store, self.parameters["video_day"], day))
        now = list(judge_ledger(ledger, self.store, self.parameters["as_of"], day))
        build = {
            "built": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "commit": commit(self.places.root),
            "newest": self.horizon[1], "as_of": self.parameters["as_of"],
        }  # fmt: skip
        write_pages(self.store, ledger, then, now, self.places.generated, build)
        self._keep("pages", seal)

    def site_digest(self) -> str:
        """Return the hash of all that jupyter-book reads."""
        sources = [
            path
            for path in self.places.book.rglob("*")
            if path.is_file() and self.places.work not in path.parents and not path.name.startswith(".")
        ]
        return digest([*sources, self.places.root / "_config.yml", self.places.root / "requirements.lock"])

    def make_site(self) -> None:
        """Render and publish."""
        seal = self.site_digest()
        render(self.places)
        publish(self.places)
        self._keep("site", seal)

    def is_kept(self, task: str, seal: str) -> bool:
        """Tell whether a task was last done on inputs with this hash."""
        try:
            return not self.force and json.loads((self.places.work / f"{task}.json").read_text())["digest"] == seal
        except (OSError, ValueError, KeyError):
            return False

    def _keep(self, task: str, seal: str) -> None:
        write_whole(self.places.work / f"{task}.json", json.dumps({"digest": seal}))

    def tasks(self) -> dict[str, Any]:
        """Return the task creators doit reads."""
        names = self.places.chapter_names()

        def task_chapter():
            for name in names:
                yield {
                    "name": name,
                    "actions": [(self._try, [name, self.make_chapter, name])],
                    "uptodate": [lambda name=name: self.chapter_is_current(name)],
                    "io": _OWN_STREAMS,
                }

        def task_pages():
            return {
                "actions": [(self._try, ["pages", self.make_pages])],
                "uptodate": [lambda: self.is_kept("pages", self.pages_digest()) and self.places.generated.is_dir()],
                "io": _OWN_STREAMS,
            }

        def task_site():
            return {
                "actions": [(self._try, ["site", self.make_site])],
                "task_dep": ["chapter", "pages"],
                "io": _OWN_STREAMS,
                "uptodate": [
                    lambda: (self.places.site / "index.html").is_file() and self.is_kept("site", self.site_digest())
                ],
            }

        return {"task_chapter": task_chapter, "task_pages": task_pages, "task_site": task_site}

    def _try(self, task: str, action, *arguments) -> bool:
        try:
            action(*arguments)
        except InputError as error:
            self.mistakes.append(str(error))
            return False
        except Exception as error:  # one task's trouble must not hide the others'
            expected = isinstance(error, (ChapterFailed, RenderFailed))
            self.failures[task] = str(error) if expected else "".join(traceback.format_exception(error))
            return False
        return True


def commit(root: Path) -> str:
    """Return the commit the checkout stands on, with ``+`` where data or text differ from it; empty outside git."""
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=root, capture_output=True, text=True, check=True
        )
        changed = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


class Progress:
    """doit's reporter: a bar on a terminal, a plain line a task otherwise."""

    desc = "one line a task"

    def __init__(self, outstream, options) -> None:
        self._begun: dict[str, float] = {}
        self._bar = None

    def initialize(self, tasks, selected_tasks) -> None:
        """Show a bar only where somebody can see it move."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        console = Console()
        self._console = console
        leaves = [each for each in tasks.values() if each.actions]
        if console.is_terminal:
            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=console,
            )
            self._bar.start()
            self._whole = self._bar.add_task("building", total=len(leaves))

    def get_status(self, task) -> None:
        """Nothing to say before it is known whether a task runs."""

    def execute_task(self, task) -> None:
        """Note when a task begins."""
        if task.actions:
            self._begun[task.name] = time.monotonic()
            if self._bar:
                self._bar.update(self._whole, description=task.name)

    def add_success(self, task) -> None:
        """Say that a task is done, and how long it took."""
        if task.actions:
            self._say(f"{task.name}: done in {time.monotonic() - self._begun[task.name]:.1f} s")

    def add_failure(self, task, fail) -> None:
        """Say that a task failed; what failed is said at the end."""
        self._say(f"{task.name}: failed")

    def skip_uptodate(self, task) -> None:
        """Say that nothing changed."""
        if task.actions:
            self._say(f"{task.name}: unchanged")

    def skip_ignore(self, task) -> None:
        """Nothing is ignored here."""

    def cleanup_error(self, exception) -> None:
        """Say that something could not be cleaned up."""
        self._say(f"clean-up failed: {exception}")

    def runtime_error(self, msg) -> None:
        """Say what doit itself stumbled over."""
        self._say(str(msg))

    def teardown_task(self, task) -> None:
        """Nothing to tear down."""

    def complete_run(self) -> None:
        """End the bar."""
        if self._bar:
            self._bar.stop()

    def _say(self, text: str) -> None:
        if self._bar:
            self._bar.console.print(text, highlight=False)
            self._bar.advance(self._whole)
        else:
            print(text, flush=True)
