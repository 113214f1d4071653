"""The rules at, just inside and just outside of both bands."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gegenprobe.verdicts import Test, Verdict, decide

S, R, C = Verdict.SUPPORTED, Verdict.ROUGHLY_SUPPORTED, Verdict.CONTRADICTED
ORDER = {S: 2, R: 1, C: 0}

EDGES = [
    # said 5.12: rounding reaches 5.115 to 5.125, one percent of it (wider than two hundredths) 5.0688 to 5.1712
    (
        {"sense": "equals", "value": 5.12, "decimals": 2},
        {
            5.12: S, 5.115: S, 5.125: S, 5.1149: R, 5.1251: R, 5.0688: R, 5.1712: R, 5.0687: C, 5.1713: C, 4.844: C,
            -5.12: C,
        },
    ),
    # said 0.7: 0.65 to 0.75, two tenths (wider than one percent) 0.5 to 0.9
    (
        {"sense": "equals", "value": 0.7, "decimals": 1},
        {0.65: S, 0.75: S, 0.6499: R, 0.7501: R, 0.5: R, 0.9: R, 0.4999: C, 0.9001: C},
    ),
    ({"sense": "equals", "value": -0.2, "decimals": 1}, {-0.2: S, -0.25: S, -0.15: S, -0.1: R, 0.0: R, 0.01: C}),
    ({"sense": "equals", "value": 0, "decimals": 0}, {0: S, 0.5: S, -0.5: S, 0.51: R, 2: R, -2: R, 2.01: C}),
    # said in trillions: 36e12 with decimals -12
    (
        {"sense": "equals", "value": 36e12, "decimals": -12},
        {36.2e12: S, 36.5e12: S, 35.5e12: S, 36.51e12: R, 38e12: R, 34e12: R, 38.01e12: C, 33.99e12: C},
    ),
    # 261.3: one percent is 2.613
    (
        {"sense": "equals", "value": 261.3, "decimals": 1},
        {261.25: S, 261.35: S, 261.36: R, 263.913: R, 263.92: C, 258.687: R, 258.68: C},
    ),
    ({"sense": "exactly", "value": 3}, {3: S, 3 + 1e-12: S, 2: C, 4: C, 3.0001: C}),
    ({"sense": "exactly", "value": 1971, "rough": 1, "reason": "a"}, {1971: S, 1970: R, 1972: R, 1969: C}),
    # at least 2000: it holds from 2000, one percent below it roughly
    ({"sense": "at-least", "value": 2000}, {2000: S, 1e9: S, 1999.9: R, 1980: R, 1979.9: C}),
    ({"sense": "at-most", "value": 2000}, {2000: S, -5: S, 2000.1: R, 2020: R, 2020.1: C}),
    ({"sense": "more-than", "value": 5, "decimals": 1}, {5.0001: S, 5: R, 4.8: R, 4.79: C}),
    ({"sense": "less-than", "value": 5, "decimals": 1}, {4.9999: S, 5: R, 5.2: R, 5.21: C}),
    # a direction has no roughly
    ({"sense": "more-than", "value": 0}, {0.0001: S, 0: C, -0.0001: C}),
    ({"sense": "less-than", "value": 0}, {-0.0001: S, 0: C, 0.0001: C}),
    ({"sense": "more-than", "value": 0, "rough": 0.1, "reason": "a"}, {0.01: S, 0: R, -0.1: R, -0.11: C}),
    (
        {"sense": "between", "value": 2.4, "high": 2.6, "decimals": 1},
        {2.4: S, 2.5: S, 2.6: S, 2.35: S, 2.65: S, 2.34: R, 2.8: R, 2.2: R, 2.19: C, 2.81: C},
    ),
    ({"sense": "equals", "value": 10, "rough": 5, "reason": "a"}, {10.5: S, 15: R, 5: R, 15.01: C}),
    ({"sense": "equals", "value": 10, "rough": 0, "reason": "a"}, {10.5: S, 10.51: C}),
    ({"sense": "documented"}, {1: S, -1: C, 0: Verdict.NOT_CHECKABLE}),
]  # fmt: skip
CASES = [(test, measured, verdict) for test, points in EDGES for measured, verdict in points.items()]


@pytest.mark.parametrize(("test", "measured", "verdict"), CASES)
def test_each_sense_at_its_edges(test, measured, verdict):
    assert decide(Test(**test), measured) is verdict


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_judged(value):
    with pytest.raises(ValueError, match="cannot judge"):
        decide(Test(sense="equals", value=1), value)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"sense": "equals"}, "equals needs a value"),
        ({"sense": "more-than"}, "more-than needs a value"),
        ({"sense": "between", "value": 1}, "between needs value and a high not below it"),
        ({"sense": "between", "value": 2, "high": 1}, "between needs value and a high not below it"),
        ({"sense": "equals", "value": 1, "rough": 3}, "needs a written reason"),
        ({"sense": "equals", "value": 1, "rough": -3, "reason": "x"}, "greater than or equal to 0"),
        ({"sense": "equals", "value": math.nan}, "finite number"),
        ({"sense": "equals", "value": 1, "decimals": 7}, "less than or equal to 6"),
        ({"sense": "about", "value": 1}, "sense"),
        ({"sense": "equals", "value": 1, "tolerance": 2}, "tolerance"),
    ],
)
def test_what_is_no_test_is_refused(fields, complaint):
    with pytest.raises(ValidationError, match=complaint):
        Test(**fields)


NUMBER = st.floats(-1e6, 1e6, allow_nan=False)
SENSES = st.sampled_from(["equals", "exactly", "at-least", "at-most", "more-than", "less-than", "between"])


@st.composite
def claim_tests(draw):
    value = draw(NUMBER)
    return Test(
        sense=draw(SENSES), value=value, high=value + draw(st.floats(0, 100)), decimals=draw(st.integers(-3, 3))
    )


@settings(max_examples=200)
@given(claim_tests(), NUMBER, st.floats(0, 1e5))
def test_moving_away_never_improves_the_verdict(test, start, step):
    """Away means up where the value lies above what was said, down where below; with a bound, to the wrong side."""
    up = test.sense in ("at-most", "less-than") or (test.sense in ("equals", "exactly") and start >= test.value)
    if test.sense == "between":
        assume(not test.value < start < test.high)
        up = start >= test.high
    away = start + step if up else start - step
    assert ORDER[decide(test, away)] <= ORDER[decide(test, start)]


@settings(max_examples=100)
@given(claim_tests())
def test_the_value_said_holds_where_it_is_not_a_strict_bound(test):
    expected = C if test.is_sign else R if test.sense in ("more-than", "less-than") else S
    assert decide(test, test.value) is expected


@settings(max_examples=100)
@given(NUMBER, NUMBER, st.integers(-3, 3))
def test_a_claim_and_its_mirror_image_get_the_same_verdict(value, measured, decimals):
    for sense, mirrored in (("equals", "equals"), ("at-least", "at-most"), ("more-than", "less-than")):
        one = decide(Test(sense=sense, value=value, decimals=decimals), measured)
        assert one is decide(Test(sense=mirrored, value=-value, decimals=decimals), -measured)


@settings(max_examples=100)
@given(NUMBER, st.integers(-2, 4))
def test_a_number_said_as_rounded_holds(measured, decimals):
    assert decide(Test(sense="equals", value=round(measured, decimals), decimals=decimals), measured) is S


def test_the_bands_are_told_in_one_place():
    """What the readers are told of the tolerance is what the rule uses."""
    from gegenprobe import verdicts

    assert (verdicts.HALF, verdicts.ROUGH_DIGITS, verdicts.ROUGH_SHARE) == (0.5, 2.0, 0.01)
    assert [str(each) for each in Verdict] == [
        "supported", "roughly-supported", "outdated", "contradicted", "open", "not-checkable", "no-data",
    ]  # fmt: skip
