"""The issue on old figures: opened once, kept true, closed; schedules kept awake. Against a real HTTP server."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest

from gegenprobe.errors import InputError
from gegenprobe.freshness import Age, State
from gegenprobe.issue import TITLE, tend

DAY = pd.Timestamp("2026-07-23")
TOKEN = "planted-token"


def age(series: str, state: State) -> Age:
    return Age(series, "fred", DAY, DAY, DAY, 30, DAY, 0, state, State.FRESH, "the source stopped")


@pytest.fixture
def github():
    """A small GitHub: issues in a list, and what it was asked."""
    issues: list[dict] = [{"number": 3, "title": TITLE, "state": "open", "pull_request": {}}]
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def reply(self, status, body=None):
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def handle_one(self):
            asked.append(f"{self.command} {self.path.split('?')[0]}")
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                return self.reply(401, {})
            sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
            if self.command == "GET":
                return self.reply(200, [each for each in issues if each["state"] == "open"])
            if self.command == "POST":
                issues.append({"number": 7, "state": "open", **sent})
                return self.reply(201, issues[-1])
            if self.command == "PATCH":
                found = next(each for each in issues if self.path.endswith(f"/{each['number']}"))
                found.update(sent)
                return self.reply(200, found)
            return self.reply(204)

        do_GET = do_POST = do_PATCH = do_PUT = handle_one

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    environment = {
        "GITHUB_REPOSITORY": "someone/book",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}",
    }
    yield environment, issues, asked
    server.shutdown()
    server.server_close()


def test_one_issue_is_opened_then_updated_then_closed(github):
    environment, issues, asked = github
    assert tend([age("DGS10", State.FRESH)], DAY, environment) == "all fresh: no issue"
    old = [age("DGS10", State.ERROR), age("GDP", State.WARNING), age("DFF", State.FRESH)]
    assert tend(old, DAY, environment) == "2 series not fresh: issue 7 opened"
    assert "| error | DGS10 |" in issues[1]["body"]
    assert "DFF" not in issues[1]["body"]
    assert tend(old[:1], DAY, environment) == "1 series not fresh: issue 7 updated"
    assert "GDP" not in issues[1]["body"]
    assert len(issues) == 2
    assert tend(old[2:], DAY, environment) == "all fresh: 1 issue closed"
    assert issues[1]["state"] == "closed"
    assert issues[0]["state"] == "open", "a pull request of the same name is none of ours"
    assert asked.count("PUT /repos/someone/book/actions/workflows/freshness.yml/enable") == 4


def test_without_surroundings_or_with_a_refusal_it_is_one_line_without_the_token(github):
    environment, _, _ = github
    with pytest.raises(InputError, match="GITHUB_TOKEN"):
        tend([], DAY, {"GITHUB_REPOSITORY": "someone/book"})
    with pytest.raises(InputError, match="status 401") as error:
        tend([], DAY, {**environment, "GITHUB_TOKEN": "wrong-token"})
    assert "wrong-token" not in str(error.value)
    with pytest.raises(InputError, match="did not answer"):
        tend([], DAY, {**environment, "GITHUB_API_URL": "http://127.0.0.1:9"})
