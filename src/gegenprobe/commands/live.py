"""The site while somebody works on it: a page that is open loads again when the book has been built again."""

from __future__ import annotations

import time
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Condition
from typing import BinaryIO, cast
from urllib.parse import parse_qs, urlsplit

from gegenprobe.commands.serve import Files

SCRIPT, NEWS = "/-/reload.js", "/-/built"
_STILL_THERE = 10.0
"""Seconds after which an answer that waits for news sends a sign of life: so it finds out that its page is gone."""
_RELOAD = f"""\
const seen = new URL(document.currentScript.src).searchParams.get("built");
new EventSource("{NEWS}?built=" + seen).onmessage = () => location.reload();
"""
_MISSING = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not there</title></head>
<body><p>There is no such page, or not yet. This one loads again when the book has been built.</p></body></html>
"""


class LiveServer(ThreadingHTTPServer):
    """A server that knows which build it shows.

    Attributes
    ----------
    built : str
        Another word for each build, and for each run of the server.
    """

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.built = _moment()
        self._news = Condition()

    def tell(self) -> None:
        """Have every open page load again."""
        with self._news:
            self.built = _moment()
            self._news.notify_all()

    def news(self, seen: str) -> bool:
        """Wait a while; tell whether another build is shown than the one seen."""
        with self._news:
            return self._news.wait_for(lambda: self.built != seen, _STILL_THERE)


def _moment() -> str:
    return str(time.time_ns())


class LiveFiles(Files):
    """Answers as `Files` does; a page also gets the script that waits for news.

    Only what is sent has it, not the file. The policy of the pages lets them run a script of their own host.
    """

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send the head of an answer; pages are never kept by a browser: the next build may come at any time."""
        asked = urlsplit(self.path)
        path = Path(self.translate_path(self.path))
        if asked.path.endswith("/"):
            path /= "index.html"
        if asked.path == SCRIPT:
            return self._answer(_RELOAD, "text/javascript")
        if asked.path == NEWS:
            return self._tell_news(parse_qs(asked.query).get("built", [""])[0])
        if path.suffix != ".html":
            return super().send_head()
        try:
            return self._answer(self._with_script(path.read_text(encoding="utf-8")), "text/html")
        except OSError:
            return self._answer(self._with_script(_MISSING), "text/html", HTTPStatus.NOT_FOUND)

    @property
    def _live(self) -> LiveServer:
        return cast(LiveServer, self.server)

    def _with_script(self, page: str) -> str:
        return page.replace("</head>", f'<script src="{SCRIPT}?built={self._live.built}"></script></head>', 1)

    def _answer(self, text: str, kind: str, status: HTTPStatus = HTTPStatus.OK) -> BytesIO:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return BytesIO(body)

    def _tell_news(self, seen: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while not self._live.news(seen):
                self._say(b": still here\n\n")
            self._say(b"data: built\n\n")
        except OSError:  # the page was closed
            pass
        self.close_connection = True

    def _say(self, line: bytes) -> None:
        self.wfile.write(line)
        self.wfile.flush()
