"""The real book, built once and served on loopback, and a real browser to look at it with."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("gegenprobe"))
NAMES = ("chromium", "chromium-browser", "google-chrome")
# A browser that phones home at its start would look like a page that does.
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-quic",
]  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The folder of the built site; a build with nothing to do takes a moment, and of two processes one waits."""
    with FileLock(tmp_path_factory.getbasetemp().parent / "site.lock", timeout=600):
        done = subprocess.run([COMMAND, "build"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=420)
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "book/_build/html"


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, BeautifulSoup]:
    """Every page, parsed once, by its path on the site; not to be changed."""
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in site.rglob("*.html")
        if "_static" not in path.parts
    }


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where ``gegenprobe serve`` shows the site."""
    server = subprocess.Popen([COMMAND, "serve", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().split()[2]
    finally:
        server.terminate()
        server.wait(10)


# Playwright keeps an event loop running in its thread; it must not outlive the module that needs it.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; where it is missing the tests fail: a broken page must not go through unseen."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert path, "no Chromium on this machine: install it (Debian: apt install chromium), or run with -m 'not browser'"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield chromium
        chromium.close()
