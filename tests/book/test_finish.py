"""The last touches to a rendered page: lighter, with a table, and with a policy that fits it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from gegenprobe.book.bundle import bundled, home, make_bundle, place_bundle
from gegenprobe.book.finishing import finish_pages
from gegenprobe.book.inputs import write_whole
from gegenprobe.book.layout import Places
from gegenprobe.book.policy import UnsafePage, policy, secure, secured
from gegenprobe.book.settings import Settings
from gegenprobe.book.site import gather
from gegenprobe.book.slim import Icons, slimmed
from gegenprobe.book.tables import ROWS, data_table
from gegenprobe.cards import badge

PAGE = """<html><head><meta charset="utf-8" />
<script>one();</script><script src="a.js"></script><script type="application/ld+json">{"a": "<b>"}</script>
<noscript><style>.x { color: red }</style></noscript></head><body class="b">%s</body></html>"""


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_names_the_inline_scripts_of_the_page_and_no_data():
    rules = dict(rule.split(" ", 1) for rule in policy(PAGE).split("; "))
    assert rules["script-src"] == f"'self' {digest('one();')}"
    assert rules["style-src"] == f"'self' {digest('.x { color: red }')}"
    assert rules["default-src"] == "'none'"


def test_the_policy_comes_first_and_once():
    text = secured(secured(PAGE))
    assert text.count("Content-Security-Policy") == 1
    assert text.index("Content-Security-Policy") < text.index("<script")


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="a">', '<b onclick="a()">', '<a href="javascript:a()">', "<P STYLE = 'a'>", "<b\nONCLICK='a()'>",
        '<a HREF=" JavaScript:a()">', '<i class="a"\tonx = "b">', '<b class="a"onclick="b">', "<b/onclick='a'>",
        "<b onclick=a>", '<b title="1 > 0" style="a">',
        "<article><p>a</p><IFRAME></iframe></article>", '<article><Base href="/"></article>',
    ],
)  # fmt: skip
def test_what_the_policy_would_break_is_an_error_of_the_build(bad):
    with pytest.raises(UnsafePage, match=r"page\.html"):
        secure(PAGE % bad, "page.html")


def test_words_about_attributes_are_no_attributes():
    told = (
        """<p>an onclick="a" or style="b" in the text</p><!-- <p style='x'> --><b title='style="b"'><a href="/on=">"""
    )
    page = PAGE % told
    assert "Content-Security-Policy" in secure(page, "page.html")


def test_icons_become_drawings_and_scripts_of_other_pages_go(tmp_path):
    script = tmp_path / "icons.js"
    script.write_text('{sun:[5,6,[],"f1","M0"],"x-sun":[1,1,[],"f2","M1"]}{sun:[7,8,[9],"f1","M2"]}', encoding="utf-8")
    page = PAGE % (
        '<i class="theme-switch fa-solid fa-sun fa-lg" data-mode="light"></i><i class="fa-solid fa-none"></i>'
        '<script src="_static/searchtools.js"></script>\n<button onclick="window.print()">p</button>'
    )
    text = slimmed(page, Icons(script))
    assert '<svg class="gp-icon theme-switch fa-sun fa-lg" viewBox="0 0 7 8" data-mode="light"' in text
    assert 'd="M2"' in text
    assert '<i class="fa-solid fa-none"></i>' in text
    assert "searchtools" not in text
    assert "onclick" not in text
    assert "searchtools" in slimmed(
        PAGE % '<div id="search-results"></div><script src="searchtools.js"></script>', Icons(script)
    )


def test_a_shape_is_drawn_once_a_page(tmp_path):
    page = PAGE % (badge("supported") * 3 + badge("open"))
    text = slimmed(page, Icons(tmp_path / "none"))
    assert text.count("<symbol") == 2
    assert text.count('<use href="#shape-supported"/>') == 3
    assert re.search(r'<body class="b"><svg class="gp-shapes"', text)
    assert slimmed(text, Icons(tmp_path / "none")).count("<symbol") == 2


def test_the_table_shows_the_newest_rows_and_says_so():
    days = [f"20{year:02d}-{month:02d}-01" for year in range(10, 20) for month in range(1, 13)]
    table = data_table("date,area,value\n" + "".join(f"{day},A,{place * 1000.5}\n" for place, day in enumerate(days)))
    assert table.count("<tr>") == ROWS + 1
    assert "The newest 60 of 120 rows" in table
    assert table.index("2019-12-01") < table.index("2019-11-01")
    assert "119\u202f059.5" in table
    assert "2010-01-01" not in table


def test_a_short_table_is_whole_and_escaped():
    table = data_table("fiscal_year,name,share\n2024,<b>,-0.5\n2025,c,1.25\n")
    assert "All 2 rows" in table
    assert "&lt;b&gt;" in table
    assert "<td>2024</td>" in table
    assert "\u22120.50" in table
    assert "fiscal year" in table


def test_the_bundle_takes_the_place_of_a_former_version(tmp_path):
    (tmp_path / "vega-0.9-0123abcd.js").write_text("", encoding="utf-8")
    (tmp_path / "_static").mkdir()
    make_bundle(tmp_path)
    assert list(tmp_path.glob("vega-*.js")) == [bundled(tmp_path)]
    place_bundle(tmp_path, tmp_path)
    text = (tmp_path / "_static/vega.js").read_text(encoding="utf-8")
    assert "window.vegaEmbed" in text
    assert "expressionInterpreter" in text


def test_the_bundle_is_kept_in_an_environment_of_its_own_or_with_the_book(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert home(tmp_path / "work") == tmp_path / "share/gegenprobe"
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    kept = (
        tmp_path / "work" if not Path(sys.base_prefix, "conda-meta").is_dir() else Path(sys.prefix, "share/gegenprobe")
    )
    assert home(tmp_path / "work") == kept
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "gone"))
    assert home(tmp_path / "work") == tmp_path / "work"


def test_a_file_that_says_the_same_is_not_touched(tmp_path):
    page = tmp_path / "page.md"
    write_whole(page, "ü\n")
    os.utime(page, (1, 1))
    write_whole(page, "ü\n")
    assert page.stat().st_mtime == 1
    write_whole(page, "u\n")
    assert page.stat().st_mtime > 1
    assert page.read_text(encoding="utf-8") == "u\n"


@pytest.fixture
def finishing(tmp_path):
    """Finish two pages and tell their texts, the words in them, and which copies were written anew."""
    kept, icons = tmp_path / "kept", Icons(tmp_path / "none")
    pages = {"index.html": "<p class='first'>", "chapters/a.html": "<p class='second'>"}

    def finish(notes=(), again=False, gone=(), **changed):
        site = tmp_path / "site"
        shutil.rmtree(site, ignore_errors=True)
        bodies = {name: body for name, body in {**pages, **changed}.items() if name not in gone}
        for name, body in bodies.items():
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_text((PAGE % body).replace("<head>", "<head><title>T</title>"), encoding="utf-8")
        before = {path.name: path.stat().st_mtime_ns for path in kept.glob("*")}
        words = finish_pages(site, dict(notes), Settings(), icons, kept, again)
        anew = {path.name for path in kept.glob("*") if before.get(path.name) != path.stat().st_mtime_ns}
        return {name: (site / name).read_text(encoding="utf-8") for name in bodies}, words, anew

    return finish


def test_a_page_that_is_as_it_was_is_not_finished_again(finishing):
    first = finishing()
    assert first[2] == {"index.html.json", "chapters.a.html.json"}
    assert {"first", "second"} <= first[1]
    assert all("Content-Security-Policy" in text for text in first[0].values())
    assert finishing() == (*first[:2], set())


def test_a_frame_of_the_theme_is_no_page(finishing):
    texts, words, anew = finishing(**{"_static/frame.html": "<p class='frame'>"})
    assert texts["_static/frame.html"] == (PAGE % "<p class='frame'>").replace("<head>", "<head><title>T</title>")
    assert "frame" not in words
    assert anew == {"index.html.json", "chapters.a.html.json"}


def test_what_changes_a_page_finishes_it_again(finishing):
    finishing()
    assert finishing(**{"index.html": "<p class='third'>"})[2] == {"index.html.json"}
    texts, _, anew = finishing({"pages": {"chapters/a.html": {"description": "D."}}})
    assert anew == {"index.html.json", "chapters.a.html.json"}  # the first is as it was before
    assert 'content="D."' in texts["chapters/a.html"]
    assert finishing({"picture": "36 hold", "pages": {"chapters/a.html": {"description": "D."}}})[2] == anew


def test_a_copy_that_is_damaged_or_of_a_page_that_is_gone_is_of_no_use(finishing, tmp_path):
    texts, words, _ = finishing()
    copy = tmp_path / "kept/index.html.json"
    for damage in ("", "{", "[]", '{"key": 1}', json.dumps({**json.loads(copy.read_text()), "words": None})):
        copy.write_text(damage)
        assert finishing() == (texts, words, {"index.html.json"})
    finishing(gone=["index.html"])
    assert not copy.exists()


def test_a_build_by_force_trusts_no_copy(finishing, tmp_path):
    texts, words, _ = finishing()
    copy = tmp_path / "kept/index.html.json"
    copy.write_text(json.dumps({**json.loads(copy.read_text()), "text": "another"}))
    assert finishing()[0]["index.html"] == "another"
    assert finishing(again=True) == (texts, words, {"index.html.json"})


def test_a_page_that_the_policy_forbids_is_kept_nowhere(finishing, tmp_path):
    with pytest.raises(UnsafePage):
        finishing(**{"chapters/a.html": "<p style='a'>"})
    assert not (tmp_path / "kept/chapters.a.html.json").exists()


def test_files_are_gathered_as_they_are_whatever_lies_there(tmp_path):
    places = Places(tmp_path)
    given = {"a.json": "1", "pictures/b.svg": "2", "pictures/c.svg": "3", "d/e": "4"}
    for name, text in given.items():
        path = places.extra / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    gather(places)
    beside = places.site.with_name("html.next")
    kept = (beside / "a.json").stat().st_ino
    assert held(beside) == given
    # A former site: pages, a picture that is no more, another of that name, half a file, a file for a folder.
    (beside / "chapters").mkdir()
    for name in ("index.html", "chapters/x.html", "pictures/gone.svg", "pictures/b.svg"):
        (beside / name).write_text("?", encoding="utf-8")
    shutil.rmtree(beside / "d")
    (beside / "d").write_text("?", encoding="utf-8")
    (beside / "pictures/c.svg").unlink()
    (beside / "pictures/c.svg").mkdir()
    (places.extra / "pictures/.b.svg.1.part").write_text("half", encoding="utf-8")
    gather(places)
    assert held(beside) == given
    assert (beside / "a.json").stat().st_ino == kept
    gather(places, again=True)
    assert held(beside) == given


def held(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
