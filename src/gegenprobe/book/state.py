"""What a build was made from and whether it still is: hashes of contents, no figure read, nothing heavy imported."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path

from gegenprobe.book.attacks import registers
from gegenprobe.book.drawings import are_drawn, orders
from gegenprobe.book.inputs import PACKAGE, chapter_digest, digest, read_record, write_whole
from gegenprobe.book.layout import Places
from gegenprobe.errors import InputError

_COMPOSING = (
    "book/compose.py", "book/colophon.py", "book/drawings.py", "book/figures.py", "book/settings.py", "book/spacing.py",
    "book/tables.py", "charts/explore.py", "charts/render.py", "charts/verdict_marks.py",
)  # fmt: skip
_DRAWING = ("book/drawings.py", "charts/picture.py", "charts/render.py", "charts/verdict_marks.py")


@dataclass
class State:
    """One checkout, the parameters of a build, and what is kept of former builds.

    Attributes
    ----------
    chosen : list of str
        Chapters to bring up to date; the others are executed only if they never were.
    force : bool
        Take nothing for up to date.
    """

    places: Places
    parameters: dict[str, str]
    chosen: list[str]
    force: bool = False

    @cached_property
    def horizon(self) -> list[str]:
        """First and newest day on which anything in the store became known: they decide what ``latest`` means."""
        rows = self._provenance
        return [min(row["first_known_since"] for row in rows), max(row["newest_known_since"] for row in rows)]

    @cached_property
    def _provenance(self) -> list[dict[str, str]]:
        path = self.places.data / "provenance.csv"
        needed = {"series", "first_known_since", "newest_known_since"}
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream))
        except (OSError, UnicodeDecodeError, csv.Error):
            rows = []
        if not rows or not all(needed <= row.keys() and None not in row.values() for row in rows):
            raise InputError(f"{path}: missing or not whole; restore it from git")
        return rows

    def execution_is_current(self, name: str) -> bool:
        """Tell whether the executed copy of a chapter was made from exactly what lies there now."""
        record = read_record(self.places, name)
        if record is None or not (self.places.executed / f"{name}.ipynb").is_file():
            return False
        if name not in self.chosen:
            return True
        if self.force:
            return False
        return record["digest"] == chapter_digest(self.places, name, record, self.parameters, self.horizon)

    def composition_digest(self, name: str) -> str:
        """Return the hash of all that a chapter's page is composed from."""
        code = [*(PACKAGE / each for each in _COMPOSING), *(PACKAGE / "templates").glob("*")]
        read = set((read_record(self.places, name) or {"read": ()})["read"])
        origins = [row for row in self._provenance if row["series"] in read]
        return digest([self.places.executed / f"{name}.ipynb", self.places.root / "_config.yml", *code], origins)

    def chapter_is_current(self, name: str) -> bool:
        """Tell whether a chapter needs neither execution nor composition."""
        page = self.places.chapters / f"{name}.ipynb"
        kept = self.is_kept(f"page-{name}", partial(self.composition_digest, name)) or name not in self.chosen
        return self.execution_is_current(name) and page.is_file() and orders(self.places, name).is_file() and kept

    def drawing_digest(self, page: str) -> str:
        """Return the hash of all that the drawings of a page are made from."""
        return digest([orders(self.places, page), *(PACKAGE / each for each in _DRAWING)], version("vl-convert-python"))

    def drawings_are_current(self, page: str) -> bool:
        """Tell whether the pictures of a page are drawn as they would be now."""
        return self.is_kept(f"drawn-{page}", partial(self.drawing_digest, page)) and are_drawn(self.places, page)

    @cached_property
    def commit(self) -> str:
        """The commit the checkout stands on, with ``+`` where data or text differ from it; empty outside git."""
        try:
            words = {"cwd": self.places.root, "capture_output": True, "text": True, "check": True}
            head = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], **words).stdout.strip()
            changed = subprocess.run(["git", "status", "--porcelain"], **words).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return ""
        return head + ("+" if changed else "")

    def pages_digest(self) -> str:
        """Return the hash of all that the generated pages are made from."""
        data = [path for path in self.places.data.glob("[!.]*/**/*") if path.is_file()]
        data += [path for path in self.places.data.glob("[!.]*") if path.is_file()]
        data += registers(self.places.root)
        package = [*PACKAGE.rglob("*.py"), *PACKAGE.glob("templates/*")]
        return digest([*data, *package, self.places.root / "_config.yml"], self.parameters, self.commit)

    def pages_are_current(self) -> bool:
        """Tell whether the generated pages were made from what lies there now."""
        return self.places.generated.is_dir() and self.is_kept("pages", self.pages_digest)

    def _sources(self, left_out: Path) -> list[Path]:
        """Return the files of the book, without those below a folder, and the settings that all pages depend on."""
        sources: list[Path] = []
        for folder, inner, files in os.walk(self.places.book):
            here = Path(folder)
            inner[:] = [name for name in inner if here / name not in (self.places.work, left_out)]
            sources += [here / name for name in files if not name.startswith(".")]
        return [*sources, self.places.root / "_config.yml", self.places.root / "requirements.lock"]

    def rendering_digest(self) -> str:
        """Return the hash of all that jupyter-book reads."""
        return digest([*self._sources(self.places.extra), PACKAGE / "book" / "rendering.py"])

    def rendering_is_current(self) -> bool:
        """Tell whether jupyter-book has rendered what lies there now."""
        return (self.places.pages / "index.html").is_file() and self.is_kept("rendered", self.rendering_digest)

    def site_digest(self) -> str:
        """Return the hash of all that the site is made from, and of the code that finishes its pages.

        What was rendered stands for the pages: one that was saved while it was rendered is not in the site yet.
        """
        rendered = self.places.work / "rendered.json"
        return digest([rendered, *self._sources(self.places.work), *(PACKAGE / "book").glob("*.py")])

    def site_is_current(self) -> bool:
        """Tell whether the published site was made from what lies there now."""
        is_there = (self.places.site / "index.html").is_file()
        return is_there and self.rendering_is_current() and self.is_kept("site", self.site_digest)

    def sources_are_current(self) -> bool:
        """Tell whether no chapter is to be executed or composed and no page to be generated."""
        return all(map(self.chapter_is_current, self.places.chapter_names())) and self.pages_are_current()

    def is_current(self) -> bool:
        """Tell whether nothing is to be done at all."""
        pictures = all(map(self.drawings_are_current, [*self.places.chapter_names(), "pages"]))
        return self.sources_are_current() and pictures and self.site_is_current()

    def is_kept(self, task: str, seal: Callable[[], str]) -> bool:
        """Tell whether a task was last done on inputs with this hash, which is found only if it decides."""
        if self.force:
            return False
        try:
            text = (self.places.work / f"{task}.json").read_text(encoding="utf-8")
            kept = json.loads(text)["digest"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return kept == seal()

    def keep(self, task: str, seal: str) -> None:
        """Note that a task was done on inputs with this hash."""
        write_whole(self.places.work / f"{task}.json", json.dumps({"digest": seal}))
