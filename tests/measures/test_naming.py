"""A measure names every series and every fact it rests on, however deep they stand in it."""

import pytest
from pydantic import TypeAdapter

from gegenprobe.measures import AnyMeasure
from gegenprobe.measures.naming import named

ADAPTER = TypeAdapter(AnyMeasure)
S, T = {"series": "S"}, {"series": "T"}


@pytest.mark.parametrize(
    ("spec", "series", "facts"),
    [
        ({"measure": "level", "of": S}, {"S"}, set()),
        ({"measure": "level", "of": {"quantity": "ratio", "of": [S, {**T, "area": "JPN"}]}}, {"S", "T"}, set()),
        ({"measure": "level", "of": {"quantity": "sum-areas", "series": "P", "areas": ["AAA"]}}, {"P"}, set()),
        (
            {"measure": "rank-among", "of": S, "area": "JPN", "among": "g7", "also": {"series": T}},
            {"S", "T"}, set(),
        ),
        ({"measure": "first-print", "series": "S"}, {"S"}, set()),
        ({"measure": "fact", "fact": "f"}, set(), {"f"}),
        ({"measure": "newest-fact", "facts": ["f", "g"]}, set(), {"f", "g"}),
        ({"measure": "documented", "supports": ["f"], "contradicts": ["g"], "because": "x"}, set(), {"f", "g"}),
        ({"measure": "years-between", "start": "f", "end": "2025-06-12"}, set(), {"f"}),
        ({"measure": "days-between", "start": "video-day", "end": "g"}, set(), {"g"}),
        (
            {"measure": "ratio-of", "of": [{"measure": "level", "of": S}, {"measure": "fact", "fact": "f"}]},
            {"S"}, {"f"},
        ),
        ({"measure": "members", "areas": ["JPN"]}, set(), set()),
    ],
)  # fmt: skip
def test_what_a_measure_names(spec, series, facts):
    assert named(ADAPTER.validate_python(spec)) == (series, facts)


def test_a_definition_keeps_what_it_names_to_itself(real_ledger):
    """What is kept beside the fields is no field: neither written out, nor compared."""
    one = real_ledger.claim("yield-5-12").primary
    before = one.model_dump(mode="json")
    assert one.named == named(one.measure)
    assert one.model_dump(mode="json") == before
    assert one == type(one).model_validate(before)
