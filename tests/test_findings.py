"""From claim to finding: out of date, open, without data, and what the record says."""

from datetime import date

import pandas as pd
import pytest

from gegenprobe.claims import Claim, read_ledger
from gegenprobe.errors import InputError
from gegenprobe.findings import judge, judge_claim, judge_ledger
from project import claim, definition, monthly, write_claims

VIDEO = pd.Timestamp("2025-06-12")
PRINTS = [
    ("2024-10-01", "2025-02-17", 0.7),
    ("2025-01-01", "2025-05-16", -0.2),
    ("2025-01-01", "2025-06-09", 0.0),
    ("2025-01-01", "2025-12-08", 0.4),
]
FACTS = [
    {"fact_id": "yes", "known_since": "2025-06-01"},
    {"fact_id": "no", "known_since": "2025-07-01"},
    {"fact_id": "end", "known_since": "2027-12-31"},
]


@pytest.fixture
def found(small_store):
    """Return ``found(measure, test, as_of, …)``: the finding on a claim of one definition."""

    def run(measure, test, as_of="latest", rows=PRINTS, forecast=None, content=None, **fields):
        store = small_store(
            **{"series": {"S": rows, "END": [("2027-12-31", "2027-12-31", 0)]}, "facts": FACTS, **(content or {})}
        )
        entry = claim(test=test, definitions=[definition(measure=measure, **fields)])
        if forecast:
            entry["forecast"] = forecast
        parsed = Claim.model_validate(entry)
        return judge(parsed, "a-chapter", parsed.primary, store.as_of(as_of), VIDEO)

    return run


Q1 = {"measure": "level", "of": {"series": "S"}, "at": "2025Q1"}
NEWEST = {"measure": "level", "of": {"series": "S"}}
SHRANK = {"sense": "less-than", "value": 0}


@pytest.mark.parametrize(
    ("as_of", "verdict", "true_on"),
    [
        ("2025-05-15", "no-data", None),
        ("2025-05-16", "supported", None),
        ("2025-06-08", "supported", None),
        ("2025-06-09", "outdated", "2025-05-16"),
        ("2025-06-12", "outdated", "2025-05-16"),
        ("latest", "outdated", "2025-05-16"),  # however long ago
    ],
)
def test_out_of_date_by_a_revision(found, as_of, verdict, true_on):
    finding = found(Q1, SHRANK, as_of)
    assert finding.verdict == verdict
    assert finding.record()["true_on"] == true_on
    if true_on:
        assert finding.reason == f"was so as known on {true_on}"


def test_never_true_is_contradicted(found):
    assert found(Q1, {"sense": "less-than", "value": -0.5, "rough": 0, "reason": "x"}).verdict == "contradicted"


def test_roughly_true_before_is_not_enough_to_be_out_of_date(found):
    test = {"sense": "equals", "value": -0.21, "decimals": 2, "rough": 0.1, "reason": "x"}
    assert found(Q1, test, "2025-05-16").verdict == "roughly-supported"
    assert found(Q1, test, "latest").verdict == "contradicted"


RISING = monthly("2024-01-01", [5.0, 6.0, 7.0, 8.0, 9.0, 10.0], known_after_days=30)
FIVE = {"sense": "equals", "value": 5.0, "decimals": 1}


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, "outdated"),
        ({"lookback_months": 60}, "outdated"),
        ({"lookback_months": 2}, "contradicted"),
        ({"lookback_months": 0}, "contradicted"),
    ],
)
def test_out_of_date_by_an_earlier_period(found, fields, verdict):
    assert found(NEWEST, FIVE, "2024-06-30", rows=RISING, **fields).verdict == verdict


def test_a_fixed_period_has_no_earlier_one(found):
    at = {**NEWEST, "at": "2024-06"}
    assert found(at, FIVE, rows=RISING, lookback_months=60).verdict == "contradicted"


def test_a_bound_has_no_earlier_periods_unless_it_says_so(found):
    low = {"sense": "at-most", "value": 5, "decimals": 1}
    assert found(NEWEST, low, "2024-06-30", rows=RISING).verdict == "contradicted"
    assert found(NEWEST, low, "2024-06-30", rows=RISING, lookback_months=12).verdict == "outdated"


def test_the_last_day_it_was_so_is_named(found):
    rows = monthly("2024-01-01", [5.0, 9.0, 5.0, 9.0, 9.0], known_after_days=0)
    finding = found(NEWEST, FIVE, "2024-06-30", rows=rows)
    assert finding.record()["true_on"] == "2024-03-01"


def test_a_revision_of_what_a_figure_was_made_of_counts(found):
    """The growth of a quarter is out of date when a month inside it was revised."""
    rows = sorted([*monthly("2024-01-01", [1, 1, 1, 1, 1, 1]), ("2024-06-01", "2024-09-01", 9)])
    quarter = {"quantity": "by-quarter", "of": {"series": "S"}, "count": 3}
    flat = {"measure": "growth", "of": quarter, "start": "2024Q1", "to": "2024Q2"}
    finding = found(flat, {"sense": "equals", "value": 0, "decimals": 0}, rows=rows)
    assert (finding.verdict, finding.record()["true_on"]) == ("outdated", "2024-07-01")
    assert (finding.record()["newest_observation"], finding.record()["vintage"]) == ("2024-06-01", "2024-09-01")


DUE = {"due": "2026-06-12", "why": "Two years were named."}
HIGH = {"sense": "at-least", "value": 9}


@pytest.mark.parametrize(
    ("as_of", "values", "early", "verdict"),
    [
        ("2025-06-12", [5, 5], True, "open"),
        ("2026-06-11", [5, 5], True, "open"),
        ("2026-06-12", [5, 5], True, "contradicted"),
        ("2026-06-12", [5, 9], True, "supported"),
        ("2025-06-12", [9, 9], True, "supported"),  # come true before it was due
        ("2025-06-12", [9, 9], False, "open"),
        ("2026-06-12", [9, 9], False, "supported"),
        ("2025-06-12", [8.5, 9], True, "open"),  # roughly is not come true
        ("2027-06-12", [9, 5], True, "supported"),
    ],
)
def test_a_forecast_is_open_until_due(found, as_of, values, early, verdict):
    rows = [("2025-05-01", "2025-06-01", values[0]), ("2026-05-01", "2026-06-01", values[1])]
    highest = {"measure": "maximum", "of": {"series": "S"}}
    finding = found(highest, HIGH, as_of, rows=rows, forecast={**DUE, "early": early})
    assert finding.verdict == verdict
    if verdict == "open":
        assert finding.reason == DUE["why"]


def test_a_forecast_without_figures_is_open_before_and_no_data_after(found):
    at = {**NEWEST, "at": "2026Q2"}
    assert found(at, HIGH, "2026-06-11", forecast=DUE).verdict == "open"
    assert found(at, HIGH, "2026-06-12", forecast=DUE).verdict == "no-data"


def test_a_forecast_that_failed_is_contradicted_though_it_was_so_before(found):
    rows = [("2024-01-01", "2024-02-01", 9), ("2026-05-01", "2026-06-01", 1)]
    assert found(NEWEST, HIGH, "2026-07-01", rows=rows, forecast=DUE, lookback_months=60).verdict == "contradicted"


@pytest.mark.parametrize(
    ("as_of", "verdict", "reason"),
    [
        ("2025-05-31", "no-data", "none of yes, no was public on 2025-05-31"),
        ("2025-06-12", "supported", ""),
        ("2025-07-01", "not-checkable", "public documents disagree"),
    ],
)
def test_documents_that_disagree(found, as_of, verdict, reason):
    measure = {"measure": "documented", "supports": ["yes"], "contradicts": ["no"], "because": "So it says."}
    finding = found(measure, {"sense": "documented"}, as_of, unit="documents")
    assert (finding.verdict, finding.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("roles", "verdict", "reason"),
    [
        ({"in_substance": ["yes"]}, "roughly-supported", ""),
        ({"neither": ["yes"]}, "not-checkable", "what is public decides it neither way"),
        ({"in_substance": ["yes"], "contradicts": ["no"]}, "not-checkable", "public documents disagree"),
    ],
)
def test_documents_that_say_so_in_substance_or_neither_way(found, roles, verdict, reason):
    measure = {"measure": "documented", **roles, "because": "So it says."}
    finding = found(measure, {"sense": "documented"}, unit="documents")
    assert (finding.verdict, finding.reason) == (verdict, reason)


MONTHS = [
    {"fact_id": "july", "known_since": "2024-08-15", "value": "10.8", "event_date": "2024-07-01"},
    {"fact_id": "may", "known_since": "2025-06-11", "value": "-10.3", "event_date": "2025-05-01"},
]


@pytest.mark.parametrize(
    ("as_of", "months", "verdict", "true_on"),
    [
        ("2025-06-10", 36, "supported", None),
        ("2025-06-12", 36, "outdated", "2024-08-15"),
        ("2025-06-12", 9, "contradicted", None),
        ("2025-06-12", 0, "contradicted", None),
    ],
)
def test_a_newer_fact_makes_an_older_one_out_of_date(found, as_of, months, verdict, true_on):
    measure = {"measure": "newest-fact", "facts": ["july", "may"]}
    rose = {"sense": "more-than", "value": 0}
    finding = found(measure, rose, as_of, content={"facts": MONTHS}, lookback_months=months)
    assert (finding.verdict, finding.record()["true_on"]) == (verdict, true_on)


def test_a_reading_beside_the_forecast_is_judged_when_it_can_be():
    past = definition(id="before", primary=False, due="2025-01-01")
    parsed = Claim.model_validate(claim(definitions=[definition(), past], forecast=DUE))
    assert [parsed.due_of(each) for each in parsed.definitions] == [date(2026, 6, 12), date(2025, 1, 1)]
    assert Claim.model_validate(claim(definitions=[definition()])).due_of(None) is None


def test_a_due_day_of_its_own_closes_a_reading(small_store):
    rows = [("2024-01-01", "2024-02-01", 5)]
    view = small_store(series={"S": rows, "END": [("2027-12-31", "2027-12-31", 0)]}).as_of("2025-06-12")
    past = definition(id="before", primary=False, due="2025-01-01")
    parsed = Claim.model_validate(claim(definitions=[definition(), past], forecast={**DUE, "early": False}))
    verdicts = [str(judge(parsed, "c", each, view, VIDEO).verdict) for each in parsed.definitions]
    assert verdicts == ["open", "supported"]


def test_what_cannot_be_checked_says_why():
    parsed = Claim.model_validate(claim(checkable=False, reason="A feeling.", searched=["x"], definitions=[]))
    finding = judge(parsed, "c", None, _EMPTY, VIDEO)
    assert (finding.verdict, finding.reason) == ("not-checkable", "A feeling.")
    parsed = Claim.model_validate(claim(definitions=[], lacking=["bids", "offers"]))
    finding = judge(parsed, "c", None, _EMPTY, VIDEO)
    assert (finding.verdict, finding.reason) == ("no-data", "bids; offers")
    parsed = Claim.model_validate(claim(definitions=[], lacking=["bids"], forecast=DUE))
    assert judge(parsed, "c", None, _EMPTY, VIDEO).verdict == "open"


class _Empty:
    day = pd.Timestamp("2025-06-12")


_EMPTY = _Empty()


@pytest.fixture
def judged(small_store, tmp_path):
    """Return ``judged(claims, as_of, **content)``: the records of a ledger by claim and definition."""

    def run(claims, as_of="latest", break_=None, only=None, **content):
        store = small_store(**content)
        if break_:
            (store.folder / "observations" / f"{break_}.csv").unlink()
        ledger = read_ledger(write_claims(tmp_path / "c.yml", "a-chapter", claims))
        return {(each.claim.id, each.definition.id): each for each in judge_ledger(ledger, store, as_of, VIDEO, only)}

    return run


def test_a_missing_file_costs_only_what_needs_it(judged):
    other = definition(id="other", primary=False, measure={"measure": "level", "of": {"series": "T"}})
    claims = [
        claim(id="one", definitions=[definition(), other]),
        claim(id="two", definitions=[{**other, "primary": True, "why": "x"}]),
    ]
    rows = monthly("2025-01-01", [5])
    findings = judged(claims, break_="S", series={"S": rows, "T": rows})
    assert {key: str(each.verdict) for key, each in findings.items()} == {
        ("one", "as-said"): "no-data", ("one", "other"): "supported", ("two", "other"): "supported",
    }  # fmt: skip
    assert findings["one", "as-said"].reason == "S: data/observations/S.csv is missing"


def test_pseudo_real_time_is_flagged(judged):
    rows = monthly("2025-01-01", [5, 5, 5, 5, 5, 5])
    second = definition(id="other", primary=False, measure={"measure": "level", "of": {"series": "T"}})
    content = {"series": {"S": rows, "T": rows}, "entries": {"S": {"vintage_basis": "latest-only"}}}
    then = judged([claim(definitions=[definition(), second])], "2025-06-12", **content)
    assert [each.record()["pseudo_real_time"] for each in then.values()] == [True, False]
    now = judged([claim(definitions=[definition(), second])], **content)
    assert not any(each.record()["pseudo_real_time"] for each in now.values())


def test_the_primary_definition_comes_first(small_store):
    other = definition(id="other", primary=False)
    parsed = Claim.model_validate(claim(definitions=[other, definition()]))
    findings = judge_claim(parsed, "c", small_store(series={"S": monthly("2025-01-01", [5])}).as_of("latest"), VIDEO)
    assert [each.definition.id for each in findings] == ["as-said", "other"]


def test_the_record(judged):
    rows = [("P1", "2025-01-01", "2025-02-01", 5.1234567)]
    level = {"measure": "level", "of": {"series": "P", "area": "P1"}}
    (finding,) = judged([claim(definitions=[definition(measure=level, digits=2)])], series={"P": rows}).values()
    assert finding.record() == {
        "claim": "a-claim",
        "chapter": "a-chapter",
        "definition": "as-said",
        "primary": True,
        "as_of": "2025-02-01",
        "verdict": "supported",
        "measured": 5.123457,
        "unit": "percent",
        "stated": "5 %",
        "period": "2025-01-01",
        "n": 1,
        "note": "",
        "reason": "",
        "true_on": None,
        "pseudo_real_time": False,
        "series": ["P/P1"],
        "newest_observation": "2025-01-01",
        "vintage": "2025-02-01",
        "facts": [],
    }


@pytest.mark.parametrize(
    ("measure", "complaint"),
    [
        ({"measure": "level", "of": {"series": "SS"}}, "unknown series 'SS' (did you mean 'S'?)"),
        (
            {"measure": "level", "of": {"quantity": "ratio", "of": [{"series": "S"}, {"series": "X"}]}},
            "unknown series 'X'",
        ),
        ({"measure": "level", "of": {"series": "../S"}}, "unknown series '../S'"),
        ({"measure": "fact", "fact": "yeas"}, "unknown fact 'yeas' (did you mean 'yes'?)"),
        ({"measure": "days-between", "start": "video-day", "end": "today"}, "unknown fact 'today'"),
    ],
)
def test_what_a_claim_names_must_exist(judged, measure, complaint):
    with pytest.raises(InputError) as refusal:
        judged([claim(definitions=[definition(measure=measure)])], series={"S": PRINTS}, facts=FACTS)
    assert f"claim a-claim, definition as-said: {complaint}" in str(refusal.value)


def test_only_the_claims_asked_for(judged):
    rows = {"S": monthly("2025-01-01", [5])}
    claims = [claim(id="one"), claim(id="two")]
    assert [key[0] for key in judged(claims, only=["two", "two"], series=rows)] == ["two"]
    with pytest.raises(InputError, match=r"unknown claim 'onne' \(did you mean 'one'\?\)"):
        judged(claims, only=["onne"], series=rows)
