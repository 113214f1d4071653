"""The generated pages and downloads: a small ledger on the real figures, and the whole ledger against the schema."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from bs4 import BeautifulSoup

from gegenprobe.book.agepage import MARKS, age_page
from gegenprobe.book.judged import Judged
from gegenprobe.book.pages import write_pages
from gegenprobe.book.schema import findings_schema
from gegenprobe.book.spacing import spaced
from gegenprobe.cards import anchor, badge, templates
from gegenprobe.claims import Chapter, Ledger, read_ledger
from gegenprobe.findings import judge_ledger
from gegenprobe.freshness import judge
from gegenprobe.observations import Store, as_day
from gegenprobe.paths import project_root
from gegenprobe.video import VIDEO_DAY

DATA = project_root() / "data"
NASTY = "<script>alert('x')</script> & ``` {raw} html"
YIELD = {"measure": "level", "of": {"series": "treasury.auction.30y.high_yield"}, "at": "2025-06-12"}
NEWEST = {"measure": "level", "of": {"series": "DGS30"}, "at": "latest"}


def _claim(name: str, **fields) -> dict:
    base = {
        "id": name, "position": 10, "gist": {"en": f"In English: {name}.", "de": f"Auf Deutsch: {name}."},
        "kind": "level", "stated": {"text": "so", "unit": "percent"},
    }  # fmt: skip
    return {**base, **fields}


def _reading(measure: dict, **fields) -> dict:
    return {
        "id": "plain",
        "primary": True,
        "title": "The plain reading",
        "why": "It is plain.",
        "measure": measure,
        **fields,
    }


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    day = as_day(VIDEO_DAY)
    yielded = Store(DATA).as_of(VIDEO_DAY).series("treasury.auction.30y.high_yield")[day]
    rounded = {"sense": "equals", "value": float(yielded), "decimals": 3}
    more, high = {"sense": "more-than", "value": 0}, {"sense": "more-than", "value": 90}
    due = {"due": "2025-12-31", "why": "The year had not ended.", "early": False}
    said = {"sense": "equals", "value": 5.12, "decimals": 2}
    odd = {"gist": {"en": NASTY, "de": NASTY}, "stated": {"text": NASTY}}
    claims = [
        _claim("yield-5-12", test=said, definitions=[_reading(YIELD, digits=3)]),
        _claim("as-it-was", test=rounded, definitions=[_reading(YIELD)]),
        _claim("not-yet", forecast=due, test=more, definitions=[_reading(NEWEST)]),
        _claim("nobody-knows", checkable=False, reason="No document says so.", searched=["the agency's pages"]),
        _claim("not-held", lacking=["A series of that kind."]),
        _claim("nasty", **odd, test=high, definitions=[_reading(NEWEST, title=NASTY, unit=NASTY)]),
    ]
    other = [_claim("elsewhere", checkable=False, reason="No.", searched=["everywhere"])]
    return Ledger(
        [
            Chapter.model_validate({"chapter": "aaa-last", "title": "Last in the book", "claims": other}),
            Chapter.model_validate({"chapter": "zzz-first", "title": "First in the book", "claims": claims}),
        ]
    )


def _write(ledger: Ledger, book: Path, as_of: str = "latest") -> Path:
    store, day = Store(DATA), as_day(VIDEO_DAY)
    book.mkdir(parents=True, exist_ok=True)
    (book / "_toc.yml").write_text(
        "root: index\nparts:\n- chapters: [{file: chapters/zzz-first}, {file: chapters/aaa-last}]\n", encoding="utf-8"
    )
    build = {"built": "2026-07-01", "commit": "0123456789ab", "as_of": as_of}
    write_pages(Judged(store, ledger, day), book / "generated", build)
    return book / "generated"


@pytest.fixture(scope="module")
def pages(ledger, tmp_path_factory) -> Path:
    return _write(ledger, tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def findings(pages) -> list[dict]:
    return json.loads((pages / "extra" / "findings.json").read_text(encoding="utf-8"))


class _Page(HTMLParser):
    """The ids, links, listed claims, scripts and open elements of a page."""

    VOID = frozenset({"br", "input", "img", "path", "circle", "source"})

    def __init__(self, text: str):
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.listed: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.add(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" else []
        self.listed += [found["data-claim"]] if "data-claim" in found else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def _page(pages: Path, name: str) -> _Page:
    text = (pages / f"{name}.md").read_text(encoding="utf-8")
    html = re.findall(r"^`{6}\{raw\} html\n(.*?)^`{6}$", text, re.MULTILINE | re.DOTALL)
    outside = re.sub(r"^`{6}\{raw\} html\n.*?^`{6}$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert html
    assert all(not line or line.startswith("## ") for line in outside.splitlines()), "something escaped from a raw part"
    found = _Page("\n".join(html))
    assert not found.open, "an element was left open"
    assert len(found.ids) == len(set(found.ids)), "an id stands twice"
    return found


@pytest.mark.parametrize("name", ["scoreboard", "sources", "method", "walk", "verdicts"])
def test_pages_are_whole(pages, name):
    assert not {"script", "iframe", "style"} & _page(pages, name).tags


def test_every_claim_is_listed_once_with_a_link_to_its_card(pages, ledger):
    board = _page(pages, "scoreboard")
    assert sorted(board.listed) == sorted(ledger.by_id)
    for claim, (chapter, _) in ledger.by_id.items():
        assert f"chapters/{chapter}.html#{claim}" in board.links


def test_links_inside_a_page_and_to_downloads_resolve(pages):
    for name in ("scoreboard", "sources", "method", "walk"):
        page = _page(pages, name)
        for link in page.links:
            target, _, fragment = link.partition("#")
            if link.startswith(("https://", "http://")):
                continue
            if target.startswith(("downloads/", "findings", "claims")):
                assert (pages / "extra" / target).is_file(), link
            elif target in ("", "sources.html") or target.startswith("?"):
                home = _page(pages, "sources") if target == "sources.html" else page
                assert fragment in home.ids, link


def test_chapters_stand_in_the_order_of_the_book(pages):
    text = (pages / "scoreboard.md").read_text(encoding="utf-8")
    assert text.index("First in the book") < text.index("Last in the book")
    claims = json.loads((pages / "extra" / "claims.json").read_text(encoding="utf-8"))
    assert [chapter["chapter"] for chapter in claims] == ["zzz-first", "aaa-last"]


def test_text_from_the_data_comes_out_escaped(pages):
    for path in pages.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "alert('x')" not in text
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &#96;&#96;&#96;" in (
        pages / "scoreboard.md"
    ).read_text("utf-8")


def test_flips_are_shown(pages):
    text = (pages / "scoreboard.md").read_text(encoding="utf-8")
    flips = text[text.index("## What has changed") : text.index("## How old")]
    assert "#not-yet" in flips
    assert "#yield-5-12" not in flips


def test_every_claim_stands_month_by_month(pages, ledger):
    found = BeautifulSoup((pages / "changes.md").read_text(encoding="utf-8"), "html.parser")
    names, rows = [], []
    for body in found.select(".gp-months tbody"):
        months = body.select(".gp-ruler")[1].find_all("th")
        assert months[0].abbr["title"] == "June 2025"
        assert sum(int(each["colspan"]) for each in body.select(".gp-ruler")[0].find_all("th")) == len(months)
        names += [each.text for each in body.select("a")]
        rows += [row for row in body.select("tr") if row.td]
        for row in rows:
            assert sum(int(cell["colspan"]) for cell in row.find_all("td")) == len(months)
    assert sorted(names) == sorted(claim.gist.en for _, claim in ledger.by_id.values())
    assert len(rows) == len(names)
    spoken = [" ".join(cell.text.split()) for cell in rows[names.index("In English: not-yet.")].find_all("td")]
    assert [each.split(",")[0] for each in spoken] == ["still open", "holds"]
    assert spoken[0].startswith("still open, 12 June 2025 to 30 November 2025")


def test_on_the_day_of_the_video_nothing_has_changed(ledger, tmp_path):
    page = (_write(ledger, tmp_path / "book", VIDEO_DAY) / "changes.md").read_text(encoding="utf-8")
    assert "nothing can have changed yet" in page
    assert "month by month" not in page


def test_a_turn_bears_both_numbers(pages):
    page = (pages / "changes.md").read_text(encoding="utf-8")
    turns = BeautifulSoup(page, "html.parser").select("ol.gp-turns > li")
    text = " ".join(next(each for each in turns if "not-yet" in each.text).text.split())
    assert re.search(r"still open( \([\d.]+ %\))? → holds \([\d.]+ %\)", text.replace("\u202f", " ")), text


def test_the_page_says_when_and_from_what_it_was_built(pages, ledger, tmp_path):
    text = (pages / "scoreboard.md").read_text(encoding="utf-8")
    assert "2026-07-01" in text
    assert "0123456789ab" in text
    assert "as known now" in text
    earlier = (_write(ledger, tmp_path, "2025-12-31") / "scoreboard.md").read_text(encoding="utf-8")
    assert "as known on 31 December 2025" in earlier
    assert "as known now" not in earlier


def test_every_series_has_its_anchor_and_a_copy_of_its_file(pages):
    sources = _page(pages, "sources")
    store = Store(DATA)
    for series in store.catalogue.series:
        assert anchor(series) in sources.ids
        copy = pages / "extra" / "downloads" / "observations" / f"{series}.csv"
        assert (
            hashlib.sha256(copy.read_bytes()).hexdigest() == hashlib.sha256(store.path(series).read_bytes()).hexdigest()
        )
    for name in ("facts.csv", "catalogue.yml"):
        assert (pages / "extra" / "downloads" / name).read_bytes() == (DATA / name).read_bytes()


def test_a_claims_csv_is_its_records(pages, findings):
    with (pages / "extra" / "downloads" / "claims" / "yield-5-12.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    records = [each for each in findings if each["claim"] == "yield-5-12"]
    assert [(row["as_of"], row["verdict"], float(row["measured"])) for row in rows] == [
        (each["as_of"], each["verdict"], each["measured"]) for each in records
    ]
    assert len(rows) == 2


def test_the_walk_shows_the_row_of_the_file(pages):
    text = (pages / "walk.md").read_text(encoding="utf-8")
    lines = Store(DATA).path("treasury.auction.30y.high_yield").read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("2025-06-12,"))
    assert lines[place] in text
    assert f"line {place + 1}:" in text


def test_pages_do_not_depend_on_when_they_are_written(pages, ledger, tmp_path):
    again = _write(ledger, tmp_path)
    one = {path.relative_to(pages): path.read_bytes() for path in sorted(pages.rglob("*")) if path.is_file()}
    two = {path.relative_to(again): path.read_bytes() for path in sorted(again.rglob("*")) if path.is_file()}
    assert one == two


def test_files_of_removed_claims_go(ledger, tmp_path):
    pages = _write(ledger, tmp_path)
    stale = pages / "extra" / "downloads" / "claims" / "long-gone.csv"
    picture = pages / "extra" / "pictures" / "kept.svg"
    for path in (stale, picture):
        path.write_text("x", encoding="utf-8")
    _write(ledger, tmp_path)
    assert not stale.exists()
    assert picture.exists()


def test_a_missing_file_costs_its_own_entry_only(ledger, tmp_path):
    import shutil

    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    (data / "observations" / "DGS10.csv").unlink()
    store, day = Store(data), as_day(VIDEO_DAY)
    write_pages(Judged(store, ledger, day), tmp_path / "generated", {})
    text = (tmp_path / "generated" / "sources.md").read_text(encoding="utf-8")
    assert text.count("the file is missing in this build") == 1
    assert "observations/DGS10.csv" not in text
    assert "not recorded" in (tmp_path / "generated" / "scoreboard.md").read_text(encoding="utf-8")


def _validator() -> jsonschema.Draft202012Validator:
    schema = findings_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def test_findings_fit_the_published_schema(pages, findings):
    published = json.loads((pages / "extra" / "findings.schema.json").read_text(encoding="utf-8"))
    assert published == findings_schema()
    _validator().validate(findings)


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "true"},
        {"measured": None},
        {"measured": "4.8"},
        {"as_of": "12 June 2025"},
        {"as_of": "2025-13-45"},
        {"extra": 1},
        {"n": -1},
        {"true_on": "2025-01-01"},
        {"series": ["DGS30", "DGS30"]},
        {"series": []},
        {"vintage": None},
        {"claim": "Not an id"},
        {"definition": None},
        {"verdict": "open"},
        {"verdict": "not-checkable"},
        {"verdict": "no-data", "reason": "gone"},
        {"verdict": "outdated", "reason": "was so"},
        {"stated": ""},
    ],
    ids=str,
)
def test_a_broken_record_is_rejected(findings, change):
    record = next(each for each in findings if each["claim"] == "as-it-was")
    assert record["verdict"] == "supported"
    assert _validator().is_valid([record])
    assert not _validator().is_valid([{**record, **change}])


@pytest.mark.parametrize("field", list(findings_schema()["items"]["properties"]))
def test_a_record_without_one_of_its_fields_is_rejected(findings, field):
    record = {key: value for key, value in findings[0].items() if key != field}
    assert not _validator().is_valid([record])


@pytest.mark.xdist_group("ledger")
def test_every_finding_of_the_book_fits_the_schema():
    store, day = Store(DATA), as_day(VIDEO_DAY)
    book = read_ledger(DATA / "claims")
    records = [each.record() for as_of in (VIDEO_DAY, "latest") for each in judge_ledger(book, store, as_of, day)]
    _validator().validate(records)
    assert {each["claim"] for each in records} == set(book.by_id)


@pytest.mark.parametrize("today", ["2026-07-06", "2026-11-24"])
def test_the_page_of_freshness_says_what_each_of_its_numbers_counts(today):
    store, day = Store(DATA), as_day(today)
    content, picture = age_page(SimpleNamespace(store=store), day)
    judged = judge(store, day)
    for row in content["counts"]:
        sides = (each.observation for each in judged), (each.check for each in judged), (each.state for each in judged)
        assert row["n"] == [sum(MARKS[state.word] == row["mark"] for state in side) for side in sides]
    assert [sum(side) for side in zip(*(row["n"] for row in content["counts"]), strict=True)] == [len(judged)] * 3
    assert picture.title.startswith(f"{content['waiting']} of {content['growing']} series")
    late = sum(row["n"][0] for row in content["counts"] if row["word"] in ("late", "far too late"))
    assert content["waiting"] == late + content["patient"]
    text = templates().get_template("freshness.html").render(**content, badge=badge, picture="")
    assert f"{content['waiting']} of the {content['growing']} series that grow wait" in text
    assert f"each of the {len(judged)} series" in text


def test_neighbouring_cells_stay_apart_without_their_tags():
    html = "<tr><th>day</th><td>a<br>b</td></tr><tr><th>c</th></tr><p>d</p><dl><dt>e</dt><dd>f</dd></dl><b>g</b>h"
    assert re.sub(r"<[^<]+?>", "", spaced(html)).split() == ["day", "a", "b", "c", "d", "e", "f", "gh"]
    assert spaced(spaced(html)) == spaced(html)
