"""A small book that builds in seconds, and the real one, built once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("gegenprobe")

CLAIMS = """\
chapter: {name}
title: A small chapter
claims:
  - id: {name}-claim
    position: 50
    gist: {{en: The yield was five., de: Die Rendite war fünf.}}
    kind: level
    stated: {{text: "5.0 %", unit: percent}}
    test: {{sense: equals, value: 5.0, decimals: 1}}
    definitions:
      - id: close
        primary: true
        title: The close
        why: Because.
        measure: {{measure: level, of: {{series: {series}}}, at: 2025-06-12}}
"""


def notebook(name: str, *cells: str, parameters: str = 'as_of: str = "latest"\nvideo_day: str = "2025-06-12"') -> str:
    """Return a notebook with a parameters cell, an opening cell, and the cells given."""
    opening = (
        "import gegenprobe\n"
        f'chapter = gegenprobe.open_chapter("{name}", as_of=as_of, video_day=video_day)\n'
        "chapter.overview()"
    )
    code = [(parameters, ["parameters"]), (opening, []), *((cell, []) for cell in cells)]
    return json.dumps({
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# Chapter {name}"},
            *(
                {
                    "cell_type": "code", "id": f"cell-{i}", "metadata": {"tags": tags}, "execution_count": None,
                    "outputs": [], "source": source,
                }
                for i, (source, tags) in enumerate(code)
            ),
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4, "nbformat_minor": 5,
    })  # fmt: skip


class SmallBook:
    """A checkout with two chapters, ``one`` (reads DGS30) and ``two`` (reads DGS10)."""

    def __init__(self, root: Path):
        self.root = root
        self._aside = root.with_name(f"{root.name}-aside")
        for folder in ("notebooks", "book", "data/claims", "data/observations"):
            (root / folder).mkdir(parents=True)
        for name in ("facts.csv", "areas.csv", "cbo_baselines.csv"):
            if (ROOT / "data" / name).is_file():
                shutil.copy(ROOT / "data" / name, root / "data" / name)
        self._figures(["DGS30", "DGS10"])
        for name, series in (("one", "DGS30"), ("two", "DGS10")):
            (root / f"data/claims/{name}.yml").write_text(CLAIMS.format(name=name, series=series), encoding="utf-8")
            self.write(name, f'chapter.check("{name}-claim")')
        (root / "book/_toc.yml").write_text(
            "format: jb-book\nroot: index\nchapters:\n  - file: chapters/one\n  - file: chapters/two\n"
            "  - file: sources\n  - file: corrections\n", encoding="utf-8",
        )  # fmt: skip
        (root / "book/index.md").write_text("# A small book\n\nText.\n", encoding="utf-8")
        (root / "book/sources.md").write_text("# Sources\n\nText.\n", encoding="utf-8")
        (root / "book/corrections.md").write_text("# Corrections\n\nText.\n", encoding="utf-8")
        shutil.copytree(ROOT / "book/_static", root / "book/_static")
        shutil.copy(ROOT / "_config.yml", root / "_config.yml")
        shutil.copy(ROOT / "requirements.lock", root / "requirements.lock")

    def _figures(self, series: list[str]) -> None:
        import csv

        import yaml

        whole = yaml.load((ROOT / "data/catalogue.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        kept = {name: whole["series"][name] for name in series}
        (self.root / "data/catalogue.yml").write_text(yaml.safe_dump({"series": kept}), encoding="utf-8")
        with (ROOT / "data/provenance.csv").open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["series"] in series]
        with (self.root / "data/provenance.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        for name in series:
            shutil.copy(ROOT / f"data/observations/{name}.csv", self.root / f"data/observations/{name}.csv")

    def write(self, name: str, *cells: str, **options: str) -> None:
        """Write the notebook of a chapter."""
        (self.root / f"notebooks/{name}.ipynb").write_text(notebook(name, *cells, **options), encoding="utf-8")

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``gegenprobe`` in this checkout."""
        return subprocess.run(
            [str(COMMAND), *arguments], cwd=self.root, capture_output=True, text=True, check=False, timeout=240,
            env={**os.environ, "GEGENPROBE_ROOT": str(self.root), **environment},
        )  # fmt: skip

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start ``gegenprobe`` in this checkout and leave it running."""
        return subprocess.Popen([str(COMMAND), *arguments], cwd=self.root, stdout=subprocess.PIPE, text=True)

    def lay_aside(self) -> None:
        """Keep a copy of all of it, with the times of its files."""
        shutil.copytree(self.root, self._aside)

    def put_back(self) -> None:
        """Make it what it was when it was laid aside; at the same place, since the renderer goes by that."""
        shutil.rmtree(self.root)
        shutil.copytree(self._aside, self.root)

    def page(self, name: str) -> str:
        """Return a built page."""
        return (self.root / "book/_build/html" / name).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def built_book(tmp_path_factory) -> SmallBook:
    """A small book, built once, and what it was then laid aside; to be asked for by `small_book` alone."""
    book = SmallBook(tmp_path_factory.mktemp("book"))
    done = book.run("build")
    assert done.returncode == 0, done.stdout + done.stderr
    book.lay_aside()
    return book


@pytest.fixture
def small_book(built_book) -> Iterator[SmallBook]:
    """A small book, just built; whatever a test does to it, the next one finds it as it was."""
    yield built_book
    built_book.put_back()
