"""Each source, asked over HTTP by the real client code: its official form reads as the book's own figures."""

from __future__ import annotations

import json
from itertools import pairwise

import pandas as pd
import pytest

from gegenprobe.merge import compare
from gegenprobe.refresh import OVERLAP, settings
from gegenprobe.sources import Asked, SourceError, module_of
from gegenprobe.sources.web import Web
from replay import KEYS, Replay, as_usual, changed, copy_data, cut, edited, html, silent, status

TODAY = pd.Timestamp("2026-07-01")
SERIES = {
    "bis": ["bis.cbpol.japan", "bis.reer.japan"],
    "boj": ["boj.bop.foreign_longterm_bonds_net"],
    "cbo": ["cbo.actual.deficit", "cbo.actual.gdp", "cbo.baseline.deficit", "cbo.changes.legislative.deficit"],
    "census": ["census.us_exports.japan", "census.us_imports.japan"],
    "estat": ["estat.cpi.all.index", "estat.cpi.core.yoy", "estat.cpi.rice.index"],
    "fiscaldata": [
        *(f"treasury.auction.20y.{name}" for name in (
            "bid_to_cover", "dealer_share", "direct_share", "indirect_share", "high_yield", "offering", "reopening",
        )),
        *(f"treasury.debt.{name}" for name in ("total", "public", "intragovernmental")),
        "treasury.interest_expense", "treasury.mts.customs",
    ],
    "fred": ["DGS10", "BOPGSTB", "FYFSD"],
    "imf-weo": ["imf.weo.gross_debt"],
    "mof-customs": [
        f"mof.exports.{goods}.{step}" for goods in ("total", "cars") for step in ("monthly", "quarterly", "annual")
    ],
    "mof-jgb": ["mof.jgb.10y", "mof.jgb.40y"],
    "tic": [
        "tic.mfh.holdings",
        *(f"tic.slt1.longterm{kind}.{who}" for kind in ("", "_net") for who in ("japan", "official")),
    ],
    "world-bank": ["wb.population.japan", "wb.gdp_usd"],
}  # fmt: skip


class Desk:
    """A server and what one source says of its series when asked."""

    def __init__(self, folder, source: str):
        self.source = source
        self.data = copy_data(folder, SERIES[source])
        self.server = Replay(self.data, f"{TODAY:%Y-%m-%d}")
        self.folder = folder

    def ask(self, **manners) -> dict:
        chosen = settings(self.data, self.server.sources(self.folder / "sources.yml", **manners), KEYS, TODAY)
        module = module_of(self.source)
        asked = {}
        for name in SERIES[self.source]:
            held, entry = self.server.figures[name], self.server.entries[name]
            newest = held["date"].max()
            since = (
                held["date"].min() if (held["date"] > held["known_since"]).any() else newest - OVERLAP[entry.frequency]
            )
            asked[name] = Asked(entry, max(since, held["date"].min()), held["known_since"].max(), TODAY)
        web = Web(chosen.addresses[self.source], chosen.keys.get(getattr(module, "KEY", ""), ""))
        self.asked = asked
        return dict(module.fetch(asked, web))


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    """One server a source for all tests here: what changes from test to test is only how it behaves."""
    found: dict[str, Desk] = {}
    yield lambda source: found.setdefault(source, found.get(source) or Desk(tmp_path_factory.mktemp(source), source))
    for one in found.values():
        one.server.close()


@pytest.fixture
def desk(request, desks):
    found = desks(request.param)
    found.server.behave()
    return found


@pytest.mark.parametrize("desk", SERIES, indirect=True)
def test_every_series_reads_as_the_figures_held(desk):
    answers = desk.ask()
    assert list(answers) == SERIES[desk.source]
    for name, answer in answers.items():
        assert isinstance(answer, pd.DataFrame), f"{name}: {answer}"
        one, held = desk.asked[name], desk.server.figures[name]
        found = compare(held, answer, one.entry, since=one.since, today=TODAY)
        shared = answer.merge(held.drop_duplicates(["area", "date"], keep="last"), on=["area", "date"])
        assert len(shared) >= 8, name
        # Sums of months differ from the printed year by later corrections; all else is the same number.
        if not name.startswith("mof.exports"):
            assert found.revised.empty, f"{name}: {found.revised.head()}"
        else:
            assert ((shared["value_x"] / shared["value_y"] - 1).abs() < 0.01).all(), name


@pytest.mark.parametrize("desk", SERIES, indirect=True)
def test_one_file_is_asked_once_whatever_it_serves(desk):
    desk.ask()
    requests = sum(desk.server.asked.values())
    if desk.source in ("mof-jgb", "tic", "cbo"):
        assert max(desk.server.asked.values()) == 1
    assert requests <= 2 * len(SERIES[desk.source]) + 6


BODIES = {
    "a web page with status 200": (html, "web page"),
    "server error": (status(500, b"oops"), "500"),
    "nothing": (edited(lambda body: b""), "nothing"),
    "no such path": (status(404, b"<!DOCTYPE html><html>Not found</html>"), "404"),
    "moved": (status(302, b"", Location="http://example.org/"), "moved"),
    "cut short": (cut, "cut short"),
    "too many requests": (status(429, b"slow down", Retry_After="0"), "too many requests"),
}


@pytest.mark.parametrize("desk", SERIES, indirect=True)
@pytest.mark.parametrize("name", BODIES)
def test_a_bad_answer_is_one_line_for_each_series_and_never_a_frame(desk, name):
    way, word = BODIES[name]
    desk.server.misbehave(f"{desk.source}/", way)
    desk.server.misbehave("customs-files/", way)
    answers = desk.ask(tries=2)
    assert list(answers) == SERIES[desk.source]
    for answer in answers.values():
        assert isinstance(answer, SourceError)
        assert word in str(answer)
        assert "\n" not in str(answer)


@pytest.mark.parametrize("desk", ["fred"], indirect=True)
def test_silence_ends_by_timeout(desk):
    desk.server.misbehave("fred/", silent)
    answers = desk.ask(timeout=0.1, tries=1)
    assert all("in time" in str(answer) for answer in answers.values())


@pytest.mark.parametrize("desk", ["mof-jgb", "cbo", "fred"], indirect=True)
def test_a_passing_failure_is_tried_again(desk):
    desk.server.misbehave(f"{desk.source}/", status(503), cut, as_usual)
    assert all(isinstance(answer, pd.DataFrame) for answer in desk.ask().values())


@pytest.mark.parametrize("desk", ["cbo"], indirect=True)
def test_retry_after_is_obeyed(desk):
    desk.server.misbehave("actual_GDP", status(429, b"", Retry_After="1"), as_usual)
    assert all(isinstance(answer, pd.DataFrame) for answer in desk.ask().values())
    assert max(b - a for a, b in pairwise(desk.server.times["cbo"])) >= 1.0


@pytest.mark.parametrize("desk", ["fred"], indirect=True)
def test_requests_keep_their_distance(desk):
    desk.ask(pause=0.2)
    times = desk.server.times["fred"]
    assert len(times) == 3
    assert min(b - a for a, b in pairwise(times)) >= 0.15


RENAMED = {
    "bis": ("TIME_PERIOD", "TIME"),
    "boj": ("SURVEY_DATES", "DATES"),
    "cbo": ("component,", "part,"),
    "census": ("CTY_CODE", "CTY"),
    "estat": ('"@cat01"', '"@cat1"'),
    "fiscaldata": ("record_date", "date"),
    "fred": (" value=", " val="),
    "imf-weo": ("COUNTRY=", "REF_AREA="),
    "mof-jgb": ("10Y", "10J"),
    "tic": ("Country", "Land"),
    "world-bank": ("countryiso3code", "iso3"),
}


@pytest.mark.parametrize("desk", RENAMED, indirect=True)
def test_a_renamed_column_is_said(desk):
    desk.server.misbehave(f"{desk.source}/", changed(*RENAMED[desk.source]))
    failed = [answer for answer in desk.ask().values() if isinstance(answer, SourceError)]
    assert failed
    assert all("\n" not in str(answer) for answer in failed)


TEXT = {
    "boj": ('"VALUES": [', '"VALUES": ["many", ', "do not match"),
    "cbo": (",2025,1,", ",2025,1,about ", "not a number"),
    "census": ('[["ALL_VAL_MO"', '[["x"', "no column"),
    "estat": ('"$": "1', '"$": "roughly 1', "not a number"),
    "fiscaldata": ('"tot_pub_debt_out_amt": "3', '"tot_pub_debt_out_amt": "x3', "not a number"),
    "fred": (' value="4.', ' value="four.', "cannot be read"),
    "imf-weo": ('OBS_VALUE="2', 'OBS_VALUE="two', "not an SDMX message"),
    "mof-jgb": ("2026/6/12,", "2026/6/12,1,", "cells in place of"),
    "tic": ("Japan\t", "Japan\tx", "not a number"),
    "world-bank": ('"value": 12', '"value": "about", "x": 12', "not a number"),
}


@pytest.mark.parametrize("desk", TEXT, indirect=True)
def test_a_number_that_is_none_is_said_with_its_place(desk):
    old, new, words = TEXT[desk.source]
    desk.server.misbehave(f"{desk.source}/", changed(old, new))
    assert any(words in str(answer) for answer in desk.ask().values())


@pytest.mark.parametrize("desk", ["fred"], indirect=True)
def test_a_vintage_that_was_ignored_is_noticed(desk):
    desk.server.misbehave("fred/", changed('realtime_start="', 'realtime_start="1776-07-04" was="', 1))
    for answer in desk.ask().values():
        assert "the vintage was ignored" in str(answer)


@pytest.mark.parametrize("desk", ["fred"], indirect=True)
def test_rows_that_stop_before_the_announced_count_are_noticed(desk):
    def shorter(body: bytes) -> bytes:
        lines = body.splitlines(keepends=True)
        return b"".join(lines[:5] + lines[-1:])

    desk.server.misbehave("fred/", edited(shorter))
    assert all("announced" in str(answer) for answer in desk.ask().values())


@pytest.mark.parametrize("desk", ["fred"], indirect=True)
def test_nothing_new_is_no_failure(desk):
    text = "Bad Request.  No vintage dates exist for the specified real-time period: 2026-06-15 to 9999-12-31"
    body = f'<?xml version="1.0" encoding="utf-8" ?>\n<error code="400" message="{text}" />'.encode()
    desk.server.misbehave("BOPGSTB", status(400, body))
    assert desk.ask()["BOPGSTB"].empty


@pytest.mark.parametrize("desk", ["fiscaldata"], indirect=True)
def test_pages_are_counted_and_a_row_that_comes_twice_is_noticed(desk, monkeypatch):
    monkeypatch.setattr("gegenprobe.sources.fiscal_data.PAGE", 40)
    answers = desk.ask()
    assert isinstance(answers["treasury.debt.total"], pd.DataFrame)
    assert desk.server.asked["fiscaldata/v2/accounting/od/debt_to_penny"] == 3

    def repeated(body: bytes) -> bytes:
        answer = json.loads(body)
        answer["data"][-1] = answer["data"][0]
        return json.dumps(answer).encode()

    desk.server.misbehave("debt_to_penny", edited(repeated))
    assert "came twice" in str(desk.ask()["treasury.debt.total"])
    desk.server.misbehave("debt_to_penny", changed('"total-count"', '"count-of-all"'))
    assert "total-count" in str(desk.ask()["treasury.debt.total"])


@pytest.mark.parametrize("desk", ["estat", "mof-customs"], indirect=True)
def test_pages_of_estat_are_followed(desk):
    whole = desk.ask()
    desk.server.page = 1500 if desk.source == "mof-customs" else 20
    for name, answer in desk.ask().items():
        pd.testing.assert_frame_equal(answer, whole[name])


@pytest.mark.parametrize("desk", ["imf-weo"], indirect=True)
def test_an_edition_without_its_date_is_not_taken(desk):
    desk.server.misbehave("imf-weo/", changed("PUBLICATION_DATE", "UPDATE_DATE"))
    assert "edition is not known" in str(desk.ask()["imf.weo.gross_debt"])


@pytest.mark.parametrize("desk", ["tic"], indirect=True)
def test_a_frozen_or_other_file_is_noticed_by_its_first_line(desk):
    desk.server.misbehave("slt_table5", changed("Table 5:", "MAJOR FOREIGN HOLDERS", 1))
    desk.server.misbehave("slt_table1", changed("Table 1:", "Table 3:", 1))
    assert all("begins with" in str(answer) for answer in desk.ask().values())


@pytest.mark.parametrize("desk", ["census", "estat", "fred"], indirect=True)
def test_a_refused_key_is_one_line_without_the_key(desk, monkeypatch):
    monkeypatch.setitem(KEYS, module_of(desk.source).KEY, "f" * 32)
    for answer in desk.ask().values():
        assert isinstance(answer, SourceError)
        assert "f" * 32 not in str(answer)


@pytest.mark.parametrize("desk", ["fred"], indirect=True)
def test_an_id_is_escaped(desk, monkeypatch):
    odd = desk.server.entries["DGS10"].model_copy(update={"key": "DGS10&file_type=json#"})
    monkeypatch.setitem(desk.server.entries, "DGS10", odd)
    answers = desk.ask()
    assert isinstance(answers["DGS10"], pd.DataFrame), answers["DGS10"]
