"""Texts that want to be markup, code or another text; parameters that want to be code; secrets that want to be seen."""

from __future__ import annotations

import ast
import contextlib
import csv
import getpass
import gzip
import io
import json
import re
import shutil
import socket
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import papermill
import pybtex.database
import pytest
from bs4 import BeautifulSoup
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import gegenprobe
from gegenprobe.book.downloads import table
from gegenprobe.book.policy import UnsafePage, secure
from gegenprobe.cards import addresses, templates
from gegenprobe.catalogue import read_catalogue
from gegenprobe.claims import read_ledger
from gegenprobe.cli import main
from gegenprobe.curve import specification_curve
from gegenprobe.errors import InputError
from gegenprobe.facts import read_facts
from gegenprobe.findings import judge_claim
from gegenprobe.observations import Store, as_day
from gegenprobe.reading import read_yaml
from gegenprobe.words import plain_markdown
from hostile_book import KEYS, NASTY, SECRET, TEXTS, HostileBook, built
from project import claim, definition, monthly, write_project

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("gegenprobe"))
UNSEEN = ["\u202e", "\u2066", "\u200b", "\x07", "\x1b[31m", "\ufeff", "\u2028"]
DAYS = [
    "2025-06-12'); import os; os.mkdir('canary')#", '2025-06-12"); import os; os.mkdir("canary")#',
    "2025-06-12\nimport os\nos.mkdir('canary')", "{{ 7*191 }}", "${HOME}", "`id`", "2025-06-12\\",
    "\u0662\u0660\u0662\u0665-06-12", "2025-06-12\u202e", "__import__('os').mkdir('canary')", "2025-06-12 ",
    "", "9" * 5000,
]  # fmt: skip


def on_the_book(test):
    """Mark a test of the hostile book: it is built once, so they all run in one process."""
    return pytest.mark.book(pytest.mark.xdist_group("hostile-book")(test))


@pytest.fixture
def book(tmp_path_factory) -> HostileBook:
    return built(tmp_path_factory)


def pages(site: Path) -> dict[str, BeautifulSoup]:
    """Return every page as a browser reads it, by its path on the site."""
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in site.rglob("*.html")
        if "_static" not in path.parts
    }


# --- texts that want to be markup ---------------------------------------------------------------------------------


@on_the_book
def test_no_text_becomes_an_element_or_attribute(book):
    found = pages(book.site)
    assert len(found) > 8
    for name, page in found.items():
        assert "window.hit" in page.get_text() or not name.startswith("chapters/"), name
        assert not page.select(".hit"), name
        for element in page.find_all(True):
            assert element.name not in ("iframe", "object", "embed", "base"), (name, element.name)
            assert not [each for each in element.attrs if each.startswith("on")], (name, str(element)[:100])
            for attribute in ("href", "src", "srcset", "action"):
                link = urlsplit(str(element.get(attribute, "")))
                assert link.scheme in ("", "https", "data"), (name, element[attribute])
                assert link.scheme != "data" or element.name == "img"
                if element.name != "a":
                    assert not link.netloc, (name, element[attribute])
        text = page.find("article")
        assert text or name in ("search.html", "genindex.html"), name
        assert not text or not text.find_all(["script", "link", "meta"]), name
        assert str(7 * 191) not in page.get_text(), name


@on_the_book
def test_the_texts_are_all_there(book):
    one = " ".join(pages(book.site)["chapters/one.html"].find(id="one-claim").get_text().split())
    for text in TEXTS:
        assert " ".join(text.split()) in one, text


@on_the_book
def test_json_ld_parses_and_cannot_end_its_element(book):
    seen = 0
    for name, page in pages(book.site).items():
        for script in page.find_all("script", type="application/ld+json"):
            assert "<" not in script.string, name
            graph = json.loads(script.string)["@graph"]
            texts = [each.get("claimReviewed", each.get("name")) for each in graph]
            seen += sum(text == NASTY for text in texts)
            for node in graph:
                assert str(node.get("isBasedOn", "")).count("javascript:") == 0
                assert all(urlsplit(each).scheme == "https" for each in node.get("citation", ()))
    assert seen >= 6  # four claims and two series


@on_the_book
def test_titles_and_descriptions_stay_in_their_attributes(book):
    for name, page in pages(book.site).items():
        told = {each.get("property") or each.get("name"): each.get("content") for each in page.head.find_all("meta")}
        assert told["og:title"], name
        assert len(told["description"]) <= 210, name
        assert page.title.string.strip(), name


@on_the_book
def test_feed_and_bibliography_keep_their_form(book):
    feed = ET.parse(book.site / "feed.xml")
    assert feed.getroot().tag.endswith("feed")
    text = (book.root / "book/generated/references.bib").read_text(encoding="utf-8")
    entries = pybtex.database.parse_string(text, "bibtex").entries.values()
    assert "https://example.org/good" in {each.fields.get("url") for each in entries}
    for entry in entries:
        assert set(entry.fields) | set(entry.persons) <= {"author", "title", "year", "note", "url"}, entry.key
        assert "Evil" not in str(entry.persons)


@on_the_book
@pytest.mark.browser
def test_a_browser_runs_nothing_of_it_and_no_page_grows_wide(book):
    from playwright.sync_api import sync_playwright

    path = chromium_here()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 360, "height": 800})
        said = []
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        for name in (
            "index.html",
            "chapters/one.html",
            "scoreboard.html",
            "sources.html",
            "method.html",
            "walk.html",
        ):
            page.goto((book.site / name).as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert page.evaluate("window.hit") is None, name
            assert page.evaluate("document.querySelectorAll('.hit').length") == 0, name
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 361, (name, wide)
        chromium.close()
    assert not said
    assert not [each for each in asked if urlsplit(each).scheme not in ("file", "data")]


@on_the_book
def test_a_chapter_that_prints_its_environment_publishes_no_secret(book):
    one = pages(book.site)["chapters/one.html"].get_text()
    assert "PYTHONHASHSEED" in one  # the environment was printed
    for name, content in published(book.site):
        assert SECRET.encode() not in content, name
        assert not [key for key in KEYS if key.encode() in content], name


@on_the_book
def test_what_the_builder_runs_at_each_start_runs_in_no_chapter(book):
    assert "nothing ran at the start" in pages(book.site)["chapters/one.html"].select(".output")[-1].get_text()


@on_the_book
def test_no_published_byte_names_the_place_of_the_build(book):
    for name, content in published(book.site):
        for place in (book.root, book.home, book.root.parent.name):
            assert str(place).encode() not in content, (name, place)


def chromium_here() -> str:
    """Return where the browser is; a missing one is a failure, as in the tests of the site."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for each in names if (found := shutil.which(each))), "")
    assert path, "no Chromium on this machine: install it (Debian: apt install chromium)"
    return path


def published(site: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a site as it is, with its path before it, and once more as what it packs."""
    for path in sorted(site.rglob("*")):
        if path.is_file():
            name = path.relative_to(site).as_posix()
            yield from unpacked(name, name.encode() + b"\n" + path.read_bytes(), path.read_bytes())


def unpacked(name: str, shown: bytes, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, shown
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as held:
            yield f"{name} (comment)", held.comment
            for member in held.infolist():
                inside = held.read(member)
                told = member.filename.encode() + member.comment + member.extra
                yield from unpacked(f"{name}/{member.filename}", told + b"\n" + inside, inside)
    elif content.startswith(b"\x1f\x8b"):
        yield f"{name} (unpacked)", gzip.decompress(content)
    elif content.startswith(b"\x89PNG"):
        yield f"{name} (texts)", b"\n".join(png_texts(content))
    elif content.startswith(b"# Sphinx inventory"):
        yield f"{name} (unpacked)", zlib.decompress(content.split(b"\n", 4)[4])


def png_texts(content: bytes) -> Iterator[bytes]:
    """Yield what a PNG says beside its picture, compressed or not."""
    place = 8
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        if kind not in (b"IHDR", b"PLTE", b"IDAT", b"IEND"):
            chunk = content[place + 8 : place + 8 + length]
            yield kind + chunk
            for start in range(len(chunk)):
                if chunk[start : start + 1] == b"\x78":
                    with contextlib.suppress(zlib.error):
                        yield zlib.decompress(chunk[start:])
        place += 12 + length


def test_the_hunt_looks_into_packed_files(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("a.txt", SECRET)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("b.zip", inner.getvalue())
    text = b"zTXt" + b"key\x00\x00" + zlib.compress(SECRET.encode())
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(text) - 4) + text + b"\x00" * 4)
    (tmp_path / "a.gz").write_bytes(gzip.compress(SECRET.encode()))
    found = [name for name, content in published(tmp_path) if SECRET.encode() in content]
    assert found == ["a.gz (unpacked)", "a.png (texts)", "a.zip/b.zip/a.txt"]


@pytest.mark.book
@pytest.mark.xdist_group("site")
def test_the_published_site_names_no_machine_and_no_key(tmp_path_factory):
    with FileLock(tmp_path_factory.getbasetemp().parent / "site.lock", timeout=600):
        done = subprocess.run([COMMAND, "build"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=420)
    assert done.returncode == 0, done.stderr
    places = [f"{Path.home()}/", str(ROOT), f"{Path(sys.prefix)}/"]
    # A host or user called "localhost" or "root" is no secret, and a word of other meaning.
    words = [each for each in (socket.gethostname(), getpass.getuser()) if len(each) > 5 and each != "localhost"]
    key = re.compile(rb"(?:api_key|appId|[?&]key)=[0-9a-zA-Z]{16,}|gh[pousr]_[0-9A-Za-z]{30,}")
    seen = 0
    for name, content in published(ROOT / "book/_build/html"):
        seen += 1
        assert not key.search(content), name
        for place in places:
            assert place.encode() not in content, (name, place)
        for word in words:
            assert not re.search(rb"(?<!\w)" + re.escape(word.encode()) + rb"(?!\w)", content), (name, word)
    assert seen > 500


# --- one function at a time ---------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60))
def test_markdown_shows_a_text_of_the_data_as_it_stands(text):
    shown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(f"{plain_markdown(text)}")
    kinds = [each.type for each in shown]
    assert kinds == ["paragraph_open", "inline", "paragraph_close"] if text.strip() else not kinds
    for token in shown:
        for child in token.children or ():
            assert child.type in ("text", "text_special"), (child.type, text)
    read = "".join(child.content for token in shown for child in token.children or ())
    assert read.strip(" \t") == text.strip(" \t")


@pytest.mark.parametrize("text", TEXTS)
def test_a_paragraph_tells_texts_and_no_markup(text):
    html = MarkdownIt("commonmark", {"html": True}).render(f"Said: {plain_markdown(text)} and {plain_markdown(text)}.")
    assert [each.name for each in BeautifulSoup(html, "html.parser").find_all(True)] == ["p"]


@pytest.mark.parametrize("sign", UNSEEN, ids=ascii)
def test_a_text_with_an_unseen_character_is_refused(sign, tmp_path):
    data = write_project(
        tmp_path, {"S": monthly("2025-01-01", [1.0])}, facts=[{"fact_id": "a", "known_since": "2025-05-01"}]
    )
    path = data / "claims/c.yml"
    text = json.dumps(f"It is {sign} 5.").strip('"')
    path.write_text(f'chapter: c\ntitle: "{text}"\nclaims: []\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"c\.yml line 2: .*U\+[0-9A-F]{4}"):
        read_ledger(path)
    catalogue = data / "catalogue.yml"
    catalogue.write_text(catalogue.read_text().replace("A figure", f'"{text}"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"catalogue\.yml line \d+: .*U\+"):
        read_catalogue(catalogue)
    facts = data / "facts.csv"
    facts.write_text(facts.read_text().replace("happened", f"hap{sign}pened"), encoding="utf-8")
    with pytest.raises(InputError, match=r"facts\.csv line 2: statement holds U\+"):
        read_facts(facts)
    areas = data / "areas.csv"
    areas.write_text(areas.read_text().replace("Beland", f"Be{sign}land"), encoding="utf-8")
    store = Store(data)
    with pytest.raises(InputError, match=r"areas\.csv line \d: name holds U\+"):
        store.areas  # noqa: B018


def test_a_raw_control_character_is_no_yaml(tmp_path):
    (tmp_path / "a.yml").write_bytes(b"chapter: a\x07b\n")
    with pytest.raises(InputError, match="not valid YAML"):
        read_yaml(tmp_path / "a.yml")


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,<script>", "//example.org/a", "vbscript:x",
        "https://", "https:// example.org", 'https://example.org/"onload="x', "https://example.org/a}b", "https://exa<b>.org/",
        "https://example.org/`x`", "http:\\\\example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_becomes_no_link(text):
    assert addresses(text) == []
    assert addresses(f"https://example.org/a?b=c#d ; {text}") == ["https://example.org/a?b=c#d"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>window.hit=1</script>",
        "<SCRIPT src=x></SCRIPT>",
        "<iframe src=x>",
        '<base href="//x">',
        "<meta content=x>",
    ],
)
def test_the_policy_blesses_no_script_among_the_data(text):
    head = '<html><head><meta charset="utf-8"></head><body><script>a()</script>'
    page = head + '<article class="bd-article">{}</article></body>'
    assert secure(page.format("<p>&lt;script&gt;</p>"), "a.html")
    with pytest.raises(UnsafePage, match=r"a\.html: an element"):
        secure(page.format(f"<article>{text}</article>"), "a.html")


def test_no_cell_of_a_download_is_a_formula():
    texts = ["=1+1", '=HYPERLINK("x")', "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "-a"]
    for row in csv.DictReader(io.StringIO(table([{"a": text} for text in texts]))):
        assert not re.match(r"[=+\-@\t\r]", row["a"]), row["a"]
    plain = ["-0.7 %", "+13,4 %", "\u22120.7", "5 %", "a=b", "-3"]
    kept = csv.DictReader(io.StringIO(table([{"a": text} for text in plain])))
    assert [row["a"] for row in kept] == plain
    assert next(csv.DictReader(io.StringIO(table([{"a": -0.5}]))))["a"] == "-0.5"


def test_a_picture_holds_texts_and_no_elements(tmp_path):
    def level(name: str) -> dict:
        return {"measure": "level", "of": {"series": name}}

    held = [
        definition(title=NASTY),
        *(definition(id=name, primary=False, title=f"{NASTY} {name}", measure=level(name)) for name in "tuv"),
    ]
    series = {name: monthly("2024-01-01", [5.0 + place] * 18) for place, name in enumerate("Stuv")}
    gist, said = {"en": NASTY, "de": NASTY}, {"text": NASTY, "unit": "percent"}
    data = write_project(
        tmp_path, series, {"S": {"title": NASTY, "agency": NASTY}},
        claims={"c": [claim(gist=gist, stated=said, definitions=held)]},
    )  # fmt: skip
    store, ledger = Store(data), read_ledger(data / "claims")
    day = as_day("2025-06-12")
    found = judge_claim(ledger.claim("a-claim"), "c", store.as_of(day), day)
    curve = specification_curve(found, store.as_of(day))
    root = ET.fromstring(templates().get_template("readings.html").render(curve=curve))
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"script", "image", "foreignObject", "a", "iframe"}, names
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
    assert "window.hit" in "".join(root.itertext()).lower()


# --- parameters that want to be code ------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS, ids=lambda day: ascii(day[:24]))
@pytest.mark.parametrize("option", ["--as-of", "--video-day"])
def test_a_day_on_the_command_line_is_a_day_or_one_line(day, option, capsys, monkeypatch, tmp_path):
    write_project(tmp_path / "book", {"S": monthly("2024-01-01", [5.0] * 18)}, claims={"c": [claim()]})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEGENPROBE_ROOT", str(tmp_path / "book"))
    with pytest.raises(SystemExit) as end:
        main(["check", option, day])
    told = capsys.readouterr()
    assert (end.value.code, told.out) == (2, "")
    assert len(told.err.splitlines()) == 1
    assert len(told.err) < 400
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


@pytest.mark.parametrize("option", ["--as-of", "--video-day"])
def test_a_build_refuses_a_day_that_is_code_before_anything_runs(option, capsys, monkeypatch, tmp_path):
    book = tmp_path / "book"
    for folder in ("data", "notebooks"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    book.mkdir()
    monkeypatch.setenv("GEGENPROBE_ROOT", str(tmp_path))
    with pytest.raises(SystemExit) as end:
        main(["build", option, DAYS[0]])
    assert end.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (book / "chapters").exists()


@pytest.mark.parametrize("name", ["as_of", "video_day"])
@pytest.mark.parametrize("day", DAYS, ids=lambda day: ascii(day[:24]))
def test_papermill_hands_a_day_over_as_text_and_the_chapter_refuses_it(day, name):
    from papermill.parameterize import parameterize_notebook

    notebook = papermill.iorw.load_notebook_node(str(ROOT / "notebooks/context.ipynb"))
    given = parameterize_notebook(notebook, {name: day})
    (cell,) = [each for each in given.cells if "injected-parameters" in each.metadata.get("tags", ())]
    tree = ast.parse(cell.source)
    assert [type(node) for node in tree.body] == [ast.Assign]
    assert ast.literal_eval(tree.body[0].value) == day
    with pytest.raises(InputError):
        gegenprobe.open_chapter("context", **{name: day})
