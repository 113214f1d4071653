"""``gegenprobe serve``: the built site on localhost."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from gegenprobe.book.layout import Places
from gegenprobe.errors import InputError
from gegenprobe.paths import project_root


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing a request."""


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
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(places.site)))
    except OSError as error:
        raise InputError(f"port {port}: {error.strerror or error}; choose another with --port") from None
    with server:
        print(f"The book: http://127.0.0.1:{server.server_address[1]}/ (Ctrl-C ends)", flush=True)
        server.serve_forever()
