"""The built book itself: every link and anchor leads somewhere, every number is the one ``check`` prints."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from sphinx.search.en import SearchEnglish

pytestmark = [pytest.mark.xdist_group("site"), pytest.mark.book]
ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("gegenprobe"))
LOADED = (("img", "src"), ("link", "href"), ("script", "src"), ("iframe", "src"), ("source", "srcset"))
BOTH = ("2025-06-12", "latest")


def check(as_of: str) -> list[dict]:
    """Return what ``gegenprobe check --json`` prints."""
    done = subprocess.run(
        [COMMAND, "check", "--json", "--as-of", as_of],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout)


def test_links_and_anchors_resolve(site: Path, pages):
    anchors = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in pages.items()}
    broken = []
    for name, page in pages.items():
        for tag, attribute in (
            ("a", "href"),
            ("img", "src"),
            ("link", "href"),
            ("script", "src"),
            ("source", "srcset"),
        ):
            for element in page.find_all(tag, **{attribute: True}):
                link = urlsplit(element[attribute])
                if link.scheme or link.netloc or element[attribute].startswith("data:"):
                    continue
                target = (site / name).parent.joinpath(unquote(link.path)).resolve() if link.path else site / name
                if target.is_dir():
                    target = target / "index.html"
                if not target.is_file():
                    broken.append(f"{name}: {element[attribute]}")
                elif link.fragment and target.suffix == ".html":
                    where = target.relative_to(site.resolve()).as_posix()
                    if unquote(link.fragment) not in anchors.get(where, set()):
                        broken.append(f"{name}: {element[attribute]} (no such anchor)")
    assert not broken, "\n".join(sorted(set(broken))[:40])


def test_ids_are_unique_on_each_page(pages):
    for name, page in pages.items():
        doubles = [each for each, n in Counter(tag["id"] for tag in page.find_all(id=True)).items() if n > 1]
        assert not doubles, (name, doubles[:5])


def test_published_findings_are_those_of_check(site: Path):
    published = json.loads((site / "findings.json").read_text(encoding="utf-8"))
    printed = [finding for day in BOTH for finding in check(day)]
    key = ("claim", "definition", "as_of")
    assert {tuple(each[k] for k in key): each for each in published} == {
        tuple(each[k] for k in key): each for each in printed
    }


def test_numbers_on_the_cards_are_those_of_check(pages):
    for day, side in zip(BOTH, ("then", "now"), strict=True):
        for finding in check(day):
            if not finding["primary"]:
                continue
            card = pages[f"chapters/{finding['chapter']}.html"].find(id=finding["claim"])
            assert card is not None, finding["claim"]
            shown = card.select(".gp-verdict")[0 if side == "then" else -1]
            assert f"gp-{finding['verdict']}" in shown["class"], (finding["claim"], side)
            if finding["measured"] is None or finding["unit"] == "documents":
                continue
            text = card.get_text(" ").replace("\u202f", "").replace("\u2212", "-")
            whole = f"{abs(finding['measured']):.0f}"
            numbers = re.findall(r"\d+(?:\.\d+)?", text)
            close = [number for number in numbers if abs(float(number) - abs(finding["measured"])) <= 0.5]
            assert close, (finding["claim"], side, whole)


def test_no_page_asks_another_host(site: Path, pages):
    for name, page in pages.items():
        for tag, attribute in (
            ("img", "src"),
            ("link", "href"),
            ("script", "src"),
            ("iframe", "src"),
            ("source", "srcset"),
        ):
            for element in page.find_all(tag, **{attribute: True}):
                if tag == "link" and element.get("rel") == ["canonical"]:
                    continue
                assert not urlsplit(element[attribute]).netloc, (name, element[attribute])


def test_claims_and_pictures_have_their_downloads(site: Path, pages):
    findings = json.loads((site / "findings.json").read_text(encoding="utf-8"))
    for claim in {each["claim"] for each in findings}:
        assert (site / "downloads/claims" / f"{claim}.csv").is_file(), claim
    for series in {name.partition("/")[0] for each in findings for name in each["series"]}:
        assert (site / "downloads/observations" / f"{series}.csv").read_bytes() == (
            ROOT / "data/observations" / f"{series}.csv"
        ).read_bytes()
    figures = [figure for page in pages.values() for figure in page.select("figure.gp-figure")]
    assert len(figures) >= 20
    for figure in figures:
        name = figure["id"].removeprefix("figure-")
        assert (site / "downloads/pictures" / f"{name}.csv").stat().st_size > 20, name


def test_the_search_knows_the_words_of_tables_one_by_one(site: Path, pages):
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    english = SearchEnglish({})
    missing = set()
    for place, name in enumerate(index["docnames"]):
        known = {
            word
            for terms in ("terms", "titleterms")
            for word, where in index[terms].items()
            if place in (where if isinstance(where, list) else [where])
        }
        for cell in pages[f"{name}.html"].select("article td, article th, article p"):
            if {"collapsed", "expanded"} & {*cell.get("class", ())}:
                continue  # of the theme, not of the page
            words = english.split(cell.string or "")
            missing |= {f"{name}: {word}" for word in words if not {word.lower(), english.stem(word)} & known}
    missing = {each for each in missing if english.word_filter(each.partition(": ")[2].lower())}
    assert not missing, sorted(missing)[:40]
