"""Numbers, periods and verdicts as readers see them."""

import pandas as pd
import pytest

from gegenprobe.verdicts import Verdict
from gegenprobe.words import MARKS, WORDS, amount, long_date, number, plain_period


@pytest.mark.parametrize(
    ("value", "digits", "unit", "text"),
    [
        (5.115, 2, "", "5.12"),
        (1234567.891, 1, "", "1\u202f234\u202f567.9"),
        (-0.2, 1, "", "\u22120.2"),
        (-0.04, 1, "", "0.0"),  # no minus before nothing
        (-1234, 0, "", "\u22121\u202f234"),
        (2011, 0, "year", "2011"),
        (999.95, 1, "", "1\u202f000.0"),
        (0, 0, "", "0"),
    ],
)
def test_numbers(value, digits, unit, text):
    assert number(value, digits, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "digits", "text"),
    [
        (4.844, "percent", 3, "4.844\u202f%"),
        (22, "USD billions", 0, "22 billion dollars"),
        (-1.1, "JPY trillions", 1, "\u22121.1 trillion yen"),
        (157.1, "JPY per USD", 2, "157.10 yen per dollar"),
        (3, "USD", 0, "3 dollars"),
        (121.96, "percent of GDP", 1, "122.0\u202f% of GDP"),
        (123.8, "million persons", 1, "123.8 million people"),
        (1, "quarters", 0, "1 quarter"),
        (-1, "days", 0, "\u22121 day"),
        (1, "USD billions", 0, "1 billion dollars"),
        (1, "quarters", 1, "1.0 quarters"),
        (2, "gallons of oil", 0, "2 gallons of oil"),
        (91, "rank", 1, "rank\u202f91"),
        (2.43, "ratio", 2, "2.43 times"),
        (2011, "year", 1, "2011"),
        (1, "documents", 1, "documents say so"),
        (-1, "documents", 1, "documents say otherwise"),
        (0, "documents", 1, "documents do not decide it"),
        (0.5, "documents", 1, "documents say so in substance"),
        (7, "documents", 0, "7"),
    ],
)
def test_amounts(value, unit, digits, text):
    assert amount(value, unit, digits) == text


@pytest.mark.parametrize(
    ("frequency", "text"),
    [
        ("daily", "1 April 2025"),
        ("irregular", "1 April 2025"),
        ("monthly", "April 2025"),
        ("quarterly", "2025 Q2"),
        ("annual", "2025"),
        ("fiscal-year", "fiscal 2025"),
    ],
)
def test_periods(frequency, text):
    assert plain_period(pd.Timestamp("2025-04-01"), frequency) == text


def test_days_do_not_depend_on_the_place():
    assert long_date(pd.Timestamp("2024-02-29")) == "29 February 2024"


def test_every_verdict_has_a_word_in_both_languages_and_a_mark_of_its_own():
    verdicts = [str(each) for each in Verdict]
    assert list(WORDS) == list(MARKS) == verdicts
    assert len(set(MARKS.values())) == len(verdicts)
    assert len({word for pair in WORDS.values() for word in pair}) == 2 * len(verdicts)
