"""How a build tells what it does: a bar on a terminal, a plain line a task otherwise."""

from __future__ import annotations

import time


class Progress:
    """A reporter of doit."""

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
