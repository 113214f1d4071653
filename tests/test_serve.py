"""What ``gegenprobe serve`` sends: the same content compressed, and connections that stay open."""

from __future__ import annotations

import gzip
import http.client
import threading
from collections.abc import Iterator

import pytest

from gegenprobe.commands.serve import server
from gegenprobe.errors import InputError

PAGE = "<!doctype html><title>ein Maß</title>" + "<p>again and again</p>" * 200


@pytest.fixture
def connection(tmp_path) -> Iterator[http.client.HTTPConnection]:
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "data.zip").write_bytes(b"PK" + bytes(500))
    (tmp_path / "below").mkdir()
    with server(tmp_path, 0) as serving:
        threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        opened = http.client.HTTPConnection("127.0.0.1", serving.server_address[1], timeout=10)
        yield opened
        opened.close()
        serving.shutdown()


def ask(connection, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer, answer.read()


@pytest.mark.parametrize("path", ["/", "/index.html", "/?verdict=open", "/index.html?x=1"])
def test_a_page_goes_out_compressed_and_whole(connection, path):
    answer, body = ask(connection, path, Accept_Encoding="gzip, br")
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert int(answer.headers["Content-Length"]) == len(body) < len(PAGE) / 5
    assert gzip.decompress(body).decode() == PAGE
    assert answer.headers["Content-Type"].startswith("text/html")


def test_who_does_not_take_gzip_gets_it_plain(connection):
    answer, body = ask(connection, "/")
    assert answer.headers["Content-Encoding"] is None
    assert body.decode() == PAGE


def test_what_is_compressed_already_stays_as_it_is(connection):
    answer, body = ask(connection, "/data.zip", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] is None
    assert len(body) == 502


def test_one_connection_serves_many_requests(connection):
    for path, status in (("/", 200), ("/missing.html", 404), ("/below", 301), ("/data.zip", 200)):
        answer, _ = ask(connection, path, Accept_Encoding="gzip")
        assert (answer.status, answer.version) == (status, 11)
    answer, body = ask(connection, "/", "HEAD", Accept_Encoding="gzip")
    assert (answer.status, body) == (200, b"")


def test_what_has_not_changed_is_not_sent_again(connection):
    answer, _ = ask(connection, "/", Accept_Encoding="gzip")
    again, body = ask(connection, "/", Accept_Encoding="gzip", If_Modified_Since=answer.headers["Last-Modified"])
    assert (again.status, body) == (304, b"")


def test_a_changed_file_is_sent_as_it_is_now(connection, tmp_path):
    ask(connection, "/", Accept_Encoding="gzip")
    (tmp_path / "index.html").write_text("new " * 100, encoding="utf-8")
    _, body = ask(connection, "/", Accept_Encoding="gzip")
    assert gzip.decompress(body).decode() == "new " * 100


def test_a_taken_port_is_one_line(tmp_path):
    with server(tmp_path, 0) as serving, pytest.raises(InputError, match="choose another with --port"):
        server(tmp_path, serving.server_address[1])
