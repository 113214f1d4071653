"""The values of a quantity by date: looked up, cut out, and handed to pandas where it is asked for."""

import numpy as np
import pandas as pd
import pytest

from gegenprobe.values import Values


def values(*days: str) -> Values:
    return Values(np.array(days, dtype="datetime64[us]"), np.arange(len(days), dtype=float) + 10, "S")


HELD = values("2025-01-01", "2025-02-01", "2025-04-01")
NONE = values()


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


@pytest.mark.parametrize(
    ("wanted", "place", "first_from", "first_after"),
    [
        ("2024-12-31", None, 0, 0),
        ("2025-01-01", 0, 0, 1),
        ("2025-03-01", None, 2, 2),
        ("2025-04-01", 2, 2, 3),
        ("2025-04-02", None, 3, 3),
    ],
)
@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_the_place_of_a_date(wanted, place, first_from, first_after, unit):
    asked = day(wanted).as_unit(unit)
    assert (HELD.place(asked), HELD.first_from(asked), HELD.first_after(asked)) == (place, first_from, first_after)


def test_the_number_at_a_date():
    assert HELD.at(day("2025-02-01")) == 11
    with pytest.raises(KeyError):
        HELD.at(day("2025-03-01"))


def test_the_number_at_each_of_some_dates():
    asked = np.array(["2024-01-01", "2025-04-01", "2025-01-01", "2026-01-01"], dtype="datetime64[us]")
    np.testing.assert_array_equal(HELD.at_each(asked), [np.nan, 12, 10, np.nan])
    np.testing.assert_array_equal(NONE.at_each(asked), [np.nan] * 4)
    assert HELD.at_each(NONE.dates).shape == (0,)


@pytest.mark.parametrize(
    ("low", "high", "numbers"),
    [
        ("2025-01-01", "2025-02-01", [10, 11]),
        ("2025-01-02", "2025-12-31", [11, 12]),
        ("2025-02-02", "2025-03-31", []),
        ("2025-04-01", "2025-01-01", []),
    ],
)
def test_between_two_dates(low, high, numbers):
    found = HELD.between(day(low), day(high))
    assert list(found.numbers) == numbers
    assert len(found) == len(numbers)
    assert found.name == "S"


def test_how_far_apart_the_dates_lie():
    assert HELD.spacing == 45
    assert not HELD.is_daily
    assert values("2025-01-01", "2025-01-02").spacing == float("inf")
    assert values("2025-01-01", "2025-01-02", "2025-01-06").is_daily
    assert not values("2025-01-01", "2025-01-02").is_daily
    assert not values("2025-01-01", "2025-01-08", "2025-01-15").is_daily


def test_as_a_series_of_pandas():
    expected = pd.Series([10.0, 11.0, 12.0], index=pd.DatetimeIndex(HELD.dates, name="date"), name="S")
    pd.testing.assert_series_equal(HELD.series, expected)
    assert HELD.date(-1) == expected.index[-1]


def test_a_view_hands_out_series_that_can_be_changed(small_store):
    view = small_store(series={"S": [("2025-01-01", "2025-02-01", 5)]}).as_of()
    series = view.series("S")
    series.iloc[0] = 6
    assert series.iloc[0] == 6
    assert view.series("S").iloc[0] == view.values("S").numbers[0] == 5


def test_rolling_sums_are_those_of_pandas():
    held = values(*(f"2025-01-{day:02}" for day in range(1, 31)))
    for window, how in [(2, "sum"), (7, "mean"), (31, "sum")]:
        expected = getattr(held.series.rolling(window), how)().to_numpy()
        np.testing.assert_array_equal(held.rolling(window, how), expected)
        assert held.rolling(window, how) is held.rolling(window, how)
