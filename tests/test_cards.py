"""What a card shows of the ledger's reasons."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from gegenprobe.cards import card
from gegenprobe.claims import Claim
from gegenprobe.findings import judge_claim
from gegenprobe.observations import as_day
from project import claim, definition, monthly

AT = {"measure": "level", "of": {"series": "S"}, "at": "2025-03"}
OURS = {"sense": "more-than", "value": 4, "rough": 0, "reason": "higher is higher"}
OTHER = {"sense": "more-than", "value": 3, "rough": 1, "reason": "One <b>point</b> is near."}
SILENT = {"sense": "more-than", "value": 3}


def _card(store, *definitions: dict, **fields) -> BeautifulSoup:
    made = Claim.model_validate(claim(definitions=list(definitions), **fields))
    view = store.as_of("latest")
    findings = judge_claim(made, "a-chapter", view, as_day("2025-06-12"))
    return BeautifulSoup(card(findings, findings, view, "as known now"), "html.parser")


@pytest.fixture
def store(small_store):
    return small_store(series={"S": monthly("2025-01-01", [5, 5, 5])})


def test_the_reason_of_the_bar_stands_in_the_folded_detail_once(store):
    readings = [definition(measure=AT), definition(id="same", primary=False, measure=AT)]
    found = _card(store, *readings, test=OURS)
    assert found.text.count("Why this bar") == 1
    assert "Why this bar: Higher is higher." in found.find("details", class_="gp-rests").text


def test_a_reading_with_a_reason_of_its_own_tells_it_in_its_row(store):
    other = definition(id="other", title="Another", primary=False, measure=AT, test=OTHER)
    silent = definition(id="silent", title="Silent", primary=False, measure=AT, test=SILENT)
    found = _card(store, definition(measure=AT), other, silent, test=OURS)
    told = {row.th.text: "Why this bar" in row.th.text for row in found.select(".gp-readings tbody tr") if row.td}
    assert [name for name, is_told in told.items() if is_told] == ["2 AnotherWhy this bar: One <b>point</b> is near."]
    assert "Higher is higher." in found.find("details", class_="gp-rests").text


def test_where_the_ledger_gives_no_reason_nothing_is_said(store):
    assert "Why this bar" not in _card(store, definition(measure=AT), test=SILENT).text
    undecided = {"checkable": False, "reason": "No document.", "searched": ["everywhere"], "test": None}
    assert "Why this bar" not in _card(store, **undecided).text


@pytest.mark.parametrize(("day", "shown"), [("2025-04-01", ""), ("2034-01-01", ""), ("2025-04-03", "3 April 2025")])
def test_a_documented_number_of_a_month_is_no_number_of_its_first_day(small_store, day, shown):
    event = {"fact_id": "told", "event_date": day, "known_since": "2025-01-01", "value": "5"}
    held = small_store(series={"S": monthly("2025-01-01", [5, 5, 5])}, facts=[event])
    found = _card(held, definition(measure={"measure": "fact", "fact": "told"}), test=SILENT)
    assert "".join(each.text for each in found.select(".gp-period")) == shown


def test_a_reading_without_figures_names_no_series(store):
    later = definition(id="later", title="Later", primary=False, measure={**AT, "at": "2031"})
    found = _card(store, definition(measure=AT), later, test=SILENT)
    (row,) = (each for each in found.select(".gp-readings tbody tr") if "Later" in each.text)
    assert row.td.text.endswith("no data herenot all figures it needs were known then")


def test_readings_that_are_all_open_say_so(store):
    other = definition(id="other", title="Another", primary=False, measure=AT)
    due = {"due": "2030-01-01", "why": "Wait.", "early": False}
    found = _card(store, definition(measure=AT), other, test=SILENT, forecast=due)
    assert found.select_one(".gp-readings summary").text.strip() == "still open under all 2 readings"
    never = definition(id="never", title="Never", primary=False, measure={**AT, "at": "2031"})
    assert "under 1 of 1 reading (1 more undecided)" in _card(store, definition(measure=AT), never, test=SILENT).text
