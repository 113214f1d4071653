"""The first view of every page stays light."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.xdist_group("site"), pytest.mark.browser]
SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks/page_weight.py"


@pytest.fixture(scope="module")
def weigher():
    wanted = importlib.util.spec_from_file_location("page_weight", SCRIPT)
    module = importlib.util.module_from_spec(wanted)
    wanted.loader.exec_module(module)
    return module


def test_pages_are_light(weigher, browser, site: Path):
    weigher.WIDTHS = {"desktop": 1280}  # loads more pictures than a phone
    pages = weigher.measure(site, browser)
    assert len(pages) > 10
    for name, found in pages.items():
        assert found["desktop"]["alone"] <= weigher.FIRST_MOST, (name, found)
        assert found["desktop"]["further"] <= weigher.FURTHER_MOST, (name, found)


def test_what_no_page_needs_is_not_there(site: Path):
    for pattern in ("*.map", "fontawesome.js", "*.woff2", "*.po"):
        assert not [path for path in (site / "_static").rglob(pattern) if path.is_file()], pattern
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert ("searchindex.js" in text) == (path.name == "search.html"), path.name
        assert 'class="fa-' not in text, path.name


def test_what_can_wait_does_not_stand_before_the_first_paint(weigher, site: Path):
    for path in site.rglob("*.html"):
        if "_static" in path.relative_to(site).parts or path.name == "search.html":
            continue
        head = path.read_text(encoding="utf-8").partition("</head>")[0]
        plain = [each for each in re.findall(r"<script\b[^>]*\bsrc=[^>]*>", head) if " defer" not in each]
        assert [each for each in plain if "documentation_options.js" not in each] == [], path.name
        assert 'rel="preload"' not in head, path.name
    sheets = sum(
        weigher.weight(path) for path in (site / "_static").rglob("*.css") if path.name != "sphinx-design.min.css"
    )
    assert sheets < 45_000
