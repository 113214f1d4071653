"""The next figure that could change a verdict: by rule, from the figures held, and only where one could."""

import pandas as pd
import pytest

from gegenprobe.cards import addresses, card
from gegenprobe.claims import Claim
from gegenprobe.findings import judge_claim
from gegenprobe.observations import as_day
from gegenprobe.upcoming import next_figure
from gegenprobe.words import counted
from project import claim, daily, definition, monthly

GROWS = {"frozen_because": "", "freshness": {"warn_after": 10, "error_after": 30}}
DAY = as_day("2025-06-12")


def _level(**fields) -> dict:
    return {"measure": "level", "of": {"series": "S"}, **fields}


def _found(store, measure: dict, **fields):
    made = Claim.model_validate(claim(definitions=[definition(measure=measure)], **fields))
    view = store.as_of("latest")
    return judge_claim(made, "a-chapter", view, DAY), view


def test_a_monthly_figure_is_due_so_many_days_after_its_month(small_store):
    store = small_store(series={"S": monthly("2025-01-01", [5, 5, 5])}, entries={"S": GROWS})
    findings, view = _found(store, _level(at="latest"))
    found = next_figure(findings[0], view)
    assert (found.newest, found.date) == (pd.Timestamp("2025-03-01"), pd.Timestamp("2025-04-01"))
    assert found.expected == pd.Timestamp("2025-05-30")
    text = card(findings, findings, view, "as known now")
    assert "April 2025, expected about 30 May 2025. The newest one held is March 2025." in text


@pytest.mark.parametrize(
    ("measure", "entry"),
    [
        (_level(at="2025-02"), GROWS),
        (_level(at="latest"), {}),
        (_level(at="latest"), {**GROWS, "frequency": "irregular"}),
        (_level(at="latest"), {**GROWS, "publication_lag_days": None}),
    ],
    ids=["a fixed period", "frozen", "no rhythm", "no rule"],
)
def test_nothing_is_expected(small_store, measure, entry):
    store = small_store(series={"S": monthly("2025-01-01", [5, 5, 5])}, entries={"S": entry})
    findings, view = _found(store, measure)
    assert findings[0].measurement is not None
    assert next_figure(findings[0], view) is None
    assert "Next figure" not in card(findings, findings, view, "as known now")


def test_a_claim_without_a_number_waits_for_nothing(small_store):
    store = small_store(series={"S": monthly("2025-01-01", [5])}, entries={"S": GROWS})
    findings, view = _found(store, _level(at="2024-01"))
    assert findings[0].measurement is None
    assert next_figure(findings[0], view) is None


def test_a_number_of_two_series_waits_for_the_slower_one(small_store):
    series = {"S": monthly("2025-01-01", [5, 5, 5]), "D": daily("2025-03-03", [5, 5, 5])}
    entries = {"S": GROWS, "D": {**GROWS, "frequency": "daily", "publication_lag_days": 1}}
    store = small_store(series=series, entries=entries)
    both = {"measure": "ratio-of", "of": [_level(at="latest"), {**_level(at="latest"), "of": {"series": "D"}}]}
    findings, view = _found(store, both)
    assert next_figure(findings[0], view).series == "S"


def test_a_panel_waits_for_the_first_area(small_store):
    rows = [
        ("AAA", "2025-01-01", "2025-03-01", 5.0), ("AAA", "2025-02-01", "2025-04-01", 6.0),
        ("BBB", "2025-01-01", "2025-03-01", 4.0),
    ]  # fmt: skip
    store = small_store(series={"S": rows}, entries={"S": GROWS})
    parts = [{**_level(at="latest"), "of": {"series": "S", "area": area}} for area in ("AAA", "BBB")]
    findings, view = _found(store, {"measure": "ratio-of", "of": parts})
    found = next_figure(findings[0], view)
    assert (found.area, found.date) == ("BBB", pd.Timestamp("2025-02-01"))


def test_what_is_no_address_is_no_link():
    assert addresses("https://a.org/x ; http://b.org/y ; a letter ; javascript:alert(1)") == [
        "https://a.org/x",
        "http://b.org/y",
    ]
    assert addresses("") == []


def test_a_noun_follows_its_number():
    assert [counted(n, "claim") for n in (0, 1, 2)] == ["0 claims", "1 claim", "2 claims"]
