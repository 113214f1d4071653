"""From a specification to a drawing."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gegenprobe.charts.render import drawn, pixels


@pytest.mark.parametrize("draw", [drawn, pixels])
def test_a_drawing_fetches_nothing(draw):
    asked = []

    class Data(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Data)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/figures.json"
    spec = {"mark": "point", "data": {"url": address}, "encoding": {"x": {"field": "a", "type": "quantitative"}}}
    try:
        with pytest.raises(ValueError, match="not allowed"):
            draw(json.dumps(spec))
    finally:
        server.shutdown()
    assert asked == []
