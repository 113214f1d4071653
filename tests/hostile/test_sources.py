"""Attacks by the sources: nothing is taken, one line says why, the other sources go on, and nobody waits long."""

from __future__ import annotations

import gzip
import json
import re
import resource
import shutil
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pandas as pd
import pytest

from gegenprobe.cli import main
from gegenprobe.gates import Refused
from gegenprobe.journal import WORK
from gegenprobe.merge import compare
from gegenprobe.observations import Store
from gegenprobe.sources import Address, SourceError
from gegenprobe.sources.web import MOST_FAILING, Web
from limits import within
from replay import KEYS, Replay, changed, copy_data, edited, silent, status

pytestmark = pytest.mark.xdist_group("hostile-sources")  # they share one store and one server
TODAY = "2026-07-01"
SERIES = [
    "DGS10", "BOPGSTB", "mof.jgb.10y", "mof.jgb.2y", "cbo.actual.gdp", "bis.cbpol.japan",
    "boj.bop.foreign_longterm_bonds_net", "wb.population.japan",
]  # fmt: skip


class Arena:
    """A store, the server that feeds it, and the command that asks."""

    def __init__(self, root: Path):
        self.data = copy_data(root, SERIES)
        self.server = Replay(self.data, TODAY)
        self.root = root
        self.sources = self.server.sources(root / "sources.yml", timeout=0.4, longest=20, tries=2)
        self.keep = root / "keep"
        shutil.copytree(self.data, self.keep)
        # What the good sources have that is new.
        self.server.add("mof.jgb.10y", "2026-06-30", TODAY, 2.69)
        self.server.add("DGS10", "2026-06-30", TODAY, 4.25)

    def reset(self) -> None:
        self.server.behave()
        self.server.sources(self.sources, timeout=0.4, longest=20, tries=2)
        shutil.rmtree(self.data)
        shutil.copytree(self.keep, self.data)

    def observations(self) -> dict[str, bytes]:
        return {path.stem: path.read_bytes() for path in (self.data / "observations").glob("*.csv")}


@pytest.fixture(scope="module")
def arena_of_module(tmp_path_factory):
    found = Arena(tmp_path_factory.mktemp("arena"))
    yield found
    found.server.close()


@pytest.fixture
def arena(arena_of_module, monkeypatch):
    arena_of_module.reset()
    monkeypatch.setenv("GEGENPROBE_ROOT", str(arena_of_module.root))
    monkeypatch.setenv("GEGENPROBE_TODAY", TODAY)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return arena_of_module


# --- ways to misbehave --------------------------------------------------------------------------------------------


def drip(head: bool):
    """Send one byte after the other, never silent and never done; in the head, or in the body."""

    def way(handler, status, body):
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"" if head else b"Content-Length: 1000000\r\n\r\n"))
            for _ in range(60):
                handler.wfile.write(b"X-More: 1\r\n" if head else b"<")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        handler.close_connection = True

    return way


def endless(handler, status, body):
    """Send for as long as anybody listens."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(10_000):
            handler.wfile.write(b"0" * 2**16)
    except OSError:
        pass
    handler.close_connection = True


def packed(body: bytes, encoding: str):
    return lambda *_: (200, body, {"Content-Encoding": encoding})


MEMBER = gzip.compress(bytes(2**24))
ONCE = MEMBER * 8
"""A hundred and thirty million bytes in a hundred and thirty thousand."""
TWICE = gzip.compress(MEMBER * 200)
"""Three thousand million bytes in a few thousand."""

XML = b'<?xml version="1.0" encoding="utf-8"?>\n'
LAUGHS = b"<!DOCTYPE x [<!ENTITY a0 'ha'>%s]><observations>&a30;</observations>" % b"".join(
    b"<!ENTITY a%d '&a%d;&a%d;'>" % (n + 1, n, n) for n in range(30)
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><observations>&f;</observations>'


def in_front(what: bytes):
    """Put a definition before the document's first element."""
    return edited(lambda body: re.sub(rb"\?>", lambda _: b"?>" + what, body, count=1) if b"?>" in body else what + body)


def values(change):
    """Change each value of an answer of FRED."""

    def each(match: re.Match) -> bytes:
        text = match[1].decode()
        return match[0] if text == "." else f' value="{change(float(text))}"'.encode()

    return edited(lambda body: re.sub(rb' value="([^"]*)"', each, body))


def many_observations(body: bytes) -> bytes:
    row = re.search(rb"<observation [^>]*>", body)[0]
    return re.sub(rb' count="\d+"', b"", body).replace(row, row * 250_000, 1)


def columns_swapped(body: bytes) -> bytes:
    return body.replace(b",10Y,", b",x,").replace(b",2Y,", b",10Y,").replace(b",x,", b",2Y,")


def cell(text: str):
    """Put a text in place of the value of 2025."""
    return edited(lambda body: re.sub(rb"(?m)^2025,.*$", b"2025," + text.encode(), body))


def next_day(body: bytes) -> bytes:
    lines = body.splitlines(keepends=True)
    last = max(at for at, line in enumerate(lines) if line.startswith(b"2026/6/"))
    day = lines[last].split(b",")[0]
    return b"".join([*lines[: last + 1], lines[last].replace(day, b"2027/1/4"), *lines[last + 1 :]])


ATTACKS = {
    # time and size
    "one byte at a time": ("fred/", drip(head=False), "not done after 0.8 s"),
    "one line of the head at a time": ("fred/", drip(head=True), "not done after 0.8 s"),
    "a body without end": ("fred/", endless, "more than 64 MB"),
    "gzip bomb": ("fred/", packed(ONCE, "gzip"), "more than 64 MB"),
    "gzip bomb in gzip": ("fred/", packed(TWICE, "gzip, gzip"), "more than 64 MB"),
    "no gzip though it says so": ("fred/", packed(b"<observations/>", "gzip"), "cannot be unpacked"),
    "250 000 rows in XML": ("fred/", edited(many_observations), "more than 200000 rows"),
    "250 000 rows in csv": (
        "cbo/", edited(lambda body: body + body.splitlines(keepends=True)[-1] * 250_000), "more than 200000 rows",
    ),
    "pages without end": (
        "boj/", edited(lambda body: json.dumps({"MESSAGEID": "M181000I", "RESULTSET": [], "NEXTPOSITION": 7}).encode()),
        "more than 20 pages",
    ),
    # places elsewhere
    "redirect to another host": ("fred/", status(302, b"", Location="http://127.0.0.1:1/"), "has moved"),
    "redirect to a file": ("fred/", status(307, b"", Location="file:///etc/hostname"), "has moved"),
    "refresh by header": ("fred/", status(200, b"", Refresh="0; url=http://127.0.0.1:1/"), "answered with nothing"),
    # XML that is more than it seems
    "entities that double": ("fred/", edited(lambda body: XML + LAUGHS), "document type"),
    "an entity of a file": ("fred/", edited(lambda body: XML + OUTSIDE), "document type"),
    "entities in another encoding": (
        "fred/", edited(lambda body: (XML.replace(b"utf-8", b"utf-16") + LAUGHS).decode().encode("utf-16")),
        "document type, or is not in UTF-8",
    ),
    "entities in seven bits": (
        "bis/", edited(lambda body: XML.replace(b"utf-8", b"UTF-7") + b"+ADw-!DOCTYPE x+AD4-"), "not in UTF-8",
    ),
    "entities in SDMX": ("bis/", in_front(LAUGHS.split(b"<obs")[0]), "document type"),
    "an entity of a file in SDMX": ("bis/", in_front(OUTSIDE.split(b"<obs")[0]), "document type"),
    "JSON nested without end": ("world-bank/", edited(lambda body: b"[" * 200_000), "a form not foreseen"),
    "a number of 5000 digits": ("world-bank/", changed('"value": ', '"value": ' + "9" * 5000), "no valid JSON"),
    # figures that are wrong
    "a page with status 200, as XHTML": (
        "cbo/", edited(lambda body: XML + b"<html xmlns='http://www.w3.org/1999/xhtml'><body>Sorry</body></html>"),
        "no column",
    ),
    "a day to come": ("mof-jgb/jgbcme.csv", edited(next_day), "2027-01-04 lies in the future"),
    "a thousand times": ("fred/", values(lambda value: value * 1000), "lies outside"),
    "a thousandth": ("fred/", values(lambda value: value / 1000), "unit jump"),
    "1e308": ("cbo/", cell("1e308"), "lies outside"),
    "not a number": ("cbo/", cell("nan"), "'nan' is not a number"),
    "every value revised at once": ("fred/", values(lambda value: value + (20_000 if value < -99 else 1.5)), "at once"),
    "another series": ("mof-jgb/", edited(columns_swapped), "in a series never revised"),
    "another file": ("cbo/", edited(lambda body: b"component,category,subcategory,fiscal_year,actual_value\n"),
                     "no column 'GDP'"),
}  # fmt: skip
ALSO = {"a thousandth": "differ from those held", "every value revised at once": "differ from those held"}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_takes_nothing_says_one_line_and_holds_nobody_up(arena, capsys, name):
    path, way, words = ATTACKS[name]
    source = path.split("/")[0]
    before = arena.observations()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    arena.server.misbehave(path, way)
    if name.startswith("one "):
        arena.server.sources(arena.sources, timeout=0.4, longest=0.8, tries=2)
    catalogue = Store(arena.data).catalogue
    attacked = {each for each in SERIES if catalogue[each].source == source and each != "mof.jgb.2y"}
    good = "mof.jgb.10y" if source != "mof-jgb" else "DGS10"
    asked = [each for name in sorted(attacked | {good}) for each in ("--series", name)]
    with within(60), pytest.raises(SystemExit) as end:
        main(["refresh", "--sources", str(arena.sources), *asked])
    out, err = capsys.readouterr()
    assert end.value.code == 1
    failing = [line for line in err.splitlines() if line.startswith("gegenprobe: ")]
    assert 1 <= len(failing) <= len(attacked)
    assert all(words in line or ALSO.get(name, words) in line for line in failing), failing
    assert any(words in line for line in failing), failing
    assert all(len(line) < 400 and line.isprintable() for line in failing)
    assert "Traceback" not in err
    after = arena.observations()
    for series in attacked:
        assert after[series] == before[series], series
        assert f"{series},".encode() not in (arena.data / "checked.csv").read_bytes()
    assert after[good] != before[good]
    assert not (arena.data / WORK / "staged").exists()
    with_hostname = Path("/etc/hostname")
    if "file" in name and with_hostname.exists():
        assert with_hostname.read_text().strip() not in out + err
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 600 * 2**10  # in kB: far below the bombs


def test_a_redirect_is_not_followed(arena):
    """The place it leads to, a server of ours, is never asked: neither for figures nor with a key."""
    elsewhere = Replay(arena.data, TODAY)
    try:
        arena.server.misbehave("cbo/", status(301, b"", Location=f"{elsewhere.base}/cbo/actual_GDP.csv"))
        with pytest.raises(SourceError, match="has moved"):
            Web(Address(url=f"{arena.server.base}/cbo", pause=0, tries=1)).get("actual_GDP.csv")
        assert not elsewhere.asked
    finally:
        elsewhere.close()


NO_ANSWER = {"silence": silent, "drip": drip(head=True), "wait": status(429, b"", Retry_After="0"), "down": status(503)}


@pytest.mark.parametrize("way", NO_ANSWER.values(), ids=NO_ANSWER)
def test_a_source_that_gives_no_answer_is_soon_left_alone(arena, way):
    """Sixty series of a silent source, each asked five times for a minute, would take five hours."""
    arena.server.misbehave("fred/", way)
    web = Web(Address(url=f"{arena.server.base}/fred", pause=0, tries=2, timeout=0.2, longest=0.4, backoff=0))
    start = time.monotonic()
    for number in range(30):
        with pytest.raises(SourceError, match=r"did not answer|refused 2 times|status 503"):
            web.get(f"series/{number}")
    assert sum(arena.server.asked.values()) <= 2 * MOST_FAILING
    assert time.monotonic() - start < 20


def test_a_yearly_revision_of_every_value_is_taken(arena):
    """What the gate against wholesale revisions must let through: every value moves, each a little."""
    store = Store(arena.data)
    held = pd.read_csv(store.path("BOPGSTB"), parse_dates=["date", "known_since"]).assign(area="")
    held = held[["area", "date", "known_since", "value"]].astype({"area": str})
    offered = held.drop_duplicates("date", keep="last").tail(36).assign(known_since=pd.NaT)
    about = {"since": offered["date"].min(), "today": pd.Timestamp(TODAY)}
    entry = store.catalogue["BOPGSTB"]
    little = compare(held, offered.assign(value=offered["value"] * 1.02), entry, **about)
    assert len(little.revised) == 36
    with pytest.raises(Refused, match="36 of 36 shared values would be revised at once, in the middle by "):
        compare(held, offered.assign(value=offered["value"] * 1.4), entry, **about)


# --- certificates -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> dict[str, tuple[Path, Path]]:
    """Two certificates that vouch for themselves: one of this host, one of another."""
    folder = tmp_path_factory.mktemp("tls")
    found = {}
    for name, alternative in {"here": "IP:127.0.0.1", "elsewhere": "DNS:elsewhere.example"}.items():
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}", "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        found[name] = certificate, key
    return found


@pytest.fixture
def over_tls(certificates):
    """Return ``over_tls(name)``: the address of a server that shows one of the certificates, and what it was asked."""
    servers = []

    def serve(name: str) -> tuple[str, list[str]]:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "9")
                self.end_headers()
                self.wfile.write(b"year,GDP\n")

            def log_message(self, *arguments):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificates[name])
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        servers.append(server)
        return f"https://127.0.0.1:{server.server_port}", asked

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("shown", "trusted", "taken"),
    [("here", None, False), ("elsewhere", "elsewhere", False), ("here", "elsewhere", False), ("here", "here", True)],
    ids=["signed by itself", "of another host", "signed by another", "as it should be"],
)
def test_a_certificate_is_looked_at(certificates, over_tls, monkeypatch, shown, trusted, taken):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates[trusted][0]))
    url, asked = over_tls(shown)
    web = Web(Address(url=url, pause=0, tries=3, backoff=0, timeout=2), key="secret")
    if taken:
        assert web.get("x").body == b"year,GDP\n"
        return
    with pytest.raises(SourceError, match=r"^127\.0\.0\.1:\d+ did not answer \(its certificate is not valid\)$"):
        web.get("x", {"api_key": "secret"})
    assert asked == []
