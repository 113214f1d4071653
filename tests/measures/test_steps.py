"""Steps back in the calendar are those of pandas, for one date and for many at once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegenprobe.measures.steps import each_back, months_on, one_back

days = st.integers(-25_567, 47_846).map(
    lambda days: pd.Timestamp("1970-01-01") + pd.Timedelta(days=days)
)  # 1900 to 2100
steps = st.tuples(st.integers(0, 400), st.sampled_from("ymqd")).map(lambda pair: f"{pair[0]}{pair[1]}")


def as_pandas_has_it(step: str) -> pd.DateOffset:
    number = int(step[:-1])
    return pd.DateOffset(
        **{"y": {"years": number}, "q": {"months": 3 * number}, "m": {"months": number}, "d": {"days": number}}[
            step[-1]
        ]
    )


@pytest.mark.parametrize(
    ("day", "step", "back"),
    [
        ("2024-02-29", "1y", "2023-02-28"),
        ("2025-05-31", "1m", "2025-04-30"),
        ("2025-05-31", "1q", "2025-02-28"),
        ("2024-05-31", "3m", "2024-02-29"),
        ("2025-01-15", "1m", "2024-12-15"),
        ("2025-03-01", "1d", "2025-02-28"),
        ("2025-03-01", "0y", "2025-03-01"),
    ],
)
def test_a_step_back(day, step, back):
    assert one_back(pd.Timestamp(day), step) == pd.Timestamp(back)


@given(days, steps)
def test_one_step_is_that_of_pandas(day, step):
    assert one_back(day, step) == day - as_pandas_has_it(step)


@given(days, st.integers(-60, 60))
def test_months_on_are_those_of_pandas(day, months):
    assert months_on(day, months) == day + pd.DateOffset(months=months)


@given(st.lists(days, max_size=40), steps)
def test_many_steps_are_those_of_pandas(dates, step):
    index = pd.DatetimeIndex(dates).as_unit("us")
    made = each_back(index.values, step)
    assert made.dtype == index.dtype
    np.testing.assert_array_equal(made, (index - as_pandas_has_it(step)).values)
