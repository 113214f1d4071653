"""Jupyter-book renders what stands in ``book/``; the site is put in place in one step, whole."""

from __future__ import annotations

import shutil
import subprocess
import sys

import click
import yaml

from gegenprobe.book.bundle import place_bundle
from gegenprobe.book.head import finish_heads
from gegenprobe.book.inputs import write_whole
from gegenprobe.book.layout import Places
from gegenprobe.book.policy import UnsafePage, secure
from gegenprobe.book.purge import purge
from gegenprobe.book.settings import read_settings
from gegenprobe.book.slim import slim
from gegenprobe.errors import BuildFailed


def render(places: Places) -> None:
    """Run jupyter-book with execution off; a warning is an error.

    The files that go to the root of the site are left to `publish`: the last of them may still be drawn.

    Raises
    ------
    BuildFailed
        With what it complained of.
    """
    settings = yaml.safe_load((places.root / "_config.yml").read_text(encoding="utf-8"))
    settings["sphinx"]["config"].pop("html_extra_path", None)
    write_whole(places.work / "_config.yml", yaml.safe_dump(settings, allow_unicode=True))
    command = [
        sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(places.book),
        "--config", str(places.work / "_config.yml"), "--path-output", str(places.rendered),
        "-n", "-W", "--keep-going", "-q",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=places.root, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in click.unstyle(done.stdout + done.stderr).splitlines() if line.strip()]
        told = [line for line in lines if "WARNING" in line or "ERROR" in line] or lines[-15:]
        raise BuildFailed("jupyter-book:\n  " + "\n  ".join(told[:40]))


def publish(places: Places) -> None:
    """Put the rendered site in place of the former one; at any moment one of them is whole.

    Raises
    ------
    BuildFailed
        If a page holds what its own policy would forbid.
    """
    fresh, former = places.site.with_name("html.new"), places.site.with_name("html.old")
    recover(places)
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(places.pages, fresh)
    shutil.copytree(places.extra, fresh, dirs_exist_ok=True)
    (fresh / ".nojekyll").touch()
    finish_heads(fresh, places.generated, read_settings(places.root / "_config.yml"))
    slim(fresh)
    purge(fresh)
    place_bundle(places.work, fresh)
    try:
        secure(fresh)  # last: it seals what stands in the pages
    except UnsafePage as unsafe:
        raise BuildFailed(str(unsafe)) from None
    if places.site.exists():
        places.site.replace(former)
    fresh.replace(places.site)
    shutil.rmtree(former, ignore_errors=True)


def recover(places: Places) -> None:
    """Undo a publication that was interrupted between its two renamings."""
    former = places.site.with_name("html.old")
    if former.exists():
        if places.site.exists():
            shutil.rmtree(former)
        else:
            former.replace(places.site)
