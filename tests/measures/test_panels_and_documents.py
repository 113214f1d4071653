"""Measures across areas, of documents and of the history of publication, and measures of measures."""

import pandas as pd
import pytest

from gegenprobe.errors import InputError, NoData
from project import monthly

EACH = {"series": "P", "area": "each"}
PANEL = [
    ("AAA", "2024-01-01", "2025-01-01", 100), ("BBB", "2024-01-01", "2025-01-01", 250),
    ("CCC", "2023-01-01", "2024-01-01", 999), ("WLD", "2024-01-01", "2025-01-01", 100),
]  # fmt: skip
RANK = {"measure": "rank-among", "of": EACH, "area": "AAA", "among": "countries", "at": "2024"}


@pytest.mark.parametrize(
    ("change", "rank", "note"),
    [
        ({}, 2, "of 2; first: BBB with 250, AAA 100; 1 without a value"),
        ({"order": "lowest"}, 1, "of 2; first: AAA with 100, AAA 100; 1 without a value"),
        ({"among": "advanced"}, 2, "of 2; first: BBB with 250, AAA 100"),
        ({"among": ["WLD"]}, 1, "of 2; first: AAA with 100, AAA 100"),  # a tie
        ({"among": ["BBB", "CCC", "WLD"]}, 2, "of 3; first: BBB with 250, AAA 100; 1 without a value"),
    ],
)
def test_rank_among_areas(measure, change, rank, note):
    found = measure({**RANK, **change}, series={"P": PANEL})
    assert (found.value, found.note) == (rank, note)


def test_a_rank_rests_only_on_areas_that_have_a_value(measure):
    assert [rest.area for rest in measure(RANK, series={"P": PANEL}).rests] == ["AAA", "BBB"]


def test_others_may_compete_under_a_name(measure):
    bloc = {"quantity": "sum-areas", "series": "P", "areas": ["AAA", "BBB"]}
    found = measure({**RANK, "also": {"the bloc": bloc}}, series={"P": PANEL})
    assert (found.value, found.note) == (3, "of 3; first: the bloc with 350, AAA 100; 1 without a value")
    lacking = {"series": "P", "area": "CCC"}
    with pytest.raises(NoData, match="the bloc: no observation for 2024-01-01"):
        measure({**RANK, "also": {"the bloc": lacking}}, series={"P": PANEL})


def test_a_rank_needs_another(measure):
    with pytest.raises(NoData, match="no other area than AAA has a value for 2024-01-01"):
        measure({**RANK, "among": "g7"}, series={"P": PANEL})


def test_each_means_nothing_alone(measure):
    with pytest.raises(NoData, match="P is a panel: name an area"):
        measure({"measure": "level", "of": EACH}, series={"P": PANEL})


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ({"on": "2018-12-29"}, 0),
        ({"on": "2018-12-30"}, 1),
        ({"on": "2024"}, 1),  # as 2024 began
        ({"on": "2024-12-15"}, 2),
        ({"on": "latest"}, 2),
        ({"areas": ["AAA", "CCC"]}, 1),
        ({"areas": ["CCC", "ZZZ"]}, 0),
        ({"on": "first"}, 0),
        ({"on": "-10y"}, 0),
    ],
)
def test_members(measure, spec, value):
    assert measure({"measure": "members", **spec}, series={"P": PANEL}).value == value


def test_members_known_before_they_joined_do_not_count(measure):
    found = measure({"measure": "members"}, as_of="2024-06-01", series={"P": PANEL})
    assert (found.value, found.note) == (1, "parties: AAA")


FACTS = [
    {"fact_id": "yes", "known_since": "2025-06-01", "value": "1.9", "event_date": "2025-05-30"},
    {"fact_id": "no", "known_since": "2025-07-01", "event_date": "2025-06-30"},
    {"fact_id": "undated", "known_since": "2025-06-01", "event_date": ""},
]
CONTENT = {"series": {"S": [("2020-01-01", "2020-01-01", 1), ("2026-01-01", "2026-01-01", 1)]}, "facts": FACTS}


def test_a_fact_gives_its_number(measure):
    found = measure({"measure": "fact", "fact": "yes", "times": 10}, **CONTENT)
    assert (found.value, found.date, found.facts) == (19, pd.Timestamp("2025-05-30"), ("yes",))
    with pytest.raises(NoData, match="no carries no number"):
        measure({"measure": "fact", "fact": "no"}, **CONTENT)
    with pytest.raises(NoData, match="no became public on 2025-07-01"):
        measure({"measure": "fact", "fact": "no"}, as_of="2025-06-12", **CONTENT)
    with pytest.raises(InputError, match="unknown fact 'maybe'"):
        measure({"measure": "fact", "fact": "maybe"}, **CONTENT)


@pytest.mark.parametrize(
    ("as_of", "supports", "contradicts", "value"),
    [
        ("2025-06-12", ["yes"], [], 1),
        ("2025-06-12", [], ["yes"], -1),
        ("2025-06-12", ["yes"], ["no"], 1),  # the other is not public yet
        ("latest", ["yes"], ["no"], 0),
        ("latest", ["yes", "no"], [], 1),
        ("latest", ["undated"], [], 1),
    ],
)
def test_documented(measure, as_of, supports, contradicts, value):
    spec = {"measure": "documented", "supports": supports, "contradicts": contradicts, "because": "So it says."}
    assert measure(spec, as_of=as_of, **CONTENT).value == value


@pytest.mark.parametrize(
    ("roles", "value"),
    [
        ({"in_substance": ["yes"]}, 0.5),
        ({"supports": ["yes"], "in_substance": ["no"]}, 0.5),  # no stronger than its weakest document
        ({"in_substance": ["yes"], "contradicts": ["no"]}, 0),
        ({"neither": ["yes"]}, 0),
        ({"neither": ["yes"], "supports": ["no"]}, 1),
        ({"neither": ["yes"], "contradicts": ["no"]}, -1),
    ],
)
def test_documents_that_say_so_in_substance_or_neither_way(measure, roles, value):
    found = measure({"measure": "documented", **roles, "because": "So it says."}, **CONTENT)
    assert found.value == value
    assert set(found.facts) == {name for names in roles.values() for name in names}


MONTHS = [
    {"fact_id": "march", "known_since": "2025-04-15", "value": "4", "event_date": "2025-03-01"},
    {"fact_id": "april", "known_since": "2025-05-15", "value": "-7", "event_date": "2025-04-01"},
    {"fact_id": "april-revised", "known_since": "2025-06-15", "value": "-8", "event_date": "2025-04-01"},
    {"fact_id": "bare", "known_since": "2025-04-15", "value": "", "event_date": "2025-03-01"},
]
IN_ORDER = {"measure": "newest-fact", "facts": ["april-revised", "march", "april"], "times": 10}


@pytest.mark.parametrize(
    ("as_of", "value", "date"),
    [("2025-04-15", 40, "2025-03-01"), ("2025-06-14", -70, "2025-04-01"), ("latest", -80, "2025-04-01")],
)
def test_the_newest_fact(measure, as_of, value, date):
    found = measure(IN_ORDER, as_of=as_of, **{**CONTENT, "facts": MONTHS})
    assert (found.value, found.date) == (value, pd.Timestamp(date))


def test_the_newest_fact_needs_one_that_was_public_and_numbers(measure):
    content = {**CONTENT, "facts": MONTHS}
    with pytest.raises(NoData, match="none of april-revised, march, april was public on 2025-04-14"):
        measure(IN_ORDER, as_of="2025-04-14", **content)
    with pytest.raises(NoData, match="bare carries no number or no period"):
        measure({**IN_ORDER, "facts": ["march", "bare"]}, **content)


def test_documented_before_any_document(measure):
    spec = {"measure": "documented", "supports": ["yes"], "because": "So it says."}
    with pytest.raises(NoData, match="none of yes was public on 2025-05-31"):
        measure(spec, as_of="2025-05-31", **CONTENT)


@pytest.mark.parametrize(
    ("unit", "start", "end", "value"),
    [
        ("days-between", "2024-02-28", "2024-03-01", 2),
        ("days-between", "2025-02-28", "2025-03-01", 1),
        ("days-between", "yes", "video-day", 13),
        ("days-between", "video-day", "yes", -13),
        ("years-between", "2000-01-01", "2025-01-01", 9132 / 365.25),
        ("months-between", "2024-01-01", "2025-01-01", 366 / 365.25 * 12),
    ],
)
def test_time_between(measure, unit, start, end, value):
    found = measure({"measure": unit, "start": start, "end": end}, **CONTENT)
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize("end", ["today", "now", "2025-02-30"])
def test_time_until_no_known_day(measure, end):
    with pytest.raises(InputError, match="unknown fact"):
        measure({"measure": "days-between", "start": "video-day", "end": end}, **CONTENT)


def test_time_until_an_undated_fact(measure):
    with pytest.raises(NoData, match="undated carries no event date"):
        measure({"measure": "days-between", "start": "video-day", "end": "undated"}, **CONTENT)


VINTAGES = [
    ("2025-01-01", "2025-05-16", -0.7), ("2025-01-01", "2025-06-09", -0.2), ("2025-01-01", "2025-09-08", 0.3),
    ("2025-04-01", "2025-08-15", 1.0),
]  # fmt: skip


def test_revision_and_first_print(measure):
    revision = {"measure": "revision", "series": "S", "at": "2025Q1"}
    found = measure(revision, series={"S": VINTAGES})
    assert found.value == pytest.approx(1.0)
    assert found.note == "3 vintages, first -0.7, newest 0.3"
    assert measure(revision, as_of="2025-06-12", series={"S": VINTAGES}).value == pytest.approx(0.5)
    assert measure({**revision, "measure": "first-print"}, series={"S": VINTAGES}).value == -0.7
    assert measure({**revision, "at": "latest"}, series={"S": VINTAGES}).value == 0


def test_increments_are_no_revision_of_each_other(measure):
    rows = [("2025-06-02", "2025-06-02", 10), ("2025-06-02", "2025-06-05", 5)]
    content = {"series": {"S": rows}, "entries": {"S": {"combine": "sum"}}}
    found = measure({"measure": "revision", "series": "S"}, **content)
    assert (found.value, found.note) == (5, "2 vintages, first 10, newest 15")


LEVELS = [
    {"measure": "level", "of": {"series": "S"}, "at": "2024-01"},
    {"measure": "level", "of": {"series": "S"}, "at": "2024-02"},
]


@pytest.mark.parametrize(
    ("how", "value"),
    [("difference-of", 6), ("ratio-of", 4), ("sum-of", 10), ("product-of", 16), ("largest-of", 8), ("smallest-of", 2)],
)
def test_measures_of_measures(measure, how, value):
    found = measure({"measure": how, "of": LEVELS}, series={"S": monthly("2024-01-01", [8, 2])})
    assert (found.value, found.n) == (value, 2)
    assert found.window == (pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01"))
    scaled = measure({"measure": how, "of": LEVELS, "times": 100}, series={"S": monthly("2024-01-01", [8, 2])})
    assert scaled.value == 100 * value


def test_no_ratio_to_zero(measure):
    with pytest.raises(NoData, match="the divisor is zero"):
        measure({"measure": "ratio-of", "of": LEVELS}, series={"S": monthly("2024-01-01", [8, 0])})


REFUSED = [
    ({"measure": "levl", "of": {"series": "S"}}, "measure"),
    ({"of": {"series": "S"}}, "measure"),
    ({"measure": "level"}, "of"),
    ({"measure": "level", "of": {"series": "S"}, "to": "latest"}, "to"),
    *[
        ({"measure": "level", "of": {"series": "S"}, "at": at}, "is no period")
        for at in (
            "yesterday",
            "2025-13",
            "2025-02-30",
            "2025Q5",
            "25",
            "0001",
            "9999",
            "-1w",
            "--1y",
            "-9999y",
            "",
            None,
            5.5,
            True,
        )
    ],
    ({"measure": "change", "of": {"series": "S"}}, "start"),
    ({"measure": "count-where", "of": {"series": "S"}, "is": "over", "level": 1}, "is"),
    ({"measure": "count-where", "of": {"series": "S"}, "is": "above", "level": float("nan")}, "finite"),
    ({"measure": "rank", "of": {"series": "S"}, "order": "best"}, "order"),
    ({"measure": "rank-among", "of": {"series": "S"}, "area": "jpn", "among": "g7"}, "area"),
    ({"measure": "rank-among", "of": {"series": "S"}, "area": "JPN", "among": "oecd"}, "among"),
    ({"measure": "documented", "because": "x"}, "name at least one fact"),
    ({"measure": "documented", "supports": ["x"]}, "because"),
    ({"measure": "ratio-of", "of": LEVELS[:1]}, "at least 2"),
    ({"measure": "first-crossing", "of": {"series": "S"}, "level": 1, "direction": "sideways"}, "direction"),
    ("level", "valid dictionary"),
]


@pytest.mark.parametrize(("spec", "complaint"), REFUSED)
def test_what_is_no_measure_is_refused(measure, spec, complaint):
    with pytest.raises(ValueError, match=complaint):
        measure(spec, series={"S": monthly("2024-01-01", [1])})


@pytest.mark.parametrize(
    ("spec", "pinned"),
    [
        ({"measure": "level", "of": {"series": "S"}, "at": "2025Q1"}, True),
        ({"measure": "level", "of": {"series": "S"}, "at": "video-day"}, True),
        ({"measure": "level", "of": {"series": "S"}}, False),
        ({"measure": "level", "of": {"series": "S"}, "at": "last-year"}, False),
        ({"measure": "level", "of": {"series": "S"}, "at": "-1y"}, False),
        ({"measure": "growth", "of": {"series": "S"}, "start": "-1y", "to": "2025"}, True),
        ({"measure": "mean", "of": {"series": "S"}, "start": "2015"}, False),
        ({"measure": "rank", "of": {"series": "S"}, "at": "2025-06-12"}, True),
        ({"measure": "rank", "of": {"series": "S"}, "at": "2025-06-12", "to": "latest"}, False),
        (
            {"measure": "maximum", "of": {"quantity": "between", "of": {"series": "S"}, "start": "-1y"}, "to": "2025"},
            False,
        ),
        ({"measure": "rank-among", "of": EACH, "area": "AAA", "among": "cptpp", "at": "2024"}, False),
        ({"measure": "rank-among", "of": EACH, "area": "AAA", "among": "g7", "at": "2024"}, True),
        ({"measure": "largest-of", "of": [*LEVELS, {"measure": "level", "of": {"series": "S"}}]}, False),
        ({"measure": "revision", "series": "S"}, False),
        ({"measure": "fact", "fact": "yes"}, True),
        ({"measure": "newest-fact", "facts": ["yes", "no"]}, False),
    ],
)
def test_a_measure_knows_whether_its_period_is_fixed(spec, pinned):
    from pydantic import TypeAdapter

    from gegenprobe.measures import AnyMeasure

    assert TypeAdapter(AnyMeasure).validate_python(spec).is_pinned is pinned
