"""Freshness on hand-worked days, holidays included."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from datetime import date as Day
from pathlib import Path

import holidays
import pandas as pd
import pytest

from gegenprobe import calendars
from gegenprobe.calendars import is_business_day, release_day
from gegenprobe.catalogue import read_catalogue
from gegenprobe.cli import main
from gegenprobe.freshness import State, due_day, judge, worst
from gegenprobe.observations import Store
from replay import ROOT, copy_data

CATALOGUE = read_catalogue(ROOT / "data" / "catalogue.yml")
DUE = [
    # 3 July 2026 is the observed Independence Day: Monday's yield, published on Tuesday.
    ("DGS10", "2026-07-02", "2026-07-07"),
    ("DGS10", "2026-06-26", "2026-06-30"),
    # Thanksgiving, 26 November 2026.
    ("DGS10", "2026-11-25", "2026-11-30"),
    # Columbus Day, Monday 12 October 2026.
    ("treasury.debt.total", "2026-10-09", "2026-10-14"),
    # Showa Day, then Golden Week with the substitute holiday of 6 May, then the banks' New Year.
    ("mof.jgb.10y", "2026-04-28", "2026-05-01"),
    ("mof.jgb.10y", "2026-05-01", "2026-05-08"),
    ("mof.jgb.10y", "2025-12-30", "2026-01-06"),
    # H.10: the week after.
    ("DEXJPUS", "2026-06-26", "2026-07-06"),
    ("DEXJPUS", "2026-06-25", "2026-06-29"),
    # The survey speaks of the end of June: 30 June 2025 + 304 days.
    ("tic.shl.longterm.japan", "2024-06-01", "2026-04-30"),
    # 31 May + 35 days is Sunday 5 July.
    ("BOPGSTB", "2026-04-01", "2026-07-06"),
    # 30 June + 12 days is Sunday 12 July.
    ("MTSDS133FMS", "2026-05-01", "2026-07-13"),
    # 30 June + 20 days is Marine Day.
    ("mof.exports.total.monthly", "2026-05-01", "2026-07-21"),
    ("estat.cpi.all.index", "2026-05-01", "2026-07-27"),
    ("GDP", "2026-01-01", "2026-07-30"),
    ("mof.exports.total.quarterly", "2026-01-01", "2026-07-21"),
    # Fiscal year 2026 ends on 30 September 2026.
    ("FYFSD", "2025-01-01", "2027-01-07"),
    # New Year's Day 2027 is a Friday.
    ("AEXJPUS", "2025-01-01", "2027-01-04"),
    ("treasury.auction.20y.offering", "2026-06-16", "2026-06-16"),
]


@pytest.mark.parametrize(("series", "newest", "due"), DUE)
def test_the_next_figure_is_due(series, newest, due):
    entry = CATALOGUE[series]
    assert due_day(pd.Timestamp(newest), pd.Timestamp("2000-01-01"), entry) == pd.Timestamp(due)


@pytest.mark.parametrize("series", ["DEXJPUS", "EXJPUS", "AEXJPUS", "mof.jgb.10y", "tic.shl.longterm.japan"])
def test_figures_held_were_dated_by_the_same_rule(series):
    """A refresh that dated new days by another rule than the old ones would make a seam nobody sees."""
    rows = pd.read_csv(ROOT / "data" / "observations" / f"{series}.csv", parse_dates=["date", "known_since"])
    rows = rows[(rows["date"] >= "2012") & (rows["known_since"] <= "2026-06-30")]
    by_rule = [release_day(date, CATALOGUE[series]) for date in rows["date"]]
    assert rows["known_since"].tolist() == by_rule


@pytest.mark.parametrize("series", ["cbo.baseline.deficit", "imf.weo.gross_debt"])
def test_editions_without_a_rule_age_from_the_last_one(series):
    known = pd.Timestamp("2026-04-14")
    assert due_day(pd.Timestamp("2036-01-01"), known, CATALOGUE[series]) == known


SERIES = [
    "DGS10", "BOPGSTB", "mof.jgb.10y", "cbo.baseline.deficit", "treasury.auction.20y.offering", "boj.policy_rate",
    "bis.reer.japan",
]  # fmt: skip


@pytest.fixture
def data(tmp_path, monkeypatch):
    found = copy_data(tmp_path, SERIES)
    with (found / "provenance.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["taken"] = "2026-06-30"
    with (found / "provenance.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setenv("GEGENPROBE_ROOT", str(tmp_path))
    return found


def look(data, day: str, series: str = "") -> None:
    names = [series] if series else SERIES
    (data / "checked.csv").write_text("series,checked\n" + "".join(f"{name},{day}\n" for name in sorted(names)))


def ages(data, today: str):
    return {age.series: age for age in judge(Store(data), pd.Timestamp(today))}


COLOURS = [
    # DGS10 ends with Monday 29 June 2026: Tuesday's yield was due on Wednesday 1 July; 7 and 21 days.
    ("DGS10", "2026-07-08", State.FRESH),
    ("DGS10", "2026-07-09", State.WARNING),
    ("DGS10", "2026-07-22", State.WARNING),
    ("DGS10", "2026-07-23", State.ERROR),
    # BOPGSTB ends with April 2026: May was due on Monday 6 July; 14 and 45 days.
    ("BOPGSTB", "2026-07-20", State.FRESH),
    ("BOPGSTB", "2026-07-21", State.WARNING),
    ("BOPGSTB", "2026-08-20", State.WARNING),
    ("BOPGSTB", "2026-08-21", State.ERROR),
    # The last baseline is of 11 February 2026; 240 and 400 days.
    ("cbo.baseline.deficit", "2026-10-09", State.FRESH),
    ("cbo.baseline.deficit", "2026-10-10", State.WARNING),
    ("cbo.baseline.deficit", "2027-03-18", State.WARNING),
    ("cbo.baseline.deficit", "2027-03-19", State.ERROR),
    # The last auction is of 16 June 2026; 45 and 90 days.
    ("treasury.auction.20y.offering", "2026-07-31", State.FRESH),
    ("treasury.auction.20y.offering", "2026-08-01", State.WARNING),
    ("treasury.auction.20y.offering", "2026-09-15", State.ERROR),
    ("bis.reer.japan", "2030-01-01", State.FROZEN),
]


@pytest.mark.parametrize(("series", "today", "state"), COLOURS)
def test_the_newest_observation_has_its_colour(data, series, today, state):
    look(data, today)
    age = ages(data, today)[series]
    assert age.observation is state
    assert age.check is (State.FROZEN if state is State.FROZEN else State.FRESH)
    assert age.state is state


def test_that_the_source_stopped_is_not_that_we_stopped_looking(data):
    look(data, "2026-08-20")
    stopped = ages(data, "2026-08-21")["BOPGSTB"]
    assert (stopped.observation, stopped.check, stopped.why) == (State.ERROR, State.FRESH, "the source stopped")
    look(data, "2026-06-30")
    unseen = ages(data, "2026-07-06")["BOPGSTB"]
    assert (unseen.observation, unseen.check) == (State.FRESH, State.FRESH)
    unseen = ages(data, "2026-07-11")["BOPGSTB"]
    assert (unseen.observation, unseen.check, unseen.why) == (State.FRESH, State.WARNING, "nobody looked")
    assert ages(data, "2026-07-31")["treasury.auction.20y.offering"].check is State.ERROR
    both = ages(data, "2026-08-21")["BOPGSTB"]
    assert both.why == "nobody looked, and nothing came"


def test_a_series_kept_by_hand_is_not_blamed_for_no_check(data):
    look(data, "2026-06-30")
    age = ages(data, "2026-07-31")["boj.policy_rate"]
    assert (age.observation, age.check, age.looked) == (State.FRESH, State.FRESH, None)


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main(["freshness", *arguments])
    found = capsys.readouterr()
    return end.value.code, found.out, found.err


@pytest.mark.parametrize(("today", "code"), [("2026-07-08", 0), ("2026-07-09", 1), ("2026-07-23", 2)])
def test_the_exit_status_is_the_worst_of_all(data, capsys, today, code):
    look(data, today)
    assert call(capsys, "--today", today, "--json")[0] == code
    assert worst(list(ages(data, today).values())) == code


def test_the_list_has_the_worst_first_and_frozen_ones_last(data, capsys):
    look(data, "2026-08-01")
    _, out, _ = call(capsys, "--today", "2026-08-01", "--json")
    records = json.loads(out)
    order = [record["state"] for record in records]
    assert order == sorted(order, key=["error", "warning", "fresh", "frozen"].index)
    assert {record["series"] for record in records} == set(SERIES)
    assert records[-1]["series"] == "bis.reer.japan"
    assert records[-1]["why"]
    # Of two errors the one further beyond its limit comes first: both yields are late, the American one by more.
    assert records[0]["series"] in ("DGS10", "mof.jgb.10y")
    assert records[0]["due"] == "2026-07-01"
    assert records[0]["days_late"] == 31


def test_the_table_names_every_series(data, capsys):
    look(data, "2026-07-09")
    code, out, _ = call(capsys, "--today", "2026-07-09")
    assert code == 1
    assert "Freshness on 2026-07-09" in out
    assert all(series in out for series in SERIES)
    assert "warning 2" in out


@pytest.mark.parametrize(
    ("arguments", "content", "words"),
    [
        (["--today", "9 July"], None, "is not a date"),
        (["--today", "2026-07-09"], "series,seen\n", "the first line must be series,checked"),
        (["--today", "2026-07-09"], "series,checked\nDGS10,soon\n", "line 2"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(data, capsys, arguments, content, words):
    if content:
        (data / "checked.csv").write_text(content)
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_the_whole_book_can_be_judged():
    found = judge(Store(ROOT / "data"), pd.Timestamp("2026-07-01"))
    assert len(found) == len(CATALOGUE.series)


def test_federal_holidays_are_those_of_the_list_of_all_countries():
    """Two sources of one calendar: the rules Pandas has, and the days that `holidays` lists."""
    listed = holidays.country_holidays("US")
    days = [day for day in pd.date_range("1976-01-01", "2049-12-31") if day.weekday() < 5]
    assert [day for day in days if is_business_day(day, "US") == (day.date() in listed)] == []


@pytest.fixture
def environment(tmp_path, monkeypatch) -> Iterator[Path]:
    """An environment that keeps nothing yet."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    calendars.days_of_japan.cache_clear()
    calendars.closed_days.cache_clear()
    yield tmp_path
    calendars.days_of_japan.cache_clear()
    calendars.closed_days.cache_clear()


@pytest.mark.parametrize("state", ["first", "kept", "damaged", "another thing", "too little", "closed"])
def test_japans_days_are_those_of_the_list_however_they_are_kept(environment, monkeypatch, state):
    folder = environment / "share/gegenprobe"
    if state not in ("first", "closed"):
        is_business_day(pd.Timestamp("2026-01-05"), "JP")
        (path,) = folder.iterdir()
        whole = path.read_text(encoding="utf-8")
        kept = {"kept": whole, "damaged": whole[:500], "another thing": "[1]", "too little": '{"2026": []}'}
        path.write_text(kept[state], encoding="utf-8")
        calendars.days_of_japan.cache_clear()
        calendars.closed_days.cache_clear()
    if state == "kept":
        monkeypatch.setattr(calendars, "look_up", lambda *_: pytest.fail("what is kept was not used"))
    if state == "closed":
        monkeypatch.setattr(sys, "prefix", str(environment / "gone"))
    listed = holidays.financial_holidays("XJPX")
    days = [day for day in pd.date_range("2018-01-01", "2032-12-31") if day.weekday() < 5]
    assert [day for day in days if is_business_day(day, "JP") == (day.date() in listed)] == []
    assert folder.exists() == (state != "closed")


def test_a_year_beyond_the_list_islook_up(environment):
    listed = holidays.financial_holidays("XJPX")
    assert is_business_day(pd.Timestamp("1948-01-02"), "JP") == (Day(1948, 1, 2) not in listed)
    assert not list(environment.rglob("*.json"))
