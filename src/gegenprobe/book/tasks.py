"""The order of the build as a task graph (doit): chapters, pages, site; each only if its inputs changed."""

from __future__ import annotations

import shutil
import threading
import traceback
from dataclasses import dataclass, field
from typing import Any

from gegenprobe.book.aside import Aside
from gegenprobe.book.execute import ChapterFailed, execute
from gegenprobe.book.inputs import read_record
from gegenprobe.book.site import RenderFailed, publish, render
from gegenprobe.book.state import State, prune
from gegenprobe.errors import InputError

_OWN_STREAMS = {"capture": False}
"""doit swaps sys.stdout for the whole process while an action runs; with actions in threads it would stay swapped."""


@dataclass
class Plan(State):
    """What one build does, and what it met.

    Attributes
    ----------
    failures : dict
        What went wrong, by task.
    murmurs : list of str
        What cells wrote to stderr.
    mistakes : list of str
        What turned out to be wrong with what the user gave.
    composer, writer : Aside
        Where chapters are composed, one by one, and the generated pages written. Both draw, which holds up a process.
    jobs : Semaphore
        How many chapters are executed at once.
    """

    failures: dict[str, str] = field(default_factory=dict)
    murmurs: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    composer: Aside = field(default_factory=Aside)
    writer: Aside = field(default_factory=Aside)
    jobs: threading.Semaphore = field(default_factory=threading.Semaphore)

    def close(self) -> None:
        """End the processes that worked beside the chapters."""
        self.composer.close()
        self.writer.close()

    def make_chapter(self, name: str) -> None:
        """Execute one chapter if its copy is not current, and write its page."""
        record = read_record(self.places, name)
        if record is None or not self.execution_is_current(name):
            with self.jobs:
                record = execute(self.places, name, self.parameters, self.horizon)
        murmurs = self.composer.run("gegenprobe.book.compose", "compose", self.places, name, record, self.force)
        self.murmurs += [f"{name}: {line}" for line in murmurs]
        self.keep(f"page-{name}", self.composition_digest(name))

    def make_pages(self) -> None:
        """Write the generated pages and files."""
        seal = self.pages_digest()
        given = self.places, self.parameters, self.commit, self.horizon[1], self.force
        self.writer.run("gegenprobe.book.pages", "bring_pages", *given)
        self.keep("pages", seal)

    def make_site(self) -> None:
        """Render and publish; nothing of a page, picture or download that is no more stays behind."""
        names = self.places.chapter_names()
        prune(self.places.chapters, {f"{name}.ipynb" for name in names})
        seal = self.site_digest()
        config = (self.places.root / "_config.yml").read_text(encoding="utf-8")
        pages = str([*sorted(str(path) for path in self.places.book.rglob("*.md")), *names, config])
        if not self.is_kept("pages-rendered", pages):
            shutil.rmtree(self.places.rendered, ignore_errors=True)
        for folder in ("downloads", "pictures"):
            shutil.rmtree(self.places.rendered / "_build" / "html" / folder, ignore_errors=True)
        render(self.places)
        publish(self.places)
        self.keep("pages-rendered", pages)
        self.keep("site", seal)

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
                "uptodate": [self.pages_are_current],
                "io": _OWN_STREAMS,
            }

        def task_site():
            return {
                "actions": [(self._try, ["site", self.make_site])],
                "task_dep": ["chapter", "pages"],
                "uptodate": [self.site_is_current],
                "io": _OWN_STREAMS,
            }

        return {"task_chapter": task_chapter, "task_pages": task_pages, "task_site": task_site}

    def _try(self, task: str, action, *arguments) -> bool:
        try:
            action(*arguments)
        except InputError as error:
            self.mistakes.append(str(error))
            return False
        except Exception as error:  # one task's trouble must not hide the others'
            if isinstance(error, OSError):  # a full disk, say; of a whole tree it lists every file
                self.failures[task] = " ".join(str(error).split())[:300]
            elif isinstance(error, (ChapterFailed, RenderFailed)):
                self.failures[task] = str(error)
            else:
                self.failures[task] = "".join(traceback.format_exception(error))
            return False
        return True
