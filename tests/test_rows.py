"""What was known by a day, against the plainest way to say it, whether a series is revised or not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegenprobe.files import Columns
from gegenprobe.rows import by_area

row = st.tuples(st.integers(0, 400), st.integers(0, 90))
revised = st.sets(row, min_size=1, max_size=30)
unrevised = st.sets(st.integers(0, 400), min_size=1, max_size=30).map(lambda dates: {(date, 20) for date in dates})


def day(number: int) -> pd.Timestamp:
    return pd.Timestamp("2024-01-01") + pd.Timedelta(days=number)


@given(revised | unrevised, st.lists(st.integers(0, 500), min_size=1, max_size=4), row)
def test_rows_known_by_a_day(drawn, days, span):
    table = sorted((date, date + lag, float(place)) for place, (date, lag) in enumerate(drawn))
    dates, since = (np.array([day(each[at]) for each in table], dtype="datetime64[us]") for at in (0, 1))
    columns = Columns(np.full(len(table), ""), dates, since, np.array([each[2] for each in table]))
    rows = by_area(columns)[""]
    for today in days:
        known = [each for each in table if each[1] <= today]
        places = rows.known(day(today))
        assert [table[place] for place in places] == known
        if not known:
            continue
        newest = {date: (date, since, value) for date, since, value in known}
        found_dates, numbers = rows.newest_values(places)
        assert list(found_dates) == [np.datetime64(day(date)) for date in newest]
        assert list(numbers) == [value for _, _, value in newest.values()]
        low, high = span[0], span[0] + span[1]
        inside = [each for date, each in newest.items() if low <= date <= high]
        before = [each for date, each in newest.items() if date <= high][-1:]
        found = rows.newest_within(places, day(low), day(high))
        assert [table[place] for place in found] == (inside or before or known[:1])
        assert rows.newest_known(found) == day(max(table[place][1] for place in found))
        months = {
            (day(since).year, day(since).month): day(since) for _, since, _ in sorted(known, key=lambda each: each[1])
        }
        assert list(rows.last_news(day(today))) == [np.datetime64(each) for each in months.values()]


@pytest.mark.parametrize("today", ["2023-12-31", "1900-01-01"])
def test_nothing_known_yet(today):
    one = np.array(["2024-01-01"], dtype="datetime64[us]")
    rows = by_area(Columns(np.array(["AAA"]), one, one, np.array([5.0])))["AAA"]
    assert len(rows.known(pd.Timestamp(today))) == len(rows.last_news(pd.Timestamp(today))) == 0
