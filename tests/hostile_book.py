"""A small book made of hostile texts, built once for a test run by watched processes in a planted environment."""

from __future__ import annotations

import csv
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
SECRET = "planted-0123456789abcdef"
KEYS = (
    "FRED_API_KEY", "ESTAT_APP_ID", "CENSUS_API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "JUPYTER_TOKEN",
    "XDG_SESSION_COOKIE",
)  # fmt: skip
TEXTS = (
    "<script>window.hit=1</script>", '</script><img src=x onerror="window.hit=1">', '"><svg onload=window.hit=1>',
    "' onmouseover='window.hit=1", "</title></head></article><iframe src=//example.org>",
    "``````\n\n```{raw} html\n<b class=hit>hit</b>\n```\n\n", ":::{raw} html\n<b class=hit>hit</b>\n:::",
    "{{ 7*191 }} {% raw %} {{ config }} ${7*191}", "[hit](javascript:window.hit=1) {term}`hit` [](#hit)",
    "<!-- hit ]]> --> &lt;b&gt; \\ \\\\ $x$ | a | b |", "W" * 300,
)  # fmt: skip
NASTY = " ".join(TEXTS)
ADDRESS = "https://example.org/a}, author = {Evil},x{ ; javascript:window.hit=1 ; https://example.org/good"
PAGES = ("scoreboard", "changes", "freshness", "sources", "method", "walk")
HOOK = """
import os, sys
_log = os.environ["GEGENPROBE_SOCKETS"]
_local = ("127.", "::1", "localhost")
def _hook(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, (str, bytes)) or str(address[0]).startswith(_local):
            return
    elif event != "socket.getaddrinfo" or str(arguments[0] or "127.").startswith(_local):
        if event != "gegenprobe.seen":
            return
    with open(_log, "a") as stream:
        stream.write(f"{event} {arguments[1:] if event != 'gegenprobe.seen' else sys.argv[:3]!r}\\n")
sys.addaudithook(_hook)
sys.audit("gegenprobe.seen")
"""
"""As ``sitecustomize``: every Python process of the build notes each address outside this machine that it turns to."""
BUILD = """
from gegenprobe.book import environment
environment._KEPT = (*environment._KEPT, "PYTHONPATH", "GEGENPROBE_SOCKETS")
from gegenprobe.cli import main
main(["build"])
"""


_BUILT: list[HostileBook] = []


@dataclass(frozen=True)
class HostileBook:
    """The checkout, its site, the home folder it was built from, and what its processes turned to."""

    root: Path
    home: Path
    events: list[str]

    @property
    def site(self) -> Path:
        return self.root / "book/_build/html"


def helpers(path: str):
    """Return a module that is no part of a package, under a name of its own."""
    name = f"loaded_{path.removesuffix('.py').replace('/', '_').replace('.', '_')}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def spoil(root: Path) -> None:
    """Put hostile texts wherever the data of a small book holds text."""
    data = root / "data"
    catalogue = yaml.safe_load((data / "catalogue.yml").read_text(encoding="utf-8"))
    for entry in catalogue["series"].values():
        entry |= dict.fromkeys(("title", "units", "agency", "key", "licence", "note"), NASTY)
        entry["official_page"] = "javascript:window.hit=1"
    (data / "catalogue.yml").write_text(yaml.safe_dump(catalogue), encoding="utf-8")
    with (data / "facts.csv").open(encoding="utf-8", newline="") as stream:
        header, first, *others = csv.reader(stream)
    fact = dict(zip(header, first, strict=True)) | {"fact_id": "hostile", "confidence": "official"}
    fact |= dict.fromkeys(("topic", "statement", "units", "source"), NASTY) | {"address": ADDRESS}
    with (data / "facts.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, list(fact.values()), first, *others])
    for path in (data / "claims").glob("*.yml"):
        chapter = yaml.safe_load(path.read_text(encoding="utf-8"))
        chapter |= {"title": NASTY, "summary": NASTY}
        (measured,) = chapter["claims"]
        measured |= {"gist": {"en": NASTY, "de": NASTY}, "context": NASTY, "would_change": NASTY, "sources": [NASTY]}
        measured["stated"] = {"text": NASTY, "unit": "percent"}
        measured["test"] |= {"rough": 0.3, "reason": NASTY}
        reading = measured["definitions"][0] | {"title": NASTY, "why": NASTY, "unit": NASTY}
        other = {**reading, "id": "other", "primary": False}
        documents = {
            **reading, "id": "documents", "primary": False, "test": {"sense": "documented"},
            "measure": {"measure": "documented", "supports": ["hostile"], "because": NASTY},
        }  # fmt: skip
        measured["definitions"] = [reading, other, documents]
        unknown = {
            "id": f"{path.stem}-unknown", "position": 1, "gist": {"en": NASTY, "de": NASTY}, "kind": "causal",
            "stated": {"text": NASTY}, "checkable": False, "reason": NASTY, "searched": [NASTY],
        }  # fmt: skip
        chapter["claims"] = [measured, unknown]
        path.write_text(yaml.safe_dump(chapter, allow_unicode=True), encoding="utf-8")


def _write(root: Path) -> None:
    small = helpers("tests/book/conftest.py")
    book = small.SmallBook(root)
    spoil(root)
    shown = 'chapter.check("one-claim", "one-unknown")'
    told = """chapter.tell('{{ now["one-claim"].said }}\\n\\nIt is {{ fact("hostile").statement }}')"""
    environment = 'import os\n[(name, value) for name, value in os.environ.items() if "/" not in value]'
    started = "import builtins\ngetattr(builtins, 'at_start', 'nothing ran at the start')"
    book.write("one", shown, told, environment, started)
    book.write("two", 'chapter.check("two-claim", "two-unknown")')
    for name in PAGES:
        heading = {"sources": "Sources", "method": "Method"}.get(name, f"Page {name}")
        text = f"# {heading}\n\n```{{include}} generated/{name}.md\n```\n"
        (root / f"book/{name}.md").write_text(text, encoding="utf-8")
    (root / "book/_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n"
        + "".join(f"  - file: {name}\n" for name in ("chapters/one", "chapters/two", "corrections", *PAGES)),
        encoding="utf-8",
    )


def network_of_its_own() -> list[str]:
    """Return the command that runs another one without any network, where that is permitted."""
    for command in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    return []


def built(factory: pytest.TempPathFactory) -> HostileBook:
    """Return the book, built; tests that use it name the xdist group ``hostile-book``, so that it is built once."""
    if not _BUILT:
        _BUILT.append(_build(factory))
    return _BUILT[0]


def _build(factory: pytest.TempPathFactory) -> HostileBook:
    folder = factory.mktemp("hostile-place")
    root, home, code = folder / "checkout-of-somebody", folder / "home-of-somebody", folder / "code"
    startup = home / ".ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text(f"import builtins\nbuiltins.at_start = {SECRET!r}\n", encoding="utf-8")
    code.mkdir()
    (code / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    _write(root)
    environment = {
        **os.environ, **dict.fromkeys(KEYS, SECRET), "HOME": str(home), "GEGENPROBE_ROOT": str(root),
        "PYTHONPATH": str(code), "GEGENPROBE_SOCKETS": str(folder / "sockets.log"),
    }  # fmt: skip
    done = subprocess.run(
        [*network_of_its_own(), sys.executable, "-c", BUILD],
        cwd=root, capture_output=True, text=True, timeout=240, env=environment,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)
    return HostileBook(root, home, (folder / "sockets.log").read_text(encoding="utf-8").splitlines())
