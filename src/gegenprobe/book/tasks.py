"""The order of the build as a task graph (doit): chapters, pages, drawings, site; each only if its inputs changed."""

from __future__ import annotations

import shutil
import threading
import traceback
from dataclasses import dataclass, field
from typing import Any

from gegenprobe.book.bundle import bundled, home
from gegenprobe.book.drawings import prune_pictures
from gegenprobe.book.inputs import digest, prune, read_record
from gegenprobe.book.means import Means
from gegenprobe.book.site import finish, gather, publish
from gegenprobe.book.state import State
from gegenprobe.errors import BuildFailed, InputError

_OWN_STREAMS = {"capture": False}
"""doit swaps sys.stdout for the whole process while an action runs; with actions in threads it would stay swapped."""


@dataclass
class Plan(State):
    """What one build does, and what it met.

    Attributes
    ----------
    means : Means
        The processes that work for it.
    failures : dict
        What went wrong, by task.
    murmurs : list of str
        What cells wrote to stderr.
    mistakes : list of str
        What turned out to be wrong with what the user gave.
    jobs : Semaphore
        How many chapters are executed at once.
    """

    means: Means = field(kw_only=True)
    failures: dict[str, str] = field(default_factory=dict)
    murmurs: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    jobs: threading.Semaphore = field(default_factory=threading.Semaphore)
    _cleared: bool = False
    _rendered: bool = False
    _gathered: bool = False
    _finished: bool = False

    @property
    def width(self) -> int:
        """How many tasks there are: each has its own thread, most of which wait for a process."""
        return 2 * len(self.places.chapter_names()) + 7

    def make_chapter(self, name: str) -> None:
        """Execute one chapter if its copy is not current, and write its page."""
        record = read_record(self.places, name)
        if record is None or not self.execution_is_current(name):
            from gegenprobe.book.execute import execute

            with self.jobs:
                record = execute(self.places, name, self.parameters, self.horizon)
        seal = self.composition_digest(name)
        murmurs = self.means.composer.run("gegenprobe.book.compose", "compose", self.places, name, record)
        self.murmurs += [f"{name}: {line}" for line in murmurs]
        self.keep(f"page-{name}", seal)

    def make_pages(self) -> None:
        """Write the generated pages and files."""
        seal = self.pages_digest()
        given = self.places, self.parameters, self.commit, self.horizon[1], self.force
        self.means.writer.run("gegenprobe.book.pages", "bring_pages", *given)
        self.keep("pages", seal)

    def make_drawings(self, page: str) -> None:
        """Draw the pictures of one chapter, or of the generated pages."""
        seal = self.drawing_digest(page)
        self.means.drawer.run(
            "gegenprobe.book.drawings", "draw", self.places, page, self.force, self.means.drawer.apart
        )
        self.keep(f"drawn-{page}", seal)

    def make_bundle(self) -> None:
        """Make the script that draws pictures to explore."""
        self.means.drawer.run("gegenprobe.book.bundle", "make_bundle", home(self.places.work))

    def begin_rendering(self) -> None:
        """Have jupyter-book get ready beside the chapters."""
        self._clear_frame()
        self.means.renderer.begin()

    def make_rendering(self) -> None:
        """Have jupyter-book render the pages; nothing of a page that is no more stays behind."""
        prune(self.places.chapters, {f"{name}.ipynb" for name in self.places.chapter_names()})
        seal, frame = self.rendering_digest(), self._frame()
        self._clear_frame()
        self.means.renderer.render()
        self.keep("frame", frame)
        self.keep("rendered", seal)
        self._rendered = True

    def _frame(self) -> str:
        """Return the hash of what all pages have in common, and of which there are.

        jupyter-book sees changed pages by itself, but neither that one is gone nor that a script or style changed.
        """
        static = [path for path in (self.places.book / "_static").rglob("*") if path.is_file()]
        pages = sorted(str(path) for path in self._sources(self.places.extra) if path.suffix == ".md")
        return digest([*static, self.places.root / "_config.yml"], pages, self.places.chapter_names())

    def _clear_frame(self) -> None:
        """Let nothing stay of what was rendered in another frame, nor a renderer that has seen it."""
        if not self._cleared and not self.is_kept("frame", self._frame):
            self.means.renderer.close()
            shutil.rmtree(self.places.rendered, ignore_errors=True)
            self._cleared = True

    def make_files(self) -> None:
        """Gather the files beside the pages, while these are rendered."""
        gather(self.places, self.force)
        self._gathered = True

    def make_finish(self) -> None:
        """Finish the pages, while the last pictures are drawn."""
        finish(self.places, self.force)
        self._finished = True

    def make_site(self) -> None:
        """Put pages and files together and publish them; nothing of a picture that is no more."""
        prune_pictures(self.places, [*self.places.chapter_names(), "pages"])
        seal = self.site_digest()
        publish(self.places, self._gathered, self._finished)
        self.keep("site", seal)

    def _site_stands(self) -> bool:
        """Tell whether nothing is to be published; after a rendering it is, and no file has to be read to know."""
        return not self._rendered and self.site_is_current()

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

        def task_drawings():
            for page, task in [*((name, f"chapter:{name}") for name in names), ("pages", "pages")]:
                yield {
                    "name": page,
                    "actions": [(self._try, [f"drawings:{page}", self.make_drawings, page])],
                    "task_dep": [task],
                    "uptodate": [lambda page=page: self.drawings_are_current(page)],
                    "io": _OWN_STREAMS,
                }

        def task_bundle():
            return {
                "actions": [(self._try, ["bundle", self.make_bundle])],
                "uptodate": [bundled(home(self.places.work)).is_file],
                "io": _OWN_STREAMS,
            }

        def task_rendering():
            return {
                "actions": [(self._try, ["rendering", self.make_rendering])],
                "task_dep": ["chapter", "pages"],
                "uptodate": [self.rendering_is_current],
                "io": _OWN_STREAMS,
            }

        def task_files():
            return {
                "actions": [(self._try, ["files", self.make_files])],
                "task_dep": ["chapter", "pages"],
                "uptodate": [self.site_is_current],
                "io": _OWN_STREAMS,
            }

        def task_finish():
            return {
                "actions": [(self._try, ["finish", self.make_finish])],
                "task_dep": ["rendering"],
                "uptodate": [self._site_stands],
                "io": _OWN_STREAMS,
            }

        def task_site():
            return {
                "actions": [(self._try, ["site", self.make_site])],
                "task_dep": ["finish", "files", "drawings", "bundle"],
                "uptodate": [self._site_stands],
                "io": _OWN_STREAMS,
            }

        tasks = (
            task_chapter,
            task_pages,
            task_drawings,
            task_bundle,
            task_files,
            task_rendering,
            task_finish,
            task_site,
        )
        return {each.__name__: each for each in tasks}

    def _try(self, task: str, action, *arguments) -> bool:
        try:
            action(*arguments)
        except InputError as error:
            self.mistakes.append(str(error))
            return False
        except Exception as error:  # one task's trouble must not hide the others'
            if isinstance(error, OSError):  # a full disk, say; of a whole tree it lists every file
                self.failures[task] = " ".join(str(error).split())[:300]
            elif isinstance(error, BuildFailed):
                self.failures[task] = str(error)
            else:
                self.failures[task] = "".join(traceback.format_exception(error))
            return False
        return True
