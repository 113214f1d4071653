"""The order of the build as a task graph (doit): chapters, pages, site; each only if its inputs changed."""

from __future__ import annotations

import shutil
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gegenprobe.book.compose import compose
from gegenprobe.book.execute import ChapterFailed, execute
from gegenprobe.book.inputs import read_record
from gegenprobe.book.site import RenderFailed, publish, render
from gegenprobe.book.state import State, prune
from gegenprobe.claims import read_ledger
from gegenprobe.errors import InputError
from gegenprobe.findings import judge_ledger
from gegenprobe.observations import Store, as_day

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
    """

    failures: dict[str, str] = field(default_factory=dict)
    murmurs: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def make_chapter(self, name: str) -> None:
        """Execute one chapter if its copy is not current, and write its page."""
        record = read_record(self.places, name)
        if record is None or not self.execution_is_current(name):
            record = execute(self.places, name, self.parameters, self.horizon)
        self.murmurs += [f"{name}: {line}" for line in compose(self.places, name, record)]
        self.keep(f"page-{name}", self.composition_digest(name))

    def make_pages(self) -> None:
        """Judge every claim at both dates and write the generated pages and files."""
        from gegenprobe.book.pages import write_pages

        seal = self.pages_digest()
        store = Store(self.places.data)
        ledger = read_ledger(self.places.data / "claims")
        day = as_day(self.parameters["video_day"])
        then = list(judge_ledger(ledger, store, self.parameters["video_day"], day))
        now = list(judge_ledger(ledger, store, self.parameters["as_of"], day))
        build = {
            "built": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "commit": self.commit,
            "newest": self.horizon[1], "as_of": self.parameters["as_of"],
        }  # fmt: skip
        write_pages(store, ledger, then, now, self.places.generated, build)
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
            expected = isinstance(error, (ChapterFailed, RenderFailed))
            self.failures[task] = str(error) if expected else "".join(traceback.format_exception(error))
            return False
        return True
