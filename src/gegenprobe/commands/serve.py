"""``gegenprobe serve``: the built site on localhost, compressed and with connections kept open, as hosts send it."""

from __future__ import annotations

import gzip
from email.utils import formatdate
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from gegenprobe.book.layout import Places
from gegenprobe.errors import InputError
from gegenprobe.paths import project_root

COMPRESSED = frozenset({".html", ".css", ".js", ".json", ".svg", ".xml", ".csv", ".txt", ".yml", ".ipynb"})
"""What static hosts compress; pictures and archives are compressed already."""


class Files(SimpleHTTPRequestHandler):
    """What answers for the files of the site."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing a request."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send the head of an answer; a text goes out compressed to whoever takes that."""
        path = Path(self.translate_path(self.path))
        if self.path.split("?")[0].endswith("/"):
            path /= "index.html"
        asks_again = "If-Modified-Since" in self.headers  # then most often nothing is sent at all
        if asks_again or path.suffix not in COMPRESSED or not path.is_file() or not _takes_gzip(self.headers):
            return super().send_head()
        state = path.stat()
        body = _packed(path, state.st_mtime_ns)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", formatdate(state.st_mtime, usegmt=True))
        self.end_headers()
        return BytesIO(body)


def _takes_gzip(headers) -> bool:
    return "gzip" in headers.get("Accept-Encoding", "")


@lru_cache(maxsize=256)
def _packed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


def server(
    folder: Path,
    port: int,
    kind: type[ThreadingHTTPServer] = ThreadingHTTPServer,
    answers: type[Files] = Files,
) -> ThreadingHTTPServer:
    """Return a server of the files below `folder` on localhost; port 0 takes any free one.

    Parameters
    ----------
    kind, answers : type
        What serves, and what answers one request.

    Raises
    ------
    InputError
        If the port is taken.
    """
    try:
        return kind(("127.0.0.1", port), partial(answers, directory=str(folder)))
    except OSError as error:
        raise InputError(f"port {port}: {error.strerror or error}; choose another with --port") from None


def run(port: int) -> None:
    """Serve the site until interrupted.

    Raises
    ------
    InputError
        If there is no site yet, or the port is taken.
    """
    places = Places(project_root())
    if not (places.site / "index.html").is_file():
        raise InputError(f"{places.site}: no site there yet; run gegenprobe build")
    with server(places.site, port) as serving:
        print(f"The book: http://127.0.0.1:{serving.server_address[1]}/ (Ctrl-C ends)", flush=True)
        serving.serve_forever()
