"""Measures of one series against cases worked by hand."""

import pandas as pd
import pytest

from gegenprobe.errors import NoData
from project import daily, monthly

S = {"series": "S"}
YEAR = monthly("2024-01-01", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
TWO = monthly("2023-01-01", range(1, 25))
# Monday 2 June 2025 to Friday 20 June 2025; the 12th is a Thursday
DAYS = daily("2025-06-02", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])


@pytest.mark.parametrize(
    ("at", "value", "date"),
    [
        ("latest", 12, "2024-12-01"),
        ("first", 1, "2024-01-01"),
        ("2024-03", 3, "2024-03-01"),
        ("2024-03-01", 3, "2024-03-01"),
        ("-1m", 11, "2024-11-01"),
        ("-11m", 1, "2024-01-01"),
        ("-3q", 3, "2024-03-01"),
    ],
)
def test_level(measure, at, value, date):
    found = measure({"measure": "level", "of": S, "at": at}, series={"S": YEAR})
    assert (found.value, found.date, found.n) == (value, pd.Timestamp(date), 1)


@pytest.mark.parametrize("at", ["2023-12", "2024-03-15", "-12m", "2025-01"])
def test_level_where_there_is_none(measure, at):
    with pytest.raises(NoData):
        measure({"measure": "level", "of": S, "at": at}, series={"S": YEAR})


@pytest.mark.parametrize("at", ["2024", "2024Q1", "this-year", "last-year"])
def test_a_period_longer_than_the_figures_is_ambiguous(measure, at):
    with pytest.raises(NoData, match="spans several observations"):
        measure({"measure": "level", "of": S, "at": at}, series={"S": TWO})


def test_a_month_of_daily_figures_is_ambiguous(measure):
    with pytest.raises(NoData, match="2025-06 spans several observations"):
        measure({"measure": "level", "of": S, "at": "2025-06"}, series={"S": DAYS})


def test_figures_of_a_year_or_a_quarter(measure):
    years = [("2023-01-01", "2024-01-01", 1), ("2024-01-01", "2025-01-01", 2), ("2025-01-01", "2026-01-01", 3)]
    assert measure({"measure": "level", "of": S, "at": "2024"}, series={"S": years}).value == 2
    quarters = [("2024-10-01", "2025-01-01", 1), ("2025-01-01", "2025-04-01", 2), ("2025-04-01", "2025-07-01", 3)]
    assert measure({"measure": "level", "of": S, "at": "2025Q1"}, series={"S": quarters}).value == 2


def test_this_year_and_last_year_are_those_of_the_day_of_knowledge(measure):
    years = [(f"{year}-01-01", f"{year}-02-01", year) for year in (2022, 2023, 2024, 2025)]
    level = {"measure": "level", "of": S, "at": "last-year"}
    series = {"S": [(date, known, value % 1000) for date, known, value in years]}
    assert measure(level, as_of="2024-06-01", series=series).value == 23
    assert measure(level, as_of="2025-02-01", series=series).value == 24


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ("2025-06-12", 9),
        ("video-day", 9),
        ("2025-06-14", 10),  # Saturday: Friday's
        ("2025-06-15", 10),  # Sunday
        ("2025-06-20", 15),
    ],
)
def test_a_day_without_trading_has_the_last_figure(measure, at, value):
    assert measure({"measure": "level", "of": S, "at": at}, series={"S": DAYS}).value == value


def test_the_last_figure_is_at_most_seven_days_old(measure):
    rows = [*DAYS[:5], *daily("2025-06-14", [100] * 20, freq="D")]  # nothing from 7 to 13 June
    assert measure({"measure": "level", "of": S, "at": "2025-06-13"}, series={"S": rows}).value == 5
    rows = [*DAYS[:5], *daily("2025-06-15", [100] * 20, freq="D")]
    with pytest.raises(NoData, match="no observation for 2025-06-14"):
        measure({"measure": "level", "of": S, "at": "2025-06-14"}, series={"S": rows})


def test_a_day_to_come_is_not_read_from_the_day_before_it(measure):
    level = {"measure": "level", "of": S, "at": "2025-06-12"}
    with pytest.raises(NoData, match="no observation for 2025-06-12 could be known on 2025-06-11"):
        measure(level, as_of="2025-06-11", series={"S": DAYS})


def test_leap_day(measure):
    rows = daily("2023-02-20", range(1, 400), freq="D")
    series = {"S": rows}
    change = {"measure": "change", "of": S, "start": "-1y", "to": "2024-02-29"}
    found = measure(change, series=series)
    assert found.value == 366  # to 28 February 2023
    assert found.window == (pd.Timestamp("2023-02-28"), pd.Timestamp("2024-02-29"))


def test_change_and_growth(measure):
    change = {"measure": "change", "of": S, "start": "-1y", "to": "latest"}
    assert measure(change, series={"S": TWO}).value == 12
    found = measure({**change, "measure": "growth"}, series={"S": TWO})
    assert found.value == pytest.approx(100)
    assert (found.n, found.date) == (2, pd.Timestamp("2024-12-01"))
    assert found.note == "from 12 in 2023-12-01 to 24 in 2024-12-01"


@pytest.mark.parametrize(
    ("before", "after", "growth"), [(-100, -120, 20), (-100, -80, -20), (100, -20, -120), (-100, 0, -100)]
)
def test_growth_of_negative_figures_is_that_of_their_size(measure, before, after, growth):
    rows = monthly("2024-01-01", [before, after])
    found = measure({"measure": "growth", "of": S, "start": "first", "to": "latest"}, series={"S": rows})
    assert found.value == pytest.approx(growth)


@pytest.mark.parametrize(("before", "after"), [(0, 5), (0, 0), (-5, 5)])
def test_no_growth_from_nothing_nor_across_zero(measure, before, after):
    rows = monthly("2024-01-01", [before, after])
    with pytest.raises(NoData, match="no growth from"):
        measure({"measure": "growth", "of": S, "start": "first"}, series={"S": rows})


def test_change_needs_two_dates_in_order(measure):
    with pytest.raises(NoData, match="does not lie before"):
        measure({"measure": "change", "of": S, "start": "2024-05", "to": "2024-05"}, series={"S": YEAR})
    with pytest.raises(NoData, match="does not lie before"):
        measure({"measure": "change", "of": S, "start": "2024-06", "to": "2024-05"}, series={"S": YEAR})


@pytest.mark.parametrize(
    ("how", "value", "n"),
    [("mean", 3, 3), ("median", 3, 3), ("sum", 9, 3), ("maximum", 4, 3), ("minimum", 2, 3), ("count", 3, 3)],
)
def test_summaries(measure, how, value, n):
    found = measure({"measure": how, "of": S, "start": "2024-02", "to": "2024-04"}, series={"S": YEAR})
    assert (found.value, found.n) == (value, n)
    assert found.window == (pd.Timestamp("2024-02-01"), pd.Timestamp("2024-04-01"))


def test_a_span_ends_with_the_end_of_its_last_period(measure):
    count = {"measure": "count", "of": S}
    assert measure({**count, "start": "2024", "to": "2024"}, series={"S": TWO}).value == 12
    assert measure({**count, "start": "2024Q1", "to": "2024Q2"}, series={"S": TWO}).value == 6
    assert measure({**count, "start": "2024-02", "to": "2024-02"}, series={"S": TWO}).value == 1
    assert measure({**count, "start": "2025-06", "to": "2025-06"}, series={"S": DAYS}).value == 15


def test_a_span_of_a_year_holds_twelve_months(measure):
    assert measure({"measure": "count", "of": S, "start": "-1y"}, series={"S": TWO}).value == 12
    assert measure({"measure": "sum", "of": S, "start": "-1q"}, series={"S": TWO}).value == 22 + 23 + 24


def test_a_span_ends_where_the_steps_back_say(measure):
    found = measure({"measure": "maximum", "of": S, "to": "-6m"}, as_of="2024-12-31", series={"S": YEAR})
    assert found.value == 6  # as known on 31 December, figures up to 30 June


def test_an_empty_span_says_so(measure):
    with pytest.raises(NoData, match=r"S: nothing known on .* between 2030-01-01 and 2030-12-31"):
        measure({"measure": "mean", "of": S, "start": "2030", "to": "2030"}, series={"S": YEAR})


def test_the_first_of_equal_extremes_is_named(measure):
    found = measure({"measure": "maximum", "of": S}, series={"S": monthly("2024-01-01", [1, 7, 7, 2])})
    assert (found.value, found.date, found.note) == (7, pd.Timestamp("2024-02-01"), "on 2024-02-01")


@pytest.mark.parametrize(("is_", "count"), [("above", 2), ("at-least", 3), ("below", 2), ("at-most", 3)])
def test_count_where(measure, is_, count):
    rows = {"S": monthly("2024-01-01", [1, 2, 3, 4, 5])}
    found = measure({"measure": "count-where", "of": S, "is": is_, "level": 3}, series=rows)
    assert (found.value, found.note) == (count, f"{count} of 5")
    share = measure({"measure": "share-where", "of": S, "is": is_, "level": 3}, series=rows)
    assert share.value == pytest.approx(20 * count)


@pytest.mark.parametrize(
    ("order", "at", "rank"),
    [("highest", "latest", 2), ("lowest", "latest", 2), ("highest", "2024-02", 1), ("highest", "2024-03", 2)],
)
def test_ties_share_the_best_place(measure, order, at, rank):
    rows = {"S": monthly("2024-01-01", [3, 9, 5, 5])}
    found = measure({"measure": "rank", "of": S, "at": at, "order": order}, series=rows)
    assert found.value == rank
    assert found.note == f"of {4 if at == 'latest' else int(at[-1])}"


def test_a_rank_looks_as_far_as_it_is_told(measure):
    rows = {"S": monthly("2024-01-01", [9, 1, 2, 3, 8])}
    assert measure({"measure": "rank", "of": S, "at": "2024-04", "start": "-3m"}, series=rows).value == 1
    assert measure({"measure": "rank", "of": S, "at": "2024-04"}, series=rows).value == 2
    assert measure({"measure": "rank", "of": S, "at": "2024-04", "to": "latest"}, series=rows).value == 3


def test_percentile_is_the_share_at_or_below(measure):
    rows = {"S": monthly("2024-01-01", [1, 2, 3, 3])}
    assert measure({"measure": "percentile", "of": S}, series=rows).value == 100
    assert measure({"measure": "percentile", "of": S, "at": "2024-02", "to": "latest"}, series=rows).value == 50


def test_last_time_so_high(measure):
    rows = [("2000-01-03", "2000-01-03", 6), ("2010-01-04", "2010-01-04", 5), ("2025-06-12", "2025-06-12", 5)]
    last = {"measure": "last-at-least", "of": S, "before": "2025-06-12"}
    assert measure(last, series={"S": rows}).value == 2010
    assert measure({**last, "level": 5.5}, series={"S": rows}).value == 2000
    assert measure({**last, "give": "days"}, series={"S": rows}).value == 5638
    assert measure({**last, "measure": "last-at-most", "level": 5}, series={"S": rows}).value == 2010
    never = measure({**last, "level": 6.01}, series={"S": rows})
    assert (never.value, never.note) == (1999, "never since the record began in 2000")
    with pytest.raises(NoData, match="nothing before 2000-01-03"):
        measure({**last, "before": "first"}, series={"S": rows})


def test_first_crossing(measure):
    rows = {"S": monthly("2024-01-01", [1, 4, 3, 5, 0])}
    up = {"measure": "first-crossing", "of": S, "level": 4}
    assert measure(up, series=rows).value == 2024
    assert measure(up, series=rows).note == "on 2024-02-01 (4)"
    assert measure({**up, "give": "days"}, series=rows).value == 31
    down = {**up, "direction": "down", "level": 0}
    assert measure(down, series=rows).date == pd.Timestamp("2024-05-01")
    with pytest.raises(NoData, match="S: 6 was not reached by 2024-05-01"):
        measure({**up, "level": 6}, series=rows)


@pytest.mark.parametrize(
    ("values", "run"), [([1, -1, -2, -3], 3), ([-1, -1, 5], 0), ([-1, 0, -1], 1), ([-1, -1, -1], 3), ([0], 0)]
)
def test_run_up_to_the_newest(measure, values, run):
    rows = {"S": monthly("2024-01-01", values)}
    assert measure({"measure": "run-below", "of": S}, series=rows).value == run
    turned = {"S": monthly("2024-01-01", [-value for value in values])}
    assert measure({"measure": "run-above", "of": S}, series=turned).value == run


def test_run_up_to_an_earlier_date(measure):
    rows = {"S": monthly("2024-01-01", [1, -1, -2, 3])}
    assert measure({"measure": "run-below", "of": S, "at": "2024-03"}, series=rows).value == 2


@pytest.mark.parametrize(("values", "longest"), [([-1, -1, 2, -1, -1, -1, 3], 3), ([1, 2], 0), ([-1], 1)])
def test_longest_run(measure, values, longest):
    rows = {"S": monthly("2024-01-01", values)}
    assert measure({"measure": "longest-run-below", "of": S}, series=rows).value == longest


def test_an_overflow_is_no_number(measure):
    rows = {"S": monthly("2024-01-01", [900])}
    with pytest.raises(NoData, match="no finite number"):
        measure({"measure": "level", "of": {"series": "S", "times": 1e307}}, series=rows)


def test_what_a_measure_rests_on(measure):
    found = measure({"measure": "mean", "of": S, "start": "2024-02", "to": "2024-04"}, series={"S": YEAR})
    (rest,) = found.rests
    assert (rest.series, rest.area, rest.n) == ("S", "", 3)
    assert (rest.first, rest.last) == (pd.Timestamp("2024-02-01"), pd.Timestamp("2024-04-01"))
    assert rest.known_since == pd.Timestamp("2024-05-01")
