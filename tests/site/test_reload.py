"""A page that is open while somebody works on it loads again by itself, under the policy all pages have."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Browser

from gegenprobe.book.policy import secured
from gegenprobe.commands.live import LiveFiles, LiveServer
from gegenprobe.commands.serve import server

pytestmark = [pytest.mark.xdist_group("site"), pytest.mark.browser]
PAGE = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title></head><body><p>%s</p></body></html>'


def test_an_open_page_loads_again_when_the_book_is_built(browser: Browser, tmp_path):
    path = tmp_path / "index.html"
    murmurs: list[str] = []
    with server(tmp_path, 0, LiveServer, LiveFiles) as serving:
        threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        page = browser.new_page()
        page.on("console", lambda told: murmurs.append(told.text) if "policy" in told.text.lower() else None)
        page.goto(f"http://127.0.0.1:{serving.server_address[1]}/")
        assert "not yet" in page.inner_text("p")
        for text in ("the first", "the second", "the third"):
            path.write_text(secured(PAGE % text), encoding="utf-8")
            serving.tell()
            page.wait_for_function("text => document.querySelector('p')?.innerText === text", arg=text)
        page.close()
        serving.shutdown()
    assert not murmurs
