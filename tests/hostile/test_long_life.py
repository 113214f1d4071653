"""Other clocks, a day that comes every four years, and a store that has been refreshed for a long time."""

from __future__ import annotations

import csv
import hashlib
import json
import time
from pathlib import Path

import pandas as pd
import pytest

from gegenprobe.book.judged import Judged
from gegenprobe.book.pages import write_pages
from gegenprobe.calendars import next_date, period_end, release_day
from gegenprobe.catalogue import Entry
from gegenprobe.claims import read_ledger
from gegenprobe.commands import freshness as command
from gegenprobe.days import plain_day
from gegenprobe.errors import InputError
from gegenprobe.findings import judge_claim
from gegenprobe.freshness import State, due_day, judge
from gegenprobe.observations import Store, as_day
from gegenprobe.sources import fred
from gegenprobe.sweep import read_grid
from gegenprobe.upcoming import next_figure
from hostile_book import helpers
from project import ENTRY, claim, daily, definition, monthly, write_project
from replay import Replay, copy_data

ZONES = ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"]
LEAP = pd.Timestamp("2028-02-29")
GROWTH = {"measure": "growth", "of": {"series": "D"}, "start": "-1y", "to": "latest"}


@pytest.fixture
def zone(monkeypatch):
    """Return a function that moves this process to another time zone; afterwards it is back."""

    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def leap_year(tmp_path_factory) -> Path:
    """A store whose newest figures are those of the end of February 2028."""
    series = {
        "D": daily("2024-02-26", [4.0 + place / 1000 for place in range(1047)]),
        "M": monthly("2024-02-01", [5.0 + place / 100 for place in range(48)]),
    }
    entries = {
        "D": {"frequency": "daily", "publication_lag_days": 1, "vintage_basis": "never-revised"},
        "M": {"freshness": {"warn_after": 5, "error_after": 20}, "frozen_because": ""},
    }
    entries["D"] |= {"freshness": {"warn_after": 5, "error_after": 20}, "frozen_because": ""}
    newest = {"measure": "level", "of": {"series": "M"}}
    claims = [
        claim(definitions=[definition(measure=newest), definition(id="year", primary=False, measure=GROWTH)]),
    ]
    return write_project(tmp_path_factory.mktemp("leap"), series, entries, claims={"c": claims})


def digest(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


# --- clocks -------------------------------------------------------------------------------------------------------


def test_the_same_pages_in_every_time_zone(leap_year, zone, tmp_path):
    made = []
    for place, name in enumerate(ZONES):
        zone(name)
        store, ledger = Store(leap_year), read_ledger(leap_year / "claims")
        day = as_day("2025-06-12")
        target = tmp_path / str(place) / "book" / "generated"
        build = {"built": "2028-02-29 23:59 UTC", "commit": "", "as_of": "latest"}
        write_pages(Judged(store, ledger, day), target, build)
        made.append(digest(target))
    assert len(made[0]) > 10
    assert all(each == made[0] for each in made[1:])


def test_today_is_the_same_day_in_every_time_zone(leap_year, zone, monkeypatch, capsys):
    """Between 10 and 12 o'clock UTC three days are going on at once on Earth; a day of the book is one of UTC."""
    monkeypatch.setattr(command, "project_root", lambda: leap_year.parent)
    said = []
    for name in (*ZONES, "Etc/GMT+12", "Etc/GMT-14"):
        zone(name)
        command.run(None, True, False)
        said.append(json.loads(capsys.readouterr().out))
    zone("UTC")
    assert said[0][0]["days_late"] == (pd.Timestamp(time.strftime("%Y-%m-%d")) - pd.Timestamp(said[0][0]["due"])).days
    assert all(each == said[0] for each in said[1:])


@pytest.mark.parametrize("name", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_source_is_asked_for_no_day_that_has_not_begun_there(name, zone):
    zone(name)
    today = pd.Timestamp.now("UTC").tz_localize(None).normalize()
    there = pd.Timestamp.now(fred.HOME).tz_localize(None).normalize()
    assert fred._their_day(today) in (there, pd.Timestamp.now(fred.HOME).tz_localize(None).normalize())
    assert fred._their_day(pd.Timestamp("2025-06-12")) == pd.Timestamp("2025-06-12")


# --- the leap day -------------------------------------------------------------------------------------------------


def entry(**fields) -> Entry:
    return Entry(**{**ENTRY, **fields})


def test_a_leap_day_is_a_day_in_leap_years_only():
    assert plain_day("2028-02-29") == LEAP
    assert as_day("2028-02-29") == LEAP
    for none in ("2027-02-29", "2028-02-30", "2100-02-29"):
        with pytest.raises(InputError, match="not a date"):
            as_day(none)


@pytest.mark.parametrize(
    ("frequency", "newest", "following", "ends", "due"),
    [
        ("daily", "2028-02-28", "2028-02-29", "2028-02-29", "2028-03-01"),
        ("daily", "2028-02-29", "2028-03-01", "2028-03-01", "2028-03-02"),
        ("monthly", "2028-01-01", "2028-02-01", "2028-02-29", "2028-03-01"),
        ("quarterly", "2027-10-01", "2028-01-01", "2028-03-31", "2028-04-03"),
        ("annual", "2027-01-01", "2028-01-01", "2028-12-31", "2029-01-02"),
        ("fiscal-year", "2027-01-01", "2028-01-01", "2028-09-30", "2028-10-02"),
    ],
)
def test_what_follows_a_period_around_the_leap_day(frequency, newest, following, ends, due):
    series = entry(frequency=frequency, publication_lag_days=1)
    date = next_date(pd.Timestamp(newest), series)
    assert f"{date:%Y-%m-%d}" == following
    assert f"{period_end(date, series):%Y-%m-%d}" == ends
    assert f"{release_day(date, series):%Y-%m-%d}" == due
    assert due_day(pd.Timestamp(newest), LEAP, series) == pd.Timestamp(due)


def test_freshness_counts_the_leap_day(leap_year):
    store = Store(leap_year)
    ages = {each.series: each for each in judge(store, LEAP)}
    # The figure of February is due thirty days after its 29 days; that of the day before, on the leap day itself.
    assert f"{ages['M'].due:%Y-%m-%d}" == "2028-03-30"
    assert ages["M"].observation is State.FRESH
    later = {each.series: each for each in judge(store, pd.Timestamp("2028-03-31"))}
    assert (later["M"].late, ages["M"].late) == (1, -30)
    assert (later["D"].late - ages["D"].late) == 31


def test_a_year_before_the_leap_day_is_the_last_of_february(leap_year):
    store = Store(leap_year)
    view = store.as_of(LEAP)
    assert store.newest == LEAP
    assert view.newest("D") == LEAP
    found = judge_claim(read_ledger(leap_year / "claims").claim("a-claim"), "c", view, as_day("2025-06-12"))
    growth = next(each for each in found if each.definition.id == "year")
    values = view.series("D")
    before = values[values.index <= "2027-02-28"].iloc[-1]
    assert growth.measurement.value == pytest.approx(100 * (values.iloc[-1] / before - 1))
    newest = next(each for each in found if each.definition.primary)
    assert f"{next_figure(newest, view).expected:%Y-%m-%d}" == "2028-03-30"


@pytest.mark.parametrize("spec", ["months", "weeks", "quarters", "2027-01-31:2028-02-29:months"])
def test_a_grid_of_days_crosses_the_leap_day(leap_year, spec):
    store = Store(leap_year)
    days = read_grid(spec, store, pd.Timestamp("2027-01-31"))
    assert days == sorted(set(days))
    assert LEAP in days
    assert pd.Timestamp("2027-02-28") in days or spec == "quarters"


# --- weeks and weeks ----------------------------------------------------------------------------------------------

SERIES = [
    "DGS10", "DEXJPUS", "BOPGSTB", "mof.jgb.10y", "treasury.debt.public", "treasury.debt.intragovernmental",
    "treasury.debt.total", "tic.slt1.longterm.japan", "tic.slt1.longterm_net.japan", "cbo.actual.gdp",
]  # fmt: skip


def test_weeks_of_refreshes_lose_nothing_and_end_where_they_would_end_at_once(tmp_path):
    year = helpers("benchmarks/year.py")
    data = copy_data(tmp_path / "weekly", SERIES)
    before = {path.name: path.read_bytes() for path in (data / "observations").iterdir()}
    added = 0
    server = Replay(data, year.FIRST)
    for today, report, _ in year.weeks(data, tmp_path, 3, server=server):
        assert not report.of("failed"), [each.reason for each in report.of("failed")]
        added += sum(each.added for each in report.outcomes)
        for name, content in before.items():
            now = (data / "observations" / name).read_bytes()
            assert set(content.splitlines()) <= set(now.splitlines()), (name, today)
            before[name] = now
        assert all(rows.known_since.max() <= today for name in SERIES for rows in Store(data).rows(name).values())
    assert added >= 3 * 4 * 3  # four series have a figure every business day
    with (data / "provenance.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            assert row["sha256"] == hashlib.sha256(before[f"{row['series']}.csv"]).hexdigest()
    # Who was away for three weeks has the same figures as who came every week.
    away = copy_data(tmp_path / "away", SERIES)
    late = Replay(away, "2026-07-20")
    late.figures = server.figures
    ((_, report, _),) = list(year.weeks(away, tmp_path, 1, first="2026-07-20", server=late))
    assert not report.of("failed")
    for name in SERIES:
        weekly, once = (store.as_of("2026-07-20").series(name) for store in (Store(data), Store(away)))
        pd.testing.assert_series_equal(weekly, once)


def test_the_year_that_was_measured_is_a_whole_one():
    path = Path(__file__).resolve().parents[2] / "benchmarks/results-year.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["weeks"] == 52
    assert found["series that failed"] == {}
    assert found["store"]["after"]["rows"] > found["store"]["before"]["rows"]
