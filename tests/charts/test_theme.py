"""What all pictures share."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gegenprobe.charts.theme import thin


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=400), st.sampled_from([4, 40, 120]))
def test_a_line_is_thinned_to_the_ends_and_extremes_of_each_stretch(numbers, most):
    values = pd.Series(map(float, numbers), index=pd.date_range("2000-01-01", periods=len(numbers)))
    kept = thin(values, most)
    if len(values) <= most:
        assert kept is values
        return
    stretches = [
        values.iloc[[i for i in range(len(values)) if i * (most // 4) // len(values) == n]] for n in range(most // 4)
    ]
    wanted = {day for each in stretches for day in (each.index[0], each.index[-1], each.idxmin(), each.idxmax())}
    assert kept.equals(values[values.index.isin(wanted)])
    assert len(kept) <= most
