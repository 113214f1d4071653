"""Quantities against cases worked by hand: gaps stay gaps, and only shared dates count."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gegenprobe.errors import NoData
from gegenprobe.measures.evaluation import Evaluation
from gegenprobe.measures.quantities import Quantity
from gegenprobe.values import Values
from project import daily, monthly

S, T = {"series": "S"}, {"series": "T"}
ADAPTER = TypeAdapter(Quantity)


@pytest.fixture
def values(small_store):
    """Return ``values(spec, **content)``: the quantity as a plain mapping from day to number."""

    def run(spec, as_of="latest", **content):
        view = small_store(**content).as_of(as_of)
        found = ADAPTER.validate_python(spec).values(Evaluation(view, pd.Timestamp("2025-06-12")))
        return {f"{date:%Y-%m-%d}": pytest.approx(value) for date, value in found.series.items()}

    return run


def test_times(values):
    assert values({**S, "times": 0.1}, series={"S": monthly("2024-01-01", [5, 0])}) == {
        "2024-01-01": 0.5,
        "2024-02-01": 0,
    }


PANEL = [
    ("AAA", "2024-01-01", "2024-02-01", 1), ("AAA", "2024-02-01", "2024-03-01", 2),
    ("BBB", "2024-02-01", "2024-03-01", 10), ("BBB", "2024-03-01", "2024-04-01", 20),
]  # fmt: skip


def test_sum_over_areas_needs_them_all(values):
    both = {"quantity": "sum-areas", "series": "P", "areas": ["AAA", "BBB"]}
    assert values(both, series={"P": PANEL}) == {"2024-02-01": 12}
    with pytest.raises(NoData, match="P has no area CCC"):
        values({**both, "areas": ["AAA", "CCC"]}, series={"P": PANEL})


@pytest.mark.parametrize(("how", "value"), [("ratio", 3), ("difference", 4), ("product", 12), ("sum", 8)])
def test_arithmetic_on_shared_dates(values, how, value):
    content = {"S": monthly("2024-01-01", [9, 6, 1]), "T": monthly("2024-02-01", [2, 0, 4])}
    expected = {"2024-02-01": value}
    if how != "ratio":  # nothing is divided by zero
        expected["2024-03-01"] = {"difference": 1, "product": 0, "sum": 1}[how]
    assert values({"quantity": how, "of": [S, T]}, series=content) == expected


def test_arithmetic_of_three(values):
    content = {"S": monthly("2024-01-01", [12]), "T": monthly("2024-01-01", [3])}
    assert values({"quantity": "ratio", "of": [S, T, T], "times": 100}, series=content) == {"2024-01-01": 133.33333333}


def test_quantities_without_a_shared_date(values):
    content = {"S": monthly("2024-01-01", [1]), "T": monthly("2024-02-01", [1])}
    with pytest.raises(NoData, match="ratio: the quantities share no date"):
        values({"quantity": "ratio", "of": [S, T]}, series=content)


def test_growth_over_a_year_keeps_gaps(values):
    rows = monthly("2023-01-01", [10, 20, 0, 40]) + monthly("2024-01-01", [11, 10, 30]) + monthly("2024-05-01", [1])
    growth = {"quantity": "growth", "of": S, "over": "1y"}
    assert values(growth, series={"S": rows}) == {"2024-01-01": 10, "2024-02-01": -50}  # March: from zero; May: no May
    change = {"quantity": "change", "of": S, "over": "12m"}
    assert values(change, series={"S": rows}) == {"2024-01-01": 1, "2024-02-01": -10, "2024-03-01": 30}


def test_growth_does_not_cross_zero(values):
    rows = monthly("2024-01-01", [-10, 5, 10, -12, -6])
    growth = {"quantity": "growth", "of": S, "over": "1m"}
    assert values(growth, series={"S": rows}) == {"2024-03-01": 100, "2024-04-01": -220, "2024-05-01": -50}


def test_change_over_a_week_of_business_days(values):
    rows = daily("2025-06-02", range(1, 16))
    found = values({"quantity": "change", "of": S, "over": "3d"}, series={"S": rows})
    assert found["2025-06-05"] == 3
    assert found["2025-06-09"] == 1  # Friday, for the Friday three days before
    assert "2025-06-04" not in found


def test_growth_over_a_year_from_a_leap_day(values):
    rows = daily("2023-02-20", range(1, 400), freq="D")
    found = values({"quantity": "change", "of": S, "over": "1y"}, series={"S": rows})
    assert (found["2024-02-28"], found["2024-02-29"], found["2024-03-01"]) == (365, 366, 366)


def test_rolling_sum_within_a_span(values):
    rows = monthly("2024-01-01", [1, 2, 3]) + monthly("2024-05-01", [5, 6, 7])
    rolling = {"quantity": "rolling-sum", "of": S, "window": 3}
    assert values(rolling, series={"S": rows}) == {
        "2024-03-01": 6,
        "2024-05-01": 10,
        "2024-06-01": 14,
        "2024-07-01": 18,
    }
    assert values({**rolling, "span": "3m"}, series={"S": rows}) == {"2024-03-01": 6, "2024-07-01": 18}
    mean = {**rolling, "quantity": "rolling-mean", "span": "1q"}
    assert values(mean, series={"S": rows}) == {"2024-03-01": 2, "2024-07-01": 6}


def test_whole_quarters_only(values):
    rows = monthly("2024-01-01", [1, 2, 3, 4, 5])
    by = {"quantity": "by-quarter", "of": S, "count": 3}
    assert values({**by, "how": "sum"}, series={"S": rows}) == {"2024-01-01": 6}
    assert values({**by, "how": "mean"}, series={"S": rows}) == {"2024-01-01": 2}
    assert values({**by, "how": "last", "count": 1}, series={"S": rows}) == {"2024-01-01": 3, "2024-04-01": 5}
    assert values({**by, "how": "max", "count": 2}, series={"S": rows}) == {"2024-01-01": 3, "2024-04-01": 5}


def test_fiscal_years_run_from_october(values):
    rows = monthly("2023-09-01", [100] + [1] * 12 + [7])
    by = {"quantity": "by-fiscal-year", "of": S, "count": 1}
    assert values(by, series={"S": rows}) == {"2023-01-01": 100, "2024-01-01": 12, "2025-01-01": 7}
    assert values({**by, "count": 12}, series={"S": rows}) == {"2024-01-01": 12}


def test_by_month_and_by_year(values):
    rows = daily("2024-12-30", [1, 2, 3, 4], freq="D")
    assert values({"quantity": "by-month", "of": S, "how": "last"}, series={"S": rows}) == {
        "2024-12-01": 2,
        "2025-01-01": 4,
    }
    assert values({"quantity": "by-year", "of": S, "count": 1}, series={"S": rows}) == {
        "2024-01-01": 3,
        "2025-01-01": 7,
    }


def test_year_to_date_needs_every_month_from_january(values):
    rows = monthly("2024-11-01", [1, 2, 3, 4]) + monthly("2025-04-01", [5])
    assert values({"quantity": "year-to-date", "of": S}, series={"S": rows}) == {"2025-01-01": 3, "2025-02-01": 7}


def test_where(values):
    content = {"S": monthly("2024-01-01", [1, 2, 3]), "T": monthly("2024-02-01", [1, 0])}
    where = {"quantity": "where", "of": S, "condition": T, "equals": 1}
    assert values(where, series=content) == {"2024-02-01": 2}


@pytest.mark.parametrize(
    ("ends", "months"),
    [
        ({}, 24),
        ({"start": "2024"}, 12),
        ({"end": "2023"}, 12),
        ({"start": "2023Q2", "end": "2023Q3"}, 6),
        ({"start": "2024-02", "end": "2024-02"}, 1),
        ({"start": "video-day"}, 0),
        ({"end": "last-year"}, 24),
        ({"start": "-6m"}, 0),
        ({"end": "first"}, 0),
        ({"start": "2030"}, 0),
    ],
)
def test_between_takes_whole_periods(values, ends, months):
    rows = {"S": monthly("2023-01-01", range(24)), "T": [("2025-12-31", "2025-12-31", 0)]}
    assert len(values({"quantity": "between", "of": S, **ends}, as_of="2025-12-31", series=rows)) == months


def test_nothing_to_measure_says_so(measure):
    nothing = {"quantity": "between", "of": S, "start": "2030"}
    with pytest.raises(NoData, match="fits the definition"):
        measure({"measure": "level", "of": nothing}, series={"S": monthly("2024-01-01", [1])})
    with pytest.raises(NoData, match="fits the definition"):
        measure(
            {"measure": "mean", "of": {"quantity": "growth", "of": nothing, "over": "1y"}},
            series={"S": monthly("2024-01-01", [1])},
        )


@pytest.mark.parametrize(
    ("of", "first", "last", "n"),
    [
        ({"quantity": "growth", "of": S, "over": "1y"}, "2023-12-01", "2024-12-01", 13),
        ({"quantity": "rolling-sum", "of": S, "window": 12}, "2024-01-01", "2024-12-01", 12),
        ({"quantity": "by-quarter", "of": S, "count": 3}, "2024-10-01", "2024-12-01", 3),
        ({"quantity": "by-year", "of": S, "count": 12}, "2024-01-01", "2024-12-01", 12),
        ({"quantity": "by-fiscal-year", "of": S, "count": 12}, "2023-10-01", "2024-09-01", 12),
        ({"quantity": "year-to-date", "of": S}, "2024-01-01", "2024-12-01", 12),
        (
            {"quantity": "growth", "of": {"quantity": "by-quarter", "of": S, "count": 3}, "over": "1y"},
            "2023-10-01", "2024-12-01", 15,
        ),
        (
            {"quantity": "ratio", "of": [S, {"quantity": "rolling-mean", "of": S, "window": 3}]},
            "2024-10-01", "2024-12-01", 3,
        ),
    ],
)  # fmt: skip
def test_a_derived_figure_rests_on_all_it_was_made_of(measure, of, first, last, n):
    found = measure({"measure": "level", "of": of}, series={"S": monthly("2023-01-01", range(1, 25))})
    (rest,) = found.rests
    assert (rest.first, rest.last, rest.n) == (pd.Timestamp(first), pd.Timestamp(last), n)


REFUSED = [
    ({"quantity": "groth", "of": S, "over": "1y"}, "quantity"),
    ({"quantity": "growth", "of": S}, "over"),
    ({"quantity": "growth", "of": S, "over": "1 year"}, "is no step"),
    ({"quantity": "growth", "of": S, "over": "-1y"}, "is no step"),
    ({"quantity": "growth", "of": S, "over": "9999y"}, "is no step"),
    ({"quantity": "rolling-sum", "of": S, "window": 1}, "window"),
    ({"quantity": "rolling-sum", "of": S, "window": 10**9}, "window"),
    ({"quantity": "sum-areas", "series": "P", "areas": []}, "areas"),
    ({"quantity": "sum-areas", "series": "P", "areas": ["../x"]}, "areas"),
    ({"quantity": "ratio", "of": [S]}, "at least 2"),
    ({"quantity": "by-year", "of": S}, "how many observations make a whole period for a sum"),
    ({"quantity": "by-month", "of": S, "how": "mean"}, "how many observations make a whole period for a mean"),
    ({"series": "S", "area": "jpn"}, "area"),
    ({"series": "S", "factor": 2}, "factor"),
    ({"series": "S", "times": float("inf")}, "finite"),
    ({"series": 5}, "series"),
    ({}, "series"),
    ("S", "valid dictionary"),
    (None, "valid dictionary"),
]


@pytest.mark.parametrize(("spec", "complaint"), REFUSED)
def test_what_is_no_quantity_is_refused(spec, complaint):
    with pytest.raises(ValueError, match=complaint):
        ADAPTER.validate_python(spec)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 900), min_size=14, max_size=30), st.floats(0.1, 50))
def test_growth_does_not_depend_on_the_unit(numbers, factor):
    dates = pd.date_range("2020-01-01", periods=len(numbers), freq="MS").values.astype("datetime64[us]")
    node = ADAPTER.validate_python({"quantity": "growth", "of": S, "over": "1y"})
    plain = node._derive(Values(dates, np.array(numbers, dtype=float), "S"))
    scaled = node._derive(plain.holding(np.array(numbers, dtype=float) * factor))
    np.testing.assert_allclose(plain.numbers, scaled.numbers, rtol=1e-9, atol=1e-7)


# --- what pandas makes of the same figures, to the last bit --------------------------------------------------------

figures = st.floats(-1e12, 1e12, allow_subnormal=False)
months = st.sets(st.integers(0, 120), min_size=1, max_size=60)


@given(months, st.data(), st.sampled_from(["by-quarter", "by-year"]), st.sampled_from(["sum", "mean", "max", "min"]))
def test_periods_are_those_of_pandas(places, data, quantity, how):
    held = drawn(sorted(places), data)
    node = ADAPTER.validate_python({"quantity": quantity, "of": S, "how": how, "count": 1})
    made = node._derive(held).series
    freq = {"by-quarter": "QS", "by-year": "YS"}[quantity]
    expected = held.series.groupby(held.series.index.to_period(freq[0]).start_time).agg(how)
    assert [hex_of(each) for each in made] == [hex_of(each) for each in expected]
    assert list(made.index) == list(expected.index)


@given(months, st.data())
def test_years_to_date_are_those_of_pandas(places, data):
    held = drawn(sorted(places), data)
    made = ADAPTER.validate_python({"quantity": "year-to-date", "of": S})._derive(held).series
    years = held.series.groupby(held.series.index.year)
    expected = years.cumsum()[years.cumcount() + 1 == held.series.index.month]
    assert [hex_of(each) for each in made] == [hex_of(each) for each in expected]
    assert list(made.index) == list(expected.index)


@given(months, st.data(), st.sampled_from(["1m", "1q", "1y"]), st.sampled_from(["growth", "change"]))
def test_steps_between_dates_are_those_of_pandas(places, data, over, quantity):
    held = drawn(sorted(places), data)
    made = ADAPTER.validate_python({"quantity": quantity, "of": S, "over": over})._derive(held).series
    now, back = held.series, pd.DateOffset(months={"1m": 1, "1q": 3, "1y": 12}[over])
    before = pd.Series(now.reindex(now.index - back).to_numpy(), index=now.index)
    if quantity == "growth":
        before = before.where((before > 0) | ((before < 0) & (now <= 0)))
    expected = (now / before - 1) * 100 if quantity == "growth" else now - before
    assert [hex_of(each) for each in made] == [hex_of(each) for each in expected]


def drawn(places, data) -> Values:
    numbers = data.draw(st.lists(figures, min_size=len(places), max_size=len(places)))
    dates = (np.datetime64("2015-01", "M") + np.array(places)).astype("datetime64[us]")
    return Values(dates, np.array(numbers), "S")


def hex_of(number: float) -> str:
    return float(number + 0.0).hex()  # a zero has no sign here
