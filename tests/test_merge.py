"""What a source says against what is held: only ever more rows, or a refusal in one line."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegenprobe.catalogue import Entry
from gegenprobe.gates import Refused
from gegenprobe.merge import compare

TODAY = pd.Timestamp("2026-07-01")


def entry(**changes) -> Entry:
    base = {
        "title": "t", "units": "USD billions", "agency": "a", "source": "fred", "key": "K", "frequency": "monthly",
        "publication_lag_days": 30, "vintage_basis": "latest-only", "licence": "l", "plausible": (-1e6, 1e6),
        "frozen_because": "test",
    }  # fmt: skip
    return Entry.model_validate({**base, **changes})


def frame(*rows) -> pd.DataFrame:
    """Rows of (date, known_since or None, value), or with an area before them."""
    full = [row if len(row) == 4 else ("", *row) for row in rows]
    found = pd.DataFrame(full, columns=["area", "date", "known_since", "value"])
    found["date"] = pd.to_datetime(found["date"]).astype("datetime64[us]")
    found["known_since"] = pd.to_datetime(found["known_since"]).astype("datetime64[us]")
    found["value"] = found["value"].astype(float)
    return found


def months(values, known="2026-05-15", start="2026-01-01"):
    dates = pd.date_range(start, periods=len(values), freq="MS")
    return [(f"{date:%Y-%m-%d}", known, value) for date, value in zip(dates, values, strict=True)]


HELD = frame(*months([10, 11, 12, 13]))


def run(offered, held=HELD, checked=None, since="2026-01-01", today=TODAY, **changes):
    return compare(held, offered, entry(**changes), since=pd.Timestamp(since), today=today, checked=checked)


def rows_of(found):
    return [(f"{r.date:%Y-%m-%d}", f"{r.known_since:%Y-%m-%d}", r.value) for r in found.itertuples()]


def test_a_new_date_without_vintage_is_known_from_today():
    found = run(frame(*months([10, 11, 12, 13, 14], None)))
    assert rows_of(found.added) == [("2026-05-01", "2026-07-01", 14.0)]
    assert found.revised.empty


def test_a_new_date_of_a_series_never_revised_is_known_from_its_release():
    offered = frame(*months([10, 11, 12, 13, 14], None))
    found = run(offered, vintage_basis="never-revised", publication_lag_days=1)
    assert rows_of(found.added) == [("2026-05-01", "2026-06-01", 14.0)]


def test_a_release_still_to_come_by_rule_is_known_from_today():
    offered = frame(*months([10, 11, 12, 13, 14, 15], None))
    found = run(offered, vintage_basis="never-revised", publication_lag_days=30)
    assert rows_of(found.added)[-1] == ("2026-06-01", "2026-07-01", 15.0)


def test_days_published_once_a_week_are_known_from_the_first_business_day_of_the_next():
    """H.10 brings the whole week, Monday to Friday, at once; 19 January 2026 is a holiday."""
    held = frame(*[(f"2026-01-{day:02}", "2026-01-12", 150) for day in (5, 6, 7, 8, 9)])
    week = [(f"2026-01-{day:02}", None, 150) for day in (5, 6, 7, 8, 9, 12, 13, 14, 15, 16)]
    plan = {"frequency": "daily", "publication_lag_days": 7, "vintage_basis": "never-revised", "units": "JPY per USD"}
    found = run(frame(*week), held=held, today=pd.Timestamp("2026-02-01"), **plan)
    assert {known for _, known, _ in rows_of(found.added)} == {"2026-01-20"}


def test_a_changed_value_is_a_new_vintage_of_today():
    found = run(frame(*months([10, 11.5, 12, 13], None)))
    assert rows_of(found.revised) == [("2026-02-01", "2026-07-01", 11.5)]
    assert found.revised["before"].tolist() == [11.0]


def test_vintages_of_the_source_are_kept_each_with_its_day():
    offered = frame(
        *months([10, 11, 12], "2026-05-15"),
        ("2026-04-01", "2026-05-15", 13), ("2026-04-01", "2026-06-05", 13.5), ("2026-04-01", "2026-06-20", 13.2),
        ("2026-05-01", "2026-06-05", 14), ("2026-05-01", "2026-06-20", 14),
    )  # fmt: skip
    found = run(offered)
    assert rows_of(found.revised) == [("2026-04-01", "2026-06-05", 13.5), ("2026-04-01", "2026-06-20", 13.2)]
    assert found.revised["before"].tolist() == [13.0, 13.5]
    assert rows_of(found.added) == [("2026-05-01", "2026-06-05", 14.0)]


def test_a_vintage_older_than_the_last_look_is_known_from_today():
    offered = frame(*months([10, 11, 12], "2026-05-15"), ("2026-04-01", "2026-05-20", 13.5))
    assert rows_of(run(offered, checked=pd.Timestamp("2026-06-25")).revised) == [("2026-04-01", "2026-07-01", 13.5)]
    assert rows_of(run(offered, checked=pd.Timestamp("2026-05-19")).revised) == [("2026-04-01", "2026-05-20", 13.5)]


def test_an_older_edition_takes_nothing_back():
    held = frame(*months([10, 11, 12, 13], "2025-10-14"), *months([20, 21, 22, 23], "2026-04-14"))
    held = held.sort_values(["date", "known_since"], ignore_index=True)
    found = run(frame(*months([10, 11, 12, 13], "2025-10-14")), held=held)
    assert found.rows.empty
    assert "is held" in found.notes[0]


def test_two_changes_on_one_day_wait():
    held = frame(*months([10, 11, 12, 13], "2026-07-01"))
    found = run(frame(*months([10, 11, 12, 14], None)), held=held)
    assert found.rows.empty
    assert "wait" in found.notes[0]


def test_increments_are_added_once_and_corrected_by_the_difference():
    held = frame(("2026-01-01", "2025-01-17", -5), ("2026-01-01", "2026-02-11", -3))
    same = frame(("2026-01-01", "2025-01-31", -5), ("2026-01-01", "2026-02-28", -3))
    plan = {"combine": "sum", "frequency": "fiscal-year", "publication_lag_days": None}
    held.loc[len(held)] = ["", pd.Timestamp("2030-01-01"), pd.Timestamp("2026-02-11"), 1.0]
    same.loc[len(same)] = ["", pd.Timestamp("2030-01-01"), pd.Timestamp("2026-02-28"), 1.0]
    assert run(same, held=held, **plan).rows.empty
    more = pd.concat([same, frame(("2026-01-01", "2026-06-30", 7))])
    assert rows_of(run(more, held=held, **plan).added) == [("2026-01-01", "2026-06-30", 7.0)]
    other = same.assign(value=[-5, -4, 1])
    found = run(other, held=held, **plan)
    assert rows_of(found.revised) == [("2026-01-01", "2026-07-01", -1.0)]
    grown = pd.concat([held, found.rows]).sort_values(["date", "known_since"], ignore_index=True)
    assert run(other, held=grown, today=pd.Timestamp("2026-07-08"), **plan).rows.empty


PANEL = frame(*[(area, *row) for area in ("AAA", "BBB", "CCC") for row in months([10, 11, 12])])


def test_an_area_no_longer_listed_is_a_note():
    offered = frame(*[(area, *row) for area in ("AAA", "BBB") for row in months([10, 11, 12], None)])
    found = run(offered, held=PANEL, panel=True)
    assert found.notes == ["no longer listed: CCC"]


def test_an_area_cut_short_in_a_table_that_goes_on_is_a_note():
    """Outlooks drop the projections of a single country; the others are not to wait for it."""
    offered = [(area, *row) for area in ("AAA", "BBB") for row in months([10, 11, 12, 13], None)]
    found = run(frame(*offered, *[("CCC", *row) for row in months([10, 11], None)]), held=PANEL, panel=True)
    assert found.notes == ["listed for fewer periods than before: CCC"]
    assert set(found.added["area"]) == {"AAA", "BBB"}
    with pytest.raises(Refused, match="1 of 9 dates held are gone"):
        run(frame(*offered, ("CCC", "2026-01-01", None, 10), ("CCC", "2026-03-01", None, 12)), held=PANEL, panel=True)


def test_a_table_cut_short_is_refused_though_areas_differ():
    offered = [(area, *row) for area in ("AAA", "BBB") for row in months([10, 11], None)]
    with pytest.raises(Refused, match="shortened: ends with"):
        run(frame(*offered, *[("CCC", *row) for row in months([10], None)]), held=PANEL, panel=True)


def test_a_quantity_that_may_be_negative_may_pass_through_nothing():
    """Refunds can eat up what customs took in; a slip of unit upwards is refused as before."""
    offered = frame(*months([10, 11, 12, 13, 0.2], None))
    assert rows_of(run(offered, plausible=(-100, 1e6)).added)[-1][2] == 0.2
    with pytest.raises(Refused, match="unit jump"):
        run(offered, plausible=(0, 1e6))
    with pytest.raises(Refused, match="unit jump"):
        run(frame(*months([10, 11, 12, 13, 13000], None)), plausible=(-100, 1e6))


def test_an_area_not_held_is_left():
    offered = frame(*[(area, *row) for area in ("AAA", "BBB", "CCC", "DDD") for row in months([10, 11, 12], None)])
    assert run(offered, held=PANEL, panel=True).rows.empty


REFUSED = {
    "shortened": (frame(*months([10, 11, 12], None)), {}, "shortened: ends with 2026-03-01, the store has 2026-04-01"),
    "gone": (frame(*(row for row in months([10, 11, 12, 13], None) if row[2] != 12)), {}, "1 of 4 dates held are gone"),
    "twice": (frame(*months([10, 11, 12, 13], None), ("2026-04-01", None, 13)), {}, "stands twice"),
    "future": (frame(*months([10, 11, 12, 13, 14, 15, 16], None)), {}, "lies in the future"),
    "unfinished": (
        frame(*months([10, 11, 12, 13, 14, 15], None)),
        {"today": pd.Timestamp("2026-06-29")},
        "its period is not over",
    ),
    "vintage to come": (frame(*months([10, 11, 12, 13], "2026-08-01")), {}, "lies in the future"),
    "range": (frame(*months([10, 11, 12, 13, 2e6], None)), {}, "lies outside"),
    "unit": (frame(*months([10000, 11000, 12000, 13000], None)), {}, "unit jump: its values are 1000 times"),
    "unit at the end": (frame(*months([10, 11, 12, 13, 14000], None)), {}, "unit jump: 2026-05-01 = 14000"),
    "leap": (frame(*months([10, 11, 12, 19], None)), {}, "would be revised from 13 to 19"),
    "missing": (frame(*months([10, 11, 12, float("nan")], None)), {}, "a value is missing"),
    "half dated": (frame(*months([10, 11, 12], None), *months([13], "2026-06-01", "2026-04-01")), {}, "some have none"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_right_is_refused_in_one_line(name):
    offered, changes, words = REFUSED[name]
    with pytest.raises(Refused) as error:
        run(offered, **changes)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_another_series_in_place_of_one_never_revised_is_refused():
    held = frame(*months([4.1, 4.2, 4.3, 4.2, 4.4, 4.5], start="2025-11-01"))
    offered = frame(*months([3.1, 3.2, 3.3, 3.2, 3.4, 4.5], None, start="2025-11-01"))
    with pytest.raises(Refused, match="never revised"):
        run(offered, held=held, vintage_basis="never-revised", units="percent", since="2025-11-01")


def test_most_areas_gone_is_refused():
    offered = frame(*[("AAA", *row) for row in months([10, 11, 12], None)])
    with pytest.raises(Refused, match="2 of 3 areas are gone, first BBB"):
        run(offered, held=PANEL, panel=True)


def test_a_clock_behind_the_store_is_refused():
    with pytest.raises(Refused, match="after today"):
        run(frame(*months([10, 11, 12, 13], None)), today=pd.Timestamp("2026-05-01"))


values = st.floats(-1e5, 1e5, allow_nan=False).map(lambda value: round(value, 3))
stamps = st.dates(pd.Timestamp("2025-01-01").date(), pd.Timestamp("2026-07-15").date())
dates = st.sampled_from([f"{day:%Y-%m-%d}" for day in pd.date_range("2025-01-01", periods=16, freq="MS")])
held_rows = st.lists(st.tuples(dates, stamps, values), min_size=1, max_size=20, unique_by=lambda row: row[:2])
offered_rows = st.one_of(
    st.lists(st.tuples(dates, st.none(), values), max_size=20, unique_by=lambda row: row[0]),
    st.lists(st.tuples(dates, stamps, values), max_size=30),
)


@settings(max_examples=150, deadline=None)
@given(held_rows, offered_rows, st.sampled_from(["latest-only", "never-revised", "observed-vintages"]))
def test_whatever_a_source_says_what_is_held_stays_and_a_second_look_adds_nothing(held, offered, basis):
    before = frame(*held).sort_values(["date", "known_since"], ignore_index=True)
    keep = before.copy()
    said = frame(*offered)
    today = pd.Timestamp("2026-07-15")
    try:
        found = run(said, held=before, vintage_basis=basis, units="percent", today=today, since="2025-01-01")
    except Refused:
        return
    pd.testing.assert_frame_equal(before, keep)
    grown = pd.concat([before, found.rows]).sort_values(["area", "date", "known_since"], ignore_index=True)
    assert not grown.duplicated(["area", "date", "known_since"]).any()
    # Whoever looked on a day before the newest one held sees what he saw.
    earlier = found.rows["known_since"].min() if len(found.rows) else today
    pd.testing.assert_frame_equal(
        before[before["known_since"] < earlier].reset_index(drop=True),
        grown[grown["known_since"] < earlier].reset_index(drop=True),
    )
    again = run(said, held=grown, vintage_basis=basis, units="percent", today=today, since="2025-01-01", checked=today)
    assert again.rows.empty
