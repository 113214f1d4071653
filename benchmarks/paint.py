"""How soon a reader sees a page, and how much it moves while it loads; written to ``results-paint.json``.

    python benchmarks/paint.py [--runs 5] [--pages index,chapters/context]

`gegenprobe serve` shows the built site to Chromium, which opens each page afresh, with an empty cache. On the phone the
processor is slowed down four times and the line is that of a slow mobile network. Of each figure the median of all
runs is kept: the largest contentful paint and the first one in milliseconds, and the layout shift, a plain number.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from gegenprobe.commands.serve import server

ROOT = Path(__file__).resolve().parents[1]
SITE, RESULTS = ROOT / "book/_build/html", ROOT / "benchmarks/results-paint.json"
MOST_MS, MOST_SHIFT = 2500, 0.1
"""What the field calls good, at the 75th percentile of visits: https://web.dev/articles/vitals."""
KILOBIT = 1000 / 8
READERS = {
    "phone": {"width": 390, "height": 844, "slower": 4, "latency_ms": 150, "down": 1600, "up": 750},
    "desktop": {"width": 1280, "height": 900, "slower": 1},
}
OBSERVE = """
  window.seen = {largest: 0, what: "", shift: 0};
  new PerformanceObserver(list => list.getEntries().forEach(entry => {
    window.seen.largest = entry.startTime;
    const what = entry.element;
    window.seen.what = what ? what.tagName.toLowerCase() + (what.className ? "." + what.className : "") : "";
  })).observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (!entry.hadRecentInput) window.seen.shift += entry.value;
  })).observe({type: "layout-shift", buffered: true});
"""
READ = """() => ({...window.seen, first: performance.getEntriesByName("first-contentful-paint")[0].startTime})"""
SCROLL = """async () => {
  for (let top = 0; top < document.body.scrollHeight; top += innerHeight / 2) {
    scrollTo(0, top);
    await new Promise(done => setTimeout(done, 100));
  }
}"""
"""To the end of the page: what is fetched on the way may move it."""


def visit(browser: Browser, url: str, reader: dict[str, int]) -> dict[str, float | str]:
    """Return what one visit with an empty cache saw; milliseconds since the address was asked for."""
    viewport = {"width": reader["width"], "height": reader["height"]}
    context = browser.new_context(viewport=viewport, device_scale_factor=2 if reader["width"] < 640 else 1)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    if reader["slower"] > 1:
        tools.send("Emulation.setCPUThrottlingRate", {"rate": reader["slower"]})
        tools.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": reader["latency_ms"],
                "downloadThroughput": reader["down"] * KILOBIT,
                "uploadThroughput": reader["up"] * KILOBIT,
            },
        )
    page.add_init_script(OBSERVE)
    page.goto(url, wait_until="load")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # what comes late may still move the page
    seen = page.evaluate(READ)
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    seen["shift"] = page.evaluate("() => window.seen.shift")
    context.close()
    return seen


def measure(browser: Browser, address: str, names: list[str], runs: int) -> dict[str, dict[str, dict]]:
    """Return medians by page and reader."""
    found: dict[str, dict[str, dict]] = {}
    for name in names:
        found[name] = {}
        for label, reader in READERS.items():
            seen = [visit(browser, f"{address}{name}.html", reader) for _ in range(runs)]
            found[name][label] = {
                "largest_ms": round(statistics.median(each["largest"] for each in seen)),
                "first_ms": round(statistics.median(each["first"] for each in seen)),
                "shift": round(statistics.median(each["shift"] for each in seen), 4),
                "largest_is": seen[-1]["what"],
            }
            print(f"{name} {label}: {found[name][label]}", flush=True)
    return found


def main() -> None:
    """Measure the landing page and every chapter, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pages", default="")
    parser.add_argument("--dry", action="store_true", help="print only")
    given = parser.parse_args()
    chapters = sorted(f"chapters/{path.stem}" for path in (SITE / "chapters").glob("*.html"))
    names = given.pages.split(",") if given.pages else ["index", *chapters]
    chromium = next(
        found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))
    )
    with server(SITE, 0) as serving, sync_playwright() as playwright:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        pages = measure(browser, f"http://127.0.0.1:{serving.server_address[1]}/", names, given.runs)
        browser.close()
        serving.shutdown()
    results = {
        "readers": READERS,
        "limits": {"largest_ms": MOST_MS, "shift": MOST_SHIFT},
        "runs": given.runs,
        "pages": pages,
    }
    if not given.dry:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
