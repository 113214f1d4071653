"""What a reader's browser fetches for the first view of each page, compressed; as JSON.

    python benchmarks/page_weight.py [SITE]

A browser opens every page afresh, on a phone and on a desk, and nothing is touched: what it asks for is the first view.
Each file counts with its size after gzip (files that are compressed already, as they are). `alone` is a page by itself,
`further` what it costs whoever has seen the landing page before.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import threading
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
WIDTHS = {"phone": 390, "desktop": 1280}
FIRST = "index.html"
FIRST_MOST, FURTHER_MOST = 350_000, 80_000
COMPRESSED = {".woff2", ".png", ".jpg", ".zip"}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@cache
def weight(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix in COMPRESSED else len(gzip.compress(content, 6, mtime=0))


def asked(browser: Browser, address: str, name: str, width: int) -> set[str]:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    files: set[str] = set()
    page.on("request", lambda request: files.add(unquote(urlsplit(request.url).path).lstrip("/")))
    page.goto(address + name)
    page.wait_for_load_state("networkidle")
    context.close()
    return {file for file in files if file}


def measure(site: Path, browser: Browser) -> dict[str, dict[str, dict[str, int]]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html") if "_static" not in path.parts)
    found: dict[str, dict[str, dict[str, int]]] = {name: {} for name in names}
    try:
        for label, width in WIDTHS.items():
            cached = asked(browser, f"http://127.0.0.1:{server.server_port}/", FIRST, width)
            for name in names:
                files = asked(browser, f"http://127.0.0.1:{server.server_port}/", name, width)
                found[name][label] = {
                    "alone": sum(weight(site / each) for each in files if (site / each).is_file()),
                    "further": sum(weight(site / each) for each in files - cached if (site / each).is_file()),
                    "files": len(files),
                }
    finally:
        server.shutdown()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "book/_build/html")
    site = parser.parse_args().site.resolve()
    path = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        pages = measure(site, browser)
        browser.close()
    vega = weight(site / "_static/vega.js")
    limits = {"first": FIRST_MOST, "further": FURTHER_MOST}
    print(json.dumps({"limits": limits, "on_demand": {"vega.js": vega}, "pages": pages}, indent=1))


if __name__ == "__main__":
    main()
