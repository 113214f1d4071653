"""What stands before the first paint: no script that can wait, no rule that no page uses."""

from __future__ import annotations

import pytest

from gegenprobe.book.loading import painted_early
from gegenprobe.book.purge import classes_of, purge, purged
from gegenprobe.book.room import with_room

HEAD = """<head>
  <link rel="preload" as="script" href="_static/scripts/bootstrap.js?digest=1" />
<link rel="preload" as="font" href="a.woff2" />
<script src="../_static/doctools.js?v=1"></script>
<script>ready();</script>
<script src="../_static/scripts/sphinx-book-theme.js?v=2"></script>
<script src="_static/documentation_options.js"></script>
</head>"""


def test_scripts_wait_in_their_order():
    text = painted_early(HEAD)
    assert text.index('<script defer src="../_static/doctools.js?v=1">') < text.index(
        '<script defer src="../_static/scripts/sphinx-book-theme.js?v=2">'
    )
    assert '<script src="_static/documentation_options.js">' in text  # the next script in the page reads it
    assert 'as="script"' not in text
    assert 'as="font"' in text


def test_the_page_of_search_stays_as_it_is():
    page = HEAD + '<script src="_static/searchtools.js"></script>'
    assert painted_early(page) == page


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".used{a:b}.gone{a:b}", ".used{a:b}"),
        (".used.gone{a:b}", ""),
        (".gone,.used{a:b}", ".gone,.used{a:b}"),
        ("p{a:b}[data-x]{a:b}", "p{a:b}[data-x]{a:b}"),
        (".used:not(.gone){a:b}", ".used:not(.gone){a:b}"),
        (":is(.gone,.used) p{a:b}", ":is(.gone,.used) p{a:b}"),
        (":not(:is(.gone,.lost)){a:b}", ":not(:is(.gone,.lost)){a:b}"),
        ("@media print{.gone{a:b}.used{a:b}}", "@media print{.used{a:b}}"),
        ("@media print{@supports (a:b){.gone{a:b}}}p{}", "p{}"),
        ('@import "x.css";.gone{a:b}', '@import "x.css";'),
        ("@keyframes k{0%{a:b}to{a:c}}", "@keyframes k{0%{a:b}to{a:c}}"),
        (".made-up{a:b}.gone-up{a:b}", ".made-up{a:b}"),
        ("/* License: MIT */.used{}/* note */", "/* License: MIT */.used{}"),
        ('.used{a:url("data:image/svg+xml;utf8,<svg/>")}', '.used{a:url("data:image/svg+xml;utf8,<svg/>")}'),
    ],
)  # fmt: skip
def test_only_what_cannot_match_goes(css, left):
    assert purged(css, {"used", "made-", "p"}) == left


def test_a_class_is_known_from_pages_and_scripts(tmp_path):
    static = tmp_path / "_static" / "styles"
    static.mkdir(parents=True)
    (static.parent / "a.js").write_text('x.classList.add("from-script")', encoding="utf-8")
    (static / "theme.css").write_text(".from-page{}.from-script{}.from-nowhere{}", encoding="utf-8")
    (static.parent / "gegenprobe.css").write_text(".from-nowhere{}", encoding="utf-8")
    purge(tmp_path, classes_of('<p class="from-page">'))
    assert (static / "theme.css").read_text(encoding="utf-8") == ".from-page{}.from-script{}"
    assert (static.parent / "gegenprobe.css").read_text(encoding="utf-8") == ".from-nowhere{}"


def test_a_drawing_has_its_room_before_it_comes(tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "chapters").mkdir()
    for name, size in (("wide", 'width="720" height="350.6"'), ("narrow", 'height="291" width="340"'), ("odd", "")):
        (tmp_path / f"pictures/{name}.svg").write_text(f'<svg xmlns="x" {size}><rect width="9" height="9"/></svg>')
    page = (
        '<picture><source media="(max-width: 640px)" srcset="../pictures/narrow.svg">'
        '<img src="../pictures/wide.svg" alt="Line" loading="lazy"></picture>'
        '<img src="../pictures/odd.svg"><img src="../pictures/none.svg"><img src="a.png">'
        '<img src="../pictures/wide.svg" width="1em">'
    )
    text = with_room(page, tmp_path / "chapters")
    assert 'srcset="../pictures/narrow.svg" width="340" height="291">' in text
    assert '<img src="../pictures/wide.svg" width="720" height="351" alt="Line" loading="lazy">' in text
    assert text.endswith(page.partition("</picture>")[2])  # no size told, not there, no drawing, has one
    assert with_room(text, tmp_path / "chapters") == text


def test_what_is_only_spoken_of_is_no_class():
    page = """<p id="an-id" class="one two-b">lead <code>class</code></p><i class='three'></i>
    <b CLASS = four>rounded</b>
    <script>add("five")</script><p data-class="six">&lt;i class="seven"&gt;</p>"""
    found = classes_of(page)
    assert {"one", "two-b", "three", "four", "five"} <= found
    assert not {"lead", "code", "rounded", "an-id", "p", "i"} & found
