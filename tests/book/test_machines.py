"""What the book offers to machines: JSON-LD, feed, sitemap, OpenGraph, archive, citation; on the real figures."""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pandas as pd
import pybtex.database
import pytest

from gegenprobe.book import head
from gegenprobe.book.archive import FOLDER, SUMS, archive
from gegenprobe.book.citing import bibtex, citation, citing, references
from gegenprobe.book.claimreview import SCALE, reviews
from gegenprobe.book.colophon import colophon, explained
from gegenprobe.book.datasets import datasets
from gegenprobe.book.downloads import published
from gegenprobe.book.drawings import PIXELS
from gegenprobe.book.feed import ATOM, feed, flips
from gegenprobe.book.machines import notes
from gegenprobe.book.pages import Material, chapter_order
from gegenprobe.book.scoreboard import ALMOST_ALL, known_days, scoreboard
from gegenprobe.book.settings import Settings, read_settings
from gegenprobe.book.social import HEADLINE, chart, social_picture, spoken, tally
from gegenprobe.cards import anchor
from gegenprobe.charts.render import pixels
from gegenprobe.errors import InputError
from gegenprobe.findings import judge_claim
from gegenprobe.observations import as_day
from gegenprobe.paths import project_root
from gegenprobe.verdicts import Verdict
from gegenprobe.video import VIDEO_DAY
from gegenprobe.words import WORDS, long_date

pytestmark = pytest.mark.xdist_group("ledger")
ROOT = project_root()
BUILD = {"built": "2026-07-01 12:00 UTC", "commit": "0123456789ab+", "as_of": "latest"}
NOWHERE = Settings()
SOMEWHERE = Settings(address="https://example.org/book/", repository="https://github.com/owner/name")
RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")


@pytest.fixture(scope="module")
def material(real_store, real_ledger) -> Material:
    day = as_day(VIDEO_DAY)
    then, now = (
        {
            claim.id: judge_claim(claim, chapter, real_store.as_of(as_of), day)
            for chapter, claim in real_ledger.by_id.values()
        }
        for as_of in (VIDEO_DAY, "latest")
    )
    order = chapter_order(ROOT / "book" / "_toc.yml", real_ledger)
    return Material(real_store, real_ledger, then, now, order, BUILD)


@pytest.fixture(scope="module")
def changes(material):
    return flips(material)


# --- JSON-LD ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[NOWHERE, SOMEWHERE], ids=["no address", "an address"])
def settings(request) -> Settings:
    return request.param


def test_every_card_has_its_claim_review(material, settings):
    for chapter in material.chapters:
        graph = json.loads(json.dumps(reviews(material, chapter, settings), allow_nan=False))
        claims = material.ledger.chapters[chapter].claims
        page = settings.absolute(f"chapters/{chapter}.html")
        assert [each["url"] for each in graph] == [f"{page}#{claim.id}" for claim in claims]
        for claim, found in zip(claims, graph, strict=True):
            now = material.now[claim.id][0]
            assert found["@type"] == "ClaimReview"
            assert found["claimReviewed"] == claim.gist.en
            assert found["datePublished"] == "2026-07-01"
            rating = found["reviewRating"]
            assert rating["@type"] == "Rating"
            assert rating["alternateName"] == WORDS[str(now.verdict)][0]
            assert rating["ratingExplanation"].endswith(".")
            if str(now.verdict) in SCALE:
                assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"] == len(SCALE)
            else:
                assert not {"ratingValue", "bestRating", "worstRating"} & rating.keys()
            assert claim.stated.text in found["reviewBody"]
            assert found["itemReviewed"]["alternateName"] == claim.gist.de


def test_nobody_is_made_up(material, settings):
    for chapter in material.chapters:
        for found in reviews(material, chapter, settings):
            assert found["author"]["@type"] == "Organization"
            assert found["author"]["name"] == settings.author
            assert found["itemReviewed"]["@type"] == "Claim"
            assert "author" not in found["itemReviewed"]
            assert "author" not in found["itemReviewed"]["appearance"]
            assert '"Person"' not in json.dumps(found)


def test_the_scale_are_verdicts_that_measure():
    assert set(SCALE) == {str(each) for each in Verdict} - {"open", "not-checkable", "no-data"}
    assert (SCALE[0], SCALE[-1]) == ("contradicted", "supported")


def test_every_series_is_a_dataset(material, settings):
    catalogue, *series = json.loads(json.dumps(datasets(material, settings), allow_nan=False))
    assert catalogue["@type"] == "DataCatalog"
    assert [each["identifier"] for each in series] == list(material.store.catalogue.series)
    for found in series:
        entry = material.store.catalogue[found["identifier"]]
        assert found["@type"] == "Dataset"
        assert found["name"] == entry.title
        assert 50 <= len(found["description"]) <= 5000
        assert found["url"] == f"{settings.absolute('sources.html')}#{anchor(found['identifier'])}"
        assert found["creator"] == {"@type": "Organization", "name": entry.agency}
        if entry.licence == "CC BY 4.0":
            assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
        else:
            assert found["license"] == {"@type": "CreativeWork", "name": entry.licence}
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}", found["temporalCoverage"])
        assert found["includedInDataCatalog"]["@id"] == catalogue["@id"]
        file = found["distribution"]
        assert file["contentUrl"] == f"{settings.absolute('')}downloads/observations/{found['identifier']}.csv"
        path = material.store.path(found["identifier"])
        assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_nothing_in_json_ld_can_end_its_element():
    graph = [{"name": "</script><script>alert('x')</script> & <!-- \u2028"}]
    text = head.embedded(graph)
    assert not set("<>&") & set(text)
    assert json.loads(text)["@graph"] == graph


# --- Heads of pages and the sitemap -------------------------------------------------------------------------------

PAGE = (
    "<!DOCTYPE html><html><head><title>A &amp; B \u2014 Gegenprobe</title></head><body><p>Not this.</p>"
    "<article><h1>A</h1><p> </p><p>The <em>first</em> one &lt;\n of two. Another.</p><p>No.</p></article></body></html>"
)


class _Head(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.meta: dict[str, str] = {}
        self.links: list[dict[str, str]] = []
        self.data: list[str] = []
        self._in = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self._in = tag == "script" and found.get("type") == "application/ld+json"
        if tag == "meta":
            name = found.get("property") or found["name"]
            assert name not in self.meta, name
            self.meta[name] = found["content"]
        if tag == "link":
            self.links.append(found)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        if self._in:
            self.data.append(data)


def test_a_page_gets_description_and_open_graph():
    found = _Head(head.with_head(PAGE, "method.html", {}, NOWHERE))
    assert found.meta["description"] == found.meta["og:description"] == "The first one < of two. Another."
    assert found.meta["og:title"] == "A & B"
    assert found.meta["og:type"] == "article"
    assert found.meta["og:site_name"] == "Gegenprobe"
    assert not {"og:url", "og:image", "twitter:card"} & found.meta.keys()
    assert [each["href"] for each in found.links] == ["feed.xml"]
    assert not found.data


def test_with_an_address_a_page_says_where_it_is_and_shows_the_picture():
    given = {"picture": "36 hold", "pages": {"chapters/a.html": {"description": "D.", "graph": [{"@type": "Claim"}]}}}
    found = _Head(head.with_head(PAGE, "chapters/a.html", given, SOMEWHERE))
    assert found.meta["og:url"] == "https://example.org/book/chapters/a.html"
    assert found.meta["og:image"] == "https://example.org/book/social.png"
    assert found.meta["og:image:alt"] == "36 hold"
    assert found.meta["description"] == "D."
    assert [each["href"] for each in found.links] == ["../feed.xml"]
    assert json.loads("".join(found.data)) == {"@context": "https://schema.org", "@graph": [{"@type": "Claim"}]}


def test_a_head_is_finished_once():
    once = head.with_head(PAGE, "index.html", {}, NOWHERE)
    assert head.with_head(once, "index.html", {}, NOWHERE) == once
    assert head.with_head("no title", "index.html", {}, NOWHERE) == "no title"


def test_a_long_description_ends_with_a_sentence():
    assert head.shortened("One. " * 60).endswith("One.")
    assert len(head.shortened("word " * 100)) <= head.MOST_LETTERS + 2
    assert head.shortened("Short.") == "Short."


def test_the_sitemap_needs_an_address(tmp_path):
    site = tmp_path / "site"
    for name in ("index.html", "search.html", "chapters/a.html", "_static/frame.html"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(PAGE, encoding="utf-8")
    head.write_sitemap(site, "2026-07-01 12:00 UTC", NOWHERE)
    assert not (site / "sitemap.xml").exists()
    head.write_sitemap(site, "2026-07-01 12:00 UTC", SOMEWHERE)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = ET.fromstring((site / "sitemap.xml").read_text(encoding="utf-8"))
    assert root.tag == f"{space}urlset"
    assert [each.findtext(f"{space}loc") for each in root] == [
        "https://example.org/book/chapters/a.html",
        "https://example.org/book/index.html",
    ]
    assert {each.findtext(f"{space}lastmod") for each in root} == {"2026-07-01"}


def test_notes_are_plain_and_speak_of_pages_that_exist(material):
    found = json.loads(json.dumps(notes(material, NOWHERE), allow_nan=False))
    assert set(found["pages"]) == {
        "index.html",
        "sources.html",
        *(f"chapters/{name}.html" for name in material.chapters),
    }
    for name in material.chapters:
        assert 20 <= len(found["pages"][f"chapters/{name}.html"]["description"]) <= head.MOST_LETTERS + 2


# --- Feed ---------------------------------------------------------------------------------------------------------


def test_the_feed_is_atom(material, changes, settings):
    root = ET.fromstring(feed(changes, material, settings))
    space = f"{{{ATOM}}}"
    assert root.tag == f"{space}feed"
    entries = root.findall(f"{space}entry")
    assert len(entries) == len(changes) > 0
    for node in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(node.findall(f"{space}{name}")) == 1
            assert node.findtext(f"{space}{name}").strip()
        assert RFC_3339.fullmatch(node.findtext(f"{space}updated"))
        assert node.findtext(f"{space}id").startswith("urn:uuid:")
    assert root.findtext(f"{space}author/{space}name")
    assert len({each.findtext(f"{space}id") for each in entries}) == len(entries)
    days = [each.findtext(f"{space}updated") for each in entries]
    assert days == sorted(days, reverse=True)
    assert root.findtext(f"{space}updated") == days[0]
    for entry in entries:
        (link,) = entry.findall(f"{space}link")
        assert link.get("rel") == "alternate"
        assert link.get("href").startswith(f"{settings.address}chapters/")
        assert entry.findtext(f"{space}summary")
    own = [link for link in root.findall(f"{space}link") if link.get("rel") == "self"]
    assert [link.get("href") for link in own] == ([settings.absolute("feed.xml")] if settings.address else [])


def test_an_entry_keeps_its_id_wherever_the_book_is(material, changes):
    name = f".//{{{ATOM}}}id"
    one, two = (ET.fromstring(feed(changes, material, each)) for each in (NOWHERE, SOMEWHERE))
    assert [each.text for each in one.findall(name)] == [each.text for each in two.findall(name)]
    assert feed(changes, material, NOWHERE) == feed(list(changes), material, NOWHERE)


def test_every_claim_that_came_out_differently_is_in_the_feed(material, changes):
    turned = {name for name in material.now if material.now[name][0].verdict != material.then[name][0].verdict}
    assert turned <= {flip.claim.id for flip in changes}
    last = {flip.claim.id: flip.after.verdict for flip in reversed(changes)}
    assert all(last[name] == material.now[name][0].verdict for name in last)


def test_no_time_no_changes(material):
    same = replace(material, now=material.then)
    assert flips(same) == []
    assert not ET.fromstring(feed([], same, NOWHERE)).findall(f"{{{ATOM}}}entry")


# --- Archive ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packed(material) -> bytes:
    return archive(material, NOWHERE, published(material))


def test_two_archives_are_the_same_bytes(material, packed):
    later = replace(material, build={"built": "2027-01-01 00:00 UTC", "commit": "ffffffffffff"})
    assert archive(later, NOWHERE, published(later)) == packed


def test_the_archive_is_whole_and_its_hashes_are_right(material, packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        assert held.testzip() is None
        names = held.namelist()
        assert names == sorted(names)
        assert all(name.startswith(f"{FOLDER}/") and ".." not in name for name in names)
        files = {name.removeprefix(f"{FOLDER}/"): held.read(name) for name in names}
    sums = dict(reversed(line.split("  ", 1)) for line in files.pop(SUMS).decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    store = material.store
    for name in store.catalogue.series:
        assert files[f"observations/{name}.csv"] == store.path(name).read_bytes()
    for name in ("catalogue.yml", "facts.csv", "provenance.csv", *(f"claims/{each}.yml" for each in material.chapters)):
        assert files[name] == (store.folder / name).read_bytes()
    assert files["LICENSE-TEXT"] == (ROOT / "LICENSE-TEXT").read_bytes()
    licences = files["LICENCES-OF-FIGURES.txt"].decode()
    assert all(
        f"  {name}\n" in licences and entry.licence in licences for name, entry in store.catalogue.series.items()
    )
    readme = files["README.txt"].decode()
    assert f"{len(store.catalogue.series)} series" in readme
    assert all(name.split("/")[0] in readme for name in files if name != "README.txt")


# --- Picture, citation, settings, foot of a chapter ---------------------------------------------------------------


def test_the_picture_has_the_size_that_is_announced(material):
    picture = pixels(social_picture(material)["spec"][PIXELS])
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == head.PICTURE_SIZE
    rows = tally(material)
    assert rows["n"].sum() == rows["then"].sum() == len(material.now)
    assert all(f"{row.word} {row.n}" in spoken(rows, material) for row in rows.itertuples())


def test_the_picture_says_what_the_landing_page_says(material):
    landing = (ROOT / "book/index.md").read_text(encoding="utf-8")
    assert landing.splitlines()[0] == f"# {HEADLINE}"
    told = json.dumps(chart(tally(material), material).to_dict()["title"])
    assert HEADLINE in told
    assert f"{len(material.now)} claims" in told
    assert "against official figures" in told


def test_the_citation_names_day_and_commit(material):
    for text in (citation(material, NOWHERE), bibtex(material, NOWHERE)):
        plain = " ".join(text.split())
        assert "0123456789ab with changes" in plain
        assert "built on 1 July 2026" in plain.replace("Built", "built")
        assert long_date(material.now_day) in plain
    assert citation(material, SOMEWHERE).endswith(SOMEWHERE.address)
    unknown = replace(material, build={})
    assert "not recorded" in citation(unknown, NOWHERE)
    entry = pybtex.database.parse_string(bibtex(material, SOMEWHERE), "bibtex").entries["gegenprobe"]
    assert entry.fields["year"] == "2026"
    assert entry.fields["url"] == SOMEWHERE.address
    assert str(entry.persons["author"][0]) == "{The Gegenprobe contributors}"
    assert "0123456789ab" in citing(material, NOWHERE)


def test_the_bibliography_has_every_agency_page_and_official_document(material):
    found = pybtex.database.parse_string(references(material), "bibtex").entries
    pages = {entry.official_page for entry in material.store.catalogue.series.values() if entry.official_page}
    documents = {
        fact.address.split(" ; ")[0] for fact in material.store.facts.values() if fact.confidence == "official"
    }
    assert {each.fields["url"] for each in found.values()} == pages | documents
    assert all(each.fields["title"] and each.persons["author"] for each in found.values())


def test_settings_are_those_of_the_book(tmp_path):
    assert read_settings(tmp_path / "_config.yml") == Settings()
    assert read_settings(ROOT / "_config.yml").title == "Gegenprobe"
    path = tmp_path / "_config.yml"
    path.write_text(
        "title: T\nauthor: A\nhtml: {baseurl: 'https://example.org/b'}\n"
        "repository: {url: 'https://github.com/o/n.git', branch: dev}\n",
        encoding="utf-8",
    )
    found = read_settings(path)
    assert found == Settings("T", "A", "https://example.org/b/", "https://github.com/o/n", "dev")
    for wrong in ("example.org", "javascript:alert(1)", "https://example.org/?a=1", 'https://example.org/"x', 7):
        path.write_text(f"html: {{baseurl: {json.dumps(wrong)}}}\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"html\.baseurl"):
            read_settings(path)


def test_notebooks_open_elsewhere_only_where_the_repository_is_known():
    assert NOWHERE.colab("notebooks/a.ipynb") == NOWHERE.binder("notebooks/a.ipynb") == ""
    assert SOMEWHERE.colab("notebooks/a.ipynb") == (
        "https://colab.research.google.com/github/owner/name/blob/main/notebooks/a.ipynb"
    )
    assert SOMEWHERE.binder("notebooks/a.ipynb") == (
        "https://mybinder.org/v2/gh/owner/name/main?labpath=notebooks%2Fa.ipynb"
    )
    other = Settings(repository="https://git.example.org/owner/name")
    assert other.colab("notebooks/a.ipynb") == ""
    assert other.binder("a.ipynb").startswith(
        "https://mybinder.org/v2/git/https%3A%2F%2Fgit.example.org%2Fowner%2Fname/main"
    )


def test_the_foot_of_a_chapter_says_how_to_run_it_again(material):
    name = material.chapters[0]
    record = {"parameters": {"as_of": "latest", "video_day": VIDEO_DAY}, "read": ["DGS30", "not.recorded"]}
    text = colophon(ROOT, name, record, NOWHERE)["source"]
    assert f"papermill notebooks/{name}.ipynb out.ipynb -p as_of latest -p video_day {VIDEO_DAY}" in text
    assert f'href="../downloads/notebooks/{name}.ipynb"' in text
    assert material.store.seal("DGS30") in text
    assert text.count("not on record") == 1
    assert "https://" not in text
    known = colophon(ROOT, name, record, SOMEWHERE)["source"]
    assert SOMEWHERE.colab(f"notebooks/{name}.ipynb") in known
    assert SOMEWHERE.binder(f"notebooks/{name}.ipynb") in known
    assert "git clone" in known
    assert explained(ROOT / "notebooks" / f"{name}.ipynb").keys() == record["parameters"].keys()


def test_the_landing_page_says_up_to_when_almost_all_figures_are_known(material):
    days = pd.Series(known_days(material))
    assert len(days) > 100_000
    known = days.value_counts(normalize=True).sort_index().cumsum()
    sentence = scoreboard(material)["reach"]["sentence"]
    assert long_date(known.index[known >= ALMOST_ALL - 1e-9][0]) in sentence
    assert long_date(material.store.newest) in sentence
    early = scoreboard(replace(material, now=material.then))["reach"]["sentence"]
    assert long_date(material.store.newest) not in early
