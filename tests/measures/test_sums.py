"""Running sums within groups are those of pandas, to the last bit."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gegenprobe.measures.sums import running_sums
from gegenprobe.rows import starts_of


def test_each_group_begins_anew():
    keys = np.array([1, 1, 2, 5, 5, 5])
    numbers = np.array([1.0, 2, 4, 8, 16, 32])
    assert list(starts_of(keys)) == [0, 2, 3]
    assert list(running_sums(numbers, starts_of(keys))) == [1, 3, 4, 8, 24, 56]


def test_what_rounding_loses_is_kept():
    numbers = np.array([1e16, 1.0, 1.0, 1.0, 1.0])
    assert running_sums(numbers, np.array([0]))[-1] == 1e16 + 4
    assert numbers.cumsum()[-1] != 1e16 + 4


def test_no_number_makes_no_sum():
    nothing = np.empty(0)
    assert len(starts_of(nothing)) == len(running_sums(nothing, starts_of(nothing))) == 0


@given(st.lists(st.tuples(st.integers(0, 6), st.floats(-1e15, 1e15)), min_size=1, max_size=60))
def test_running_sums_are_those_of_pandas(rows):
    rows.sort(key=lambda row: row[0])
    keys, numbers = np.array([key for key, _ in rows]), np.array([number for _, number in rows])
    expected = pd.Series(numbers).groupby(keys).cumsum().to_numpy()
    np.testing.assert_array_equal(running_sums(numbers, starts_of(keys)), expected)
