"""What stands before the first paint: no script that can wait, no rule that no page uses."""

from __future__ import annotations

import pytest

from gegenprobe.book.loading import painted_early
from gegenprobe.book.purge import purge, purged

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
    (tmp_path / "index.html").write_text('<p class="from-page">', encoding="utf-8")
    (static.parent / "a.js").write_text('x.classList.add("from-script")', encoding="utf-8")
    (static / "theme.css").write_text(".from-page{}.from-script{}.from-nowhere{}", encoding="utf-8")
    (static.parent / "gegenprobe.css").write_text(".from-nowhere{}", encoding="utf-8")
    purge(tmp_path)
    assert (static / "theme.css").read_text(encoding="utf-8") == ".from-page{}.from-script{}"
    assert (static.parent / "gegenprobe.css").read_text(encoding="utf-8") == ".from-nowhere{}"
