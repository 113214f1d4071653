"""What ``gegenprobe watch`` sends: the site as it is, and to each page the script that waits for the next build."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from gegenprobe.commands.live import NEWS, SCRIPT, LiveFiles, LiveServer
from gegenprobe.commands.serve import server

PAGE = "<!doctype html><html><head><title>x</title></head><body><p>ein Maß</p></body></html>"


@pytest.fixture
def live(tmp_path) -> Iterator[LiveServer]:
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "data.json").write_text('{"a": "</head>"}', encoding="utf-8")
    with server(tmp_path, 0, LiveServer, LiveFiles) as serving:
        threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield serving
        serving.shutdown()


def ask(live: LiveServer, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", live.server_address[1], timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/index.html", "/?verdict=open"])
def test_a_page_gets_the_script_and_its_file_does_not(live, path, tmp_path):
    answer, body = ask(live, path, If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT")
    tag = f'<script src="{SCRIPT}?built={live.built}"></script>'
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert body == PAGE.replace("</head>", f"{tag}</head>")
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == PAGE


def test_a_head_has_no_body(live):
    answer, body = ask(live, "/", "HEAD")
    assert (answer.status, body) == (200, "")
    assert int(answer.headers["Content-Length"]) > len(PAGE)


def test_other_files_are_sent_as_they_are(live):
    assert ask(live, "/data.json")[1] == '{"a": "</head>"}'


@pytest.mark.parametrize("path", ["/missing.html", "/missing/", "/" + quote("../secret.html")])
def test_a_page_that_is_not_there_yet_waits_too(live, path):
    answer, body = ask(live, path)
    assert answer.status == 404
    assert SCRIPT in body


def test_the_script_is_there(live):
    answer, body = ask(live, f"{SCRIPT}?built=1")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert NEWS in body


def test_who_has_seen_another_build_hears_of_it_at_once(live):
    assert ask(live, f"{NEWS}?built=1")[1] == "data: built\n\n"
    assert ask(live, NEWS)[1] == "data: built\n\n"


def test_who_has_seen_this_build_hears_of_the_next(live):
    heard: list[str] = []
    waiting = threading.Thread(target=lambda: heard.append(ask(live, f"{NEWS}?built={live.built}")[1]))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    live.tell()
    waiting.join(10)
    assert heard == ["data: built\n\n"]


def test_no_two_builds_are_the_same(live):
    words = {live.built}
    for _ in range(50):
        live.tell()
        words.add(live.built)
    assert len(words) == 51
