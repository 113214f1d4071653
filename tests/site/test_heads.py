"""What the built pages say of themselves to machines: each has a head, each card a review, each series a dataset."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup

pytestmark = [pytest.mark.xdist_group("site"), pytest.mark.book]
ROOT = Path(__file__).resolve().parents[2]


def graph(page: BeautifulSoup) -> list[dict]:
    """Return the JSON-LD of a page."""
    found = [json.loads(each.string) for each in page.find_all("script", type="application/ld+json")]
    assert all(each["@context"] == "https://schema.org" for each in found)
    return [node for each in found for node in each["@graph"]]


def test_every_page_has_description_and_open_graph(pages):
    for name, page in pages.items():
        told = page.head.find_all("meta", content=True)
        meta = {each.get("property") or each.get("name"): each["content"] for each in told}
        for wanted in ("description", "og:title", "og:description", "og:type", "og:site_name"):
            assert meta.get(wanted, "").strip(), (name, wanted)
        assert len(meta["description"]) <= 210, name
        (feed,) = page.head.find_all("link", type="application/atom+xml")
        assert feed["href"] == "../" * name.count("/") + "feed.xml"


def test_every_card_has_one_review_and_leads_to_it(site: Path, pages):
    findings = json.loads((site / "findings.json").read_text(encoding="utf-8"))
    seen = set()
    for name, page in pages.items():
        reviews = [node for node in graph(page) if node["@type"] == "ClaimReview"]
        cards = [card["id"] for card in page.select("article.gp-card")]
        assert sorted(urldefrag(each["url"])[1] for each in reviews) == sorted(cards), name
        for review in reviews:
            card = page.find(id=urldefrag(review["url"])[1])
            shown = card.select_one(".gp-gist").get_text().strip().replace("\u202f%", " %")  # no line ends there
            assert review["claimReviewed"] == shown
            assert review["reviewRating"]["alternateName"] == card.select(".gp-verdict strong")[-1].get_text().strip()
            for source in review.get("isBasedOn", ()):
                assert pages["sources.html"].find(id=urldefrag(source)[1]), source
        seen.update(cards)
    assert seen == {each["claim"] for each in findings}


def test_every_series_has_its_dataset_and_its_file(site: Path, pages):
    nodes = graph(pages["sources.html"])
    series = {each["id"] for each in pages["sources.html"].select("article.gp-series")}
    assert {urldefrag(each["url"])[1] for each in nodes if each["@type"] == "Dataset"} == series
    for node in nodes:
        assert (site / node["distribution"]["contentUrl"]).is_file(), node["name"]


def test_the_archive_holds_what_the_site_offers(site: Path):
    with zipfile.ZipFile(site / "downloads/gegenprobe-data.zip") as held:
        folder = held.namelist()[0].split("/")[0]
        assert held.read(f"{folder}/findings.json") == (site / "findings.json").read_bytes()
        sums = held.read(f"{folder}/SHA256SUMS").decode().splitlines()
        assert all(hashlib.sha256(held.read(f"{folder}/{line[66:]}")).hexdigest() == line[:64] for line in sums)
        assert len(sums) == len(held.namelist()) - 1


def test_a_chapter_says_which_files_it_read(site: Path, pages):
    chapters = [name for name in pages if name.startswith("chapters/")]
    for name in chapters:
        rows = pages[name].select("details.gp-read tbody tr")
        assert rows, name
        for row in rows:
            path = ROOT / "data/observations" / f"{row.th.get_text().strip()}.csv"
            assert row.td.get_text().strip() == hashlib.sha256(path.read_bytes()).hexdigest()
        stem = Path(name).stem
        assert (site / f"downloads/notebooks/{stem}.ipynb").read_bytes() == (
            ROOT / f"notebooks/{stem}.ipynb"
        ).read_bytes()


def test_the_citation_is_the_one_of_this_build(pages):
    shown = pages["index.html"].get_text(" ")
    citation = " ".join(pages["citing.html"].select_one(".gp-citation").get_text().split())
    commit = citation.split("commit ")[1].split()[0].rstrip(",")
    assert len(commit) == 12
    assert commit in shown
    assert commit in pages["citing.html"].select_one(".highlight-bibtex").get_text()
