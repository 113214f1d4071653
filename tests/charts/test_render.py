"""From a specification to a drawing."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gegenprobe.book.environment import quiet_environment
from gegenprobe.charts.render import drawn, pixels

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = """
import json, re
from gegenprobe.charts.render import drawn
for font in ("DejaVu Sans", "No Such Font"):
    mark = {"type": "text", "text": "AV 12345", "font": font, "fontSize": 40}
    print(re.search(' width="([0-9]+)"', drawn(json.dumps({"data": {"values": [{}]}, "mark": mark, "width": 1})))[1])
"""


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


def test_the_example_for_contributors_draws(tmp_path):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = text.split("python - <<'PY'\n")[1].split("\nPY\n")[0].replace("/tmp/", f"{tmp_path}/")
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)
    drawn = sorted(tmp_path.glob("*.png"))
    assert len(drawn) == 4
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the engine looks for fonts where the system says")
def test_a_build_draws_with_the_fonts_of_the_engine_alone(tmp_path):
    """DejaVu Sans is what most machines with fonts have; a build must not see it."""
    with quiet_environment(tmp_path):
        given = dict(os.environ)
    named = ElementTree.parse(given["FONTCONFIG_FILE"]).findtext("dir")
    assert not Path(named).exists(), "the only folder of fonts must hold none"
    done = subprocess.run([sys.executable, "-c", WIDTHS], env=given, capture_output=True, text=True, check=True)
    there, nowhere = done.stdout.split()
    assert there == nowhere
