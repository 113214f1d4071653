"""The real ledger: complete, in order, and resting on nothing that is not there."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from gegenprobe.claims import read_chapter
from gegenprobe.findings import judge_claim, require_known
from gegenprobe.video import VIDEO_DAY

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "data" / "claims").glob("*.yml"))
DAYS = [VIDEO_DAY, "latest"]
COPIES_OF_THE_VIDEO = ("youtube.", "youtu.be", "tiktok.", "odysee.", "rumble.", "invidio", "t.me/", "telegram.")
MARKS_OF_HASTE = ("todo", "tbd", "fixme", "lorem", "xxx", "???")

with (ROOT / "tests" / "inventory.csv").open(encoding="utf-8", newline="") as _stream:
    INVENTORY = {row["claim_id"]: row for row in csv.DictReader(_stream)}


@pytest.fixture(params=FILES, ids=lambda path: path.stem, scope="module")
def chapter(request):
    return read_chapter(request.param)


def test_a_chapter_is_named_as_its_file(chapter):
    assert (ROOT / "data" / "claims" / f"{chapter.chapter}.yml").is_file()
    assert chapter.summary


def test_each_claim_stands_where_the_video_has_it(chapter):
    for claim in chapter.claims:
        assert claim.id in INVENTORY, claim.id
        row = INVENTORY[claim.id]
        assert (claim.id, chapter.chapter, claim.position) == (claim.id, row["chapter"], int(row["position"]))
    positions = [claim.position for claim in chapter.claims]
    assert positions == sorted(positions)


def test_each_claim_is_told_in_full(chapter):
    for claim in chapter.claims:
        text = claim.model_dump_json().lower()
        assert not [mark for mark in MARKS_OF_HASTE if mark in text], claim.id
        assert claim.gist.en != claim.gist.de, claim.id
        if claim.checkable:
            assert claim.would_change, claim.id
            assert len(claim.primary.why if claim.primary else claim.lacking[0]) > 20, claim.id
        else:
            assert len(claim.reason) > 20, claim.id
        for definition in claim.definitions:
            assert definition.title.strip(), (claim.id, definition.id)


def test_what_the_inventory_says_cannot_be_checked_is_not_judged_by_data(chapter):
    for claim in chapter.claims:
        if INVENTORY[claim.id]["checkable"] == "no" and claim.checkable:
            measures = {definition.measure.measure for definition in claim.definitions}
            assert measures, f"{claim.id}: said to be checkable, without a definition"


def test_every_series_and_fact_named_is_there(chapter, real_store):
    for claim in chapter.claims:
        require_known(claim, real_store)


def test_no_claim_rests_on_the_video(chapter, real_store):
    """A source independent of the video is a gate: what was said in it proves nothing about itself."""
    for claim in chapter.claims:
        sources = list(claim.sources)
        for definition in claim.definitions:
            for name in definition.named[1]:
                fact = real_store.facts[name]
                assert fact.address.startswith(("https://", "http://")), (claim.id, name, fact.address)
                assert fact.source, (claim.id, name)
                assert fact.confidence in ("official", "page", "derived"), (claim.id, name)
                sources.append(f"{fact.source} {fact.address}")
        for source in sources:
            assert not [mark for mark in COPIES_OF_THE_VIDEO if mark in source.lower()], (claim.id, source)


@pytest.mark.parametrize("as_of", DAYS)
def test_every_reading_has_a_finding(chapter, real_store, as_of):
    view, video_day = real_store.as_of(as_of), pd.Timestamp(VIDEO_DAY)
    for claim in chapter.claims:
        findings = judge_claim(claim, chapter.chapter, view, video_day)
        assert len(findings) == max(1, len(claim.definitions)), claim.id
        for finding in findings:
            verdict = str(finding.verdict)
            where = (claim.id, finding.definition and finding.definition.id, verdict)
            if verdict in ("no-data", "not-checkable", "open", "outdated"):
                assert finding.reason, where
            else:
                assert (
                    finding.measurement.rests
                    or finding.measurement.facts
                    or "members" in str(finding.definition.measure.model_dump())
                ), where
            assert "broken" not in finding.reason, where
            assert "spans several observations" not in finding.reason, where
            assert "name an area" not in finding.reason, where
            assert "is missing" not in finding.reason, where


def test_a_primary_reading_has_figures_now(chapter, real_store):
    """The book may lack figures of the video's day; what it lacks today it must say by `lacking`."""
    view, video_day = real_store.as_of("latest"), pd.Timestamp(VIDEO_DAY)
    for claim in chapter.claims:
        first = judge_claim(claim, chapter.chapter, view, video_day)[0]
        assert str(first.verdict) != "no-data" or claim.lacking, (claim.id, first.reason)


def test_forecasts_are_open_on_the_day_of_the_video(chapter, real_store):
    view, video_day = real_store.as_of(VIDEO_DAY), pd.Timestamp(VIDEO_DAY)
    for claim in chapter.claims:
        if claim.forecast is None:
            if claim.kind == "forecast" and claim.checkable:  # a forecast that others had made, and documents hold
                assert not claim.primary.named[0], f"{claim.id}: a forecast needs a day it is due"
            continue
        assert pd.Timestamp(claim.forecast.due) > video_day, claim.id
        for finding in judge_claim(claim, chapter.chapter, view, video_day):
            if pd.Timestamp(claim.due_of(finding.definition)) <= video_day:
                continue  # a reading of the years before, which is no forecast
            early = claim.forecast.early and finding.measurement is not None
            assert str(finding.verdict) == "open" or (early and str(finding.verdict) == "supported"), claim.id


def test_the_ledger_holds_the_inventory_and_nothing_else(real_ledger):
    assert len(INVENTORY) == 103
    assert sorted(real_ledger.by_id) == sorted(INVENTORY)
    assert sorted(real_ledger.chapters) == sorted({row["chapter"] for row in INVENTORY.values()})


def test_facts_that_decide_are_used_and_dated(real_store):
    for fact in real_store.facts.values():
        assert fact.statement.strip(), fact.fact_id
        assert fact.known_since >= pd.Timestamp("1945-01-01"), fact.fact_id
        assert fact.known_since <= real_store.newest, f"{fact.fact_id}: would never be seen"
