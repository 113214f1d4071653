"""A second pair of eyes: decisive numbers worked out anew, straight from the csv files, without the package.

The first test compares them with what the command prints. The second draws observations at random and looks them up in
the figures this book was made from, where these lie beside the checkout.
"""

import csv
import datetime as dt
import json
import random
import subprocess
import sys
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
OBSERVATIONS = ROOT / "data" / "observations"
FIGURES = ROOT.parent / "shared" / "figures"
VIDEO = "2025-06-12"
BILLION, TRILLION = 1e9, 1e12
NINE = ["AUS", "CAN", "CHL", "GBR", "MEX", "MYS", "NZL", "SGP", "VNM"]
PARTNERS = [
    *["AUS", "CAN", "CHL", "CHN", "DEU", "GBR", "HKG", "IDN", "IND"],
    *["KOR", "MEX", "MYS", "NZL", "PHL", "SGP", "THA", "TWN", "VNM"],
]


@cache
def rows(series: str) -> pd.DataFrame:
    return pd.read_csv(OBSERVATIONS / f"{series}.csv", parse_dates=["date", "known_since"])


@cache
def fact(name: str) -> dict[str, str]:
    with (ROOT / "data" / "facts.csv").open(encoding="utf-8", newline="") as stream:
        return next(row for row in csv.DictReader(stream) if row["fact_id"] == name)


@cache
def advanced() -> list[str]:
    with (ROOT / "data" / "areas.csv").open(encoding="utf-8", newline="") as stream:
        return [row["iso3"] for row in csv.DictReader(stream) if row["advanced_economy"] == "1"]


@cache
def countries() -> set[str]:
    with (ROOT / "data" / "areas.csv").open(encoding="utf-8", newline="") as stream:
        return {row["iso3"] for row in csv.DictReader(stream) if row["kind"] == "country"}


class Known:
    """What was known on a day, as plain pandas reads it."""

    def __init__(self, day: str):
        self.day = pd.Timestamp(day)

    def __call__(self, series: str, area: str | None = None) -> pd.Series:
        table = rows(series)
        table = table[table["known_since"] <= self.day]
        if area:
            table = table[table["area"] == area]
        table = table.sort_values(["date", "known_since"], kind="stable")
        return table.groupby("date")["value"].last()

    def prints(self, series: str, date: str, area: str | None = None) -> pd.Series:
        table = rows(series)
        table = table[(table["known_since"] <= self.day) & (table["date"] == date)]
        if area:
            table = table[table["area"] == area]
        return table.sort_values("known_since")["value"]

    def number(self, name: str) -> float:
        assert fact(name)["known_since"] <= str(self.day.date())
        return float(fact(name)["value"])


def upto(values: pd.Series, day: str) -> float:
    """The value of a day, or of the last trading day before it."""
    return values[values.index <= day].iloc[-1]


def growth(after: float, before: float) -> float:
    return 100 * (after - before) / before


def quarter_share(k: Known, series: str, area: str, year: int) -> float:
    return 100 * k(series, area)[f"{year}-01-01"] / k(series, "WLD")[f"{year}-01-01"]


def four_quarters(k: Known, area: str, last: str) -> float:
    values = k("mof.exports.total.quarterly", area)
    wanted = pd.date_range(end=last, periods=4, freq="QS")
    return values[wanted].sum()


def place(mine: float, others: list[float], lowest: bool = False) -> int:
    return 1 + sum(other < mine if lowest else other > mine for other in others)


def among_advanced(k: Known, series: str, area: str, year: int, lowest: bool = False) -> int:
    table = {code: k(series, code) for code in advanced()}
    date = f"{year}-01-01"
    values = {code: each[date] for code, each in table.items() if date in each.index}
    return place(values.pop(area), list(values.values()), lowest)


def auctions(k: Known, what: str, years: int) -> pd.Series:
    values = k(f"treasury.auction.30y.{what}")
    start = pd.Timestamp(VIDEO) - pd.DateOffset(years=years)
    return values[(values.index > start) & (values.index <= VIDEO)]


def year_to_april(k: Known, year: int) -> float:
    values = k("BOPGSTB")
    return values[(values.index >= f"{year}-01-01") & (values.index <= f"{year}-04-01")].sum()


def twelve_months_to_april(k: Known, year: int) -> float:
    values = k("BOPGSTB")
    return values[(values.index > f"{year - 1}-04-01") & (values.index <= f"{year}-04-01")].sum()


def trade_of(k: Known, year: int) -> float | None:
    values = k("BOPGSTB")
    months = values[values.index.year == year]
    return months.sum() if len(months) == 12 else None


def yen_a_year_ago(k: Known) -> float:
    values = k("DEXJPUS")
    return growth(values.iloc[-1], upto(values, str((values.index[-1] - pd.DateOffset(years=1)).date())))


def inflation(k: Known, month: str) -> float | None:
    values = k("estat.cpi.core.index")
    before = str((pd.Timestamp(month) - pd.DateOffset(years=1)).date())
    return growth(values[month], values[before]) if month in values.index else None


def last_so_high(values: pd.Series, day: str, bar: float) -> int:
    earlier = values[values.index < day]
    return earlier[earlier >= bar].index[-1].year


def exports_change(k: Known, area: str, series: str = "mof.exports.total.quarterly") -> float:
    values = k(series, area)
    return values["2025-01-01"] - values["2024-01-01"]


def vehicles_against_best(k: Known) -> float:
    two = sum(exports_change(k, area, "mof.exports.motor_vehicles.quarterly") for area in ("CAN", "MEX"))
    return two - max(exports_change(k, area) for area in NINE if area not in ("CAN", "MEX"))


def newest_quarter(k: Known) -> str:
    return str(k("mof.exports.total.quarterly", "WLD").index[-1].date())


def japan_share(k: Known) -> pd.Series:
    debt = k("treasury.debt.public")
    ends = debt.groupby(debt.index.to_period("M").to_timestamp()).last()
    return (k("tic.mfh.holdings", "JPN") / ends).dropna()


def first_quarter_deficit(k: Known, year: int) -> float:
    months = k("BOPGSTB")[f"{year}-01-01" : f"{year}-03-01"]
    return -100 * 4 * months.sum() / 1000 / k("GDP")[f"{year}-01-01"]


def among_countries(k: Known, series: str, area: str, date: str) -> int:
    table = rows(series)
    codes = [code for code in table["area"].unique() if code in countries()]
    values = {code: k(series, code).get(pd.Timestamp(date)) for code in codes}
    mine = values.pop(area)
    return place(mine, [value for value in values.values() if value is not None])


def usual_reopening(k: Known) -> float:
    reopened = k("treasury.auction.30y.reopening")
    sizes = k("treasury.auction.30y.offering")[reopened[reopened == 1].index]
    return sizes["2024-06-13":"2025-06-11"].median() / BILLION


def newest_import_prices(k: Known) -> float:
    """Of the facts on import prices in yen those with a change on the year, the newest month."""
    with (ROOT / "data" / "facts.csv").open(encoding="utf-8", newline="") as stream:
        told = [row for row in csv.DictReader(stream) if row["topic"] == "japan-import-prices"]
    told = [row for row in told if row["units"] == "percent" and row["known_since"] <= str(k.day.date())]
    return float(max(told, key=lambda row: row["event_date"])["value"])


def real_growth(k: Known) -> pd.Series:
    return k("jp.gdp.real").pct_change() * 100


NUMBERS = {
    ("yield-5-12", "auction-high-yield"): lambda k: k("treasury.auction.30y.high_yield")[VIDEO],
    ("auction-22bn-failed", "bids-short-of-offer"): lambda k: k("treasury.auction.30y.bid_to_cover")[VIDEO],
    ("auction-22bn-failed", "cover-below-usual"): lambda k: (
        k("treasury.auction.30y.bid_to_cover")[VIDEO]
        - k("treasury.auction.30y.bid_to_cover").loc["2024-08-01":"2025-05-31"].mean()
    ),
    ("auction-size-22bn", "offering"): lambda k: k("treasury.auction.30y.offering")[VIDEO] / BILLION,
    ("financing-gap-22bn", "offer-less-bids"): lambda k: (
        k("treasury.auction.30y.offering")[VIDEO] / BILLION * (1 - k("treasury.auction.30y.bid_to_cover")[VIDEO])
    ),
    ("auction-among-worst-10y", "cover"): lambda k: place(
        k("treasury.auction.30y.bid_to_cover")[VIDEO], list(auctions(k, "bid_to_cover", 10)), lowest=True
    ),
    ("yield-highest-since-2011", "auctions"): lambda k: last_so_high(
        k("treasury.auction.30y.high_yield"), VIDEO, k("treasury.auction.30y.high_yield")[VIDEO]
    ),
    ("breakeven-10y-3-1", "ten-years"): lambda k: upto(k("T10YIE"), VIDEO),
    ("breakeven-above-fed-target", "ten-years"): lambda k: k("T10YIE").iloc[-1],
    ("market-lost-faith-inflation", "forward-level"): lambda k: k("T5YIFR").iloc[-1],
    ("foreign-buyers-withdraw", "holdings-year"): lambda k: (
        k("tic.mfh.holdings", "WLD").iloc[-1]
        - k("tic.mfh.holdings", "WLD")[k("tic.mfh.holdings", "WLD").index[-1] - pd.DateOffset(years=1)]
    ),
    ("us-debt-over-34tn", "total-debt-video-day"): lambda k: upto(k("treasury.debt.total"), VIDEO) / TRILLION,
    ("us-debt-over-34tn", "total-debt-newest"): lambda k: k("treasury.debt.total").iloc[-1] / TRILLION,
    ("us-debt-over-34tn", "held-by-public"): lambda k: upto(k("treasury.debt.public"), VIDEO) / TRILLION,
    ("us-debt-exploded", "dollars-five-years"): lambda k: growth(
        upto(k("treasury.debt.total"), VIDEO), upto(k("treasury.debt.total"), five_years_before(k))
    ),
    ("us-trade-deficit-worsened", "year-to-date-april-2025"): lambda k: growth(
        year_to_april(k, 2025), year_to_april(k, 2024)
    ),
    ("us-trade-deficit-worsened", "twelve-months-april-2025"): lambda k: growth(
        twelve_months_to_april(k, 2025), twelve_months_to_april(k, 2024)
    ),
    ("us-trade-deficit-worsened", "calendar-2024"): lambda k: growth(trade_of(k, 2024), trade_of(k, 2023)),
    ("us-trade-deficit-worsened", "calendar-2025"): lambda k: (
        growth(trade_of(k, 2025), trade_of(k, 2024)) if trade_of(k, 2025) else None
    ),
    ("us-highest-deficit-developed", "advanced-share-2025"): lambda k: among_advanced(
        k, "imf.weo.net_lending", "USA", 2025, lowest=True
    ),
    ("us-highest-deficit-developed", "advanced-share-2023"): lambda k: among_advanced(
        k, "imf.weo.net_lending", "USA", 2023, lowest=True
    ),
    ("treasury-must-sell-trillions", "ten-year-deficits"): lambda k: (
        -k("cbo.baseline.deficit").loc["2026-01-01":"2035-01-01"].sum() / 1000
    ),
    ("treasury-must-sell-trillions", "deficit-2025"): lambda k: -k("cbo.baseline.deficit")["2025-01-01"] / 1000,
    ("japan-gdp-shrinking", "annualised"): lambda k: k("jp.gdp.q1_2025_growth.annualised")["2025-01-01"],
    ("japan-gdp-shrinking", "first-print"): lambda k: (
        k.prints("jp.gdp.q1_2025_growth.annualised", "2025-01-01").iloc[0]
    ),
    ("japan-gdp-plunging", "one-percent"): lambda k: k("jp.gdp.q1_2025_growth.qoq")["2025-01-01"],
    ("japan-gdp-plunging", "share-of-worse-quarters"): lambda k: (
        100 * (real_growth(k)[:"2024-10-01"].dropna() < -0.2).mean()
    ),
    ("debt-per-citizen-2-5-times", "debt-to-gdp"): lambda k: (
        k("imf.weo.gross_debt", "JPN")[f"{k.day.year - 1}-01-01"] / 100
    ),
    ("japan-debt-261-3", "last-full-year"): lambda k: k("imf.weo.gross_debt", "JPN")[f"{k.day.year - 1}-01-01"],
    ("japan-debt-261-3", "year-2022-first-edition"): lambda k: (
        k.prints("imf.weo.gross_debt", "2022-01-01", "JPN").iloc[0]
    ),
    ("japan-debt-261-3", "year-2022-now"): lambda k: k("imf.weo.gross_debt", "JPN")["2022-01-01"],
    ("japan-debt-highest-advanced", "gross-advanced"): lambda k: among_advanced(
        k, "imf.weo.gross_debt", "JPN", k.day.year - 1
    ),
    ("yen-depreciating", "twelve-months"): yen_a_year_ago,
    ("hike-worsens-inflation", "core-six-months"): lambda k: (
        inflation(k, "2026-05-01") - inflation(k, "2025-11-01") if inflation(k, "2026-05-01") is not None else None
    ),
    ("japan-inflation-food-energy", "both-above-average"): lambda k: (
        min(k("estat.cpi.food.yoy")["2025-04-01"], k("estat.cpi.energy.yoy")["2025-04-01"])
        - k("estat.cpi.all.yoy")["2025-04-01"]
    ),
    ("household-spending-march-minus-0-1", "march-year-on-year"): lambda k: (
        k("estat.household_spending.real_yoy")["2025-03-01"]
    ),
    ("household-spending-march-minus-0-1", "april-year-on-year"): lambda k: (
        k("estat.household_spending.real_yoy")["2025-04-01"]
    ),
    ("yen-20-25-destroys-exports", "exports-of-2021-in-yen"): lambda k: (
        100 * k("mof.exports.total.annual", "WLD")["2021-01-01"] / k("mof.exports.total.annual", "WLD")["2024-01-01"]
    ),
    ("cptpp-exports-q1-plus-13-4", "nine-members-yen"): lambda k: growth(
        sum(k("mof.exports.total.quarterly", area)["2025-01-01"] for area in NINE),
        sum(k("mof.exports.total.quarterly", area)["2024-01-01"] for area in NINE),
    ),
    ("japan-redirects-exports-to-cptpp", "share-first-quarter"): lambda k: (
        quarter_share(k, "mof.exports.total.quarterly", "CPTPP9", 2025)
        - quarter_share(k, "mof.exports.total.quarterly", "CPTPP9", 2024)
    ),
    ("japan-exports-less-american", "share-twelve-months"): lambda k: 100 * (
        four_quarters(k, "USA", "2025-01-01") / four_quarters(k, "WLD", "2025-01-01")
        - four_quarters(k, "USA", "2024-01-01") / four_quarters(k, "WLD", "2024-01-01")
    ),
    ("us-secondary-factor", "rank-twelve-months"): lambda k: place(
        four_quarters(k, "USA", "2025-01-01"), [four_quarters(k, area, "2025-01-01") for area in PARTNERS]
    ),
    ("vehicles-canada-mexico-lead-rise", "against-any-other-member"): vehicles_against_best,
    ("toyota-lost-1-3bn", "tariff-cost-rate-of-the-months"): lambda k: (
        k.number("toyota-004") / k("EXJPUS")["2025-04-01":"2025-05-01"].mean()
    ),
    ("cptpp-new-centre", "larger-customer-than-china"): lambda k: (
        100
        * (sum(four_quarters(k, area, newest_quarter(k)) for area in NINE) - four_quarters(k, "CHN", newest_quarter(k)))
        / four_quarters(k, "WLD", newest_quarter(k))
    ),
    ("japan-largest-buyer", "net-purchases-against-uk"): lambda k: (
        (k("tic.slt1.longterm_net.japan").iloc[-12:].sum() - k("tic.slt1.longterm_net.uk").iloc[-12:].sum()) / 1000
    ),
    ("auction-among-worst-10y", "indirect"): lambda k: place(
        k("treasury.auction.30y.indirect_share")[VIDEO], list(auctions(k, "indirect_share", 10)), lowest=True
    ),
    ("auction-size-22bn", "usual-reopening"): usual_reopening,
    ("japan-cut-treasuries", "share-of-debt-year"): lambda k: growth(
        japan_share(k).iloc[-1], japan_share(k)[japan_share(k).index[-1] - pd.DateOffset(years=1)]
    ),
    ("us-trade-deficit-worsened", "share-of-gdp"): lambda k: (
        first_quarter_deficit(k, 2025) - first_quarter_deficit(k, 2024)
    ),
    ("tariffs-cost-extra", "receipts-twelve-months"): lambda k: (
        -(k("treasury.mts.customs").iloc[-12:].sum() - k("treasury.mts.customs").iloc[-24:-12].sum()) / 1000
    ),
    ("breakeven-10y-3-1", "thirty-years"): lambda k: upto((k("DGS30") - k("DFII30")).dropna(), VIDEO),
    ("us-largest-debtor", "share-of-gdp-world-2025"): lambda k: among_countries(
        k, "imf.weo.gross_debt", "USA", "2025-01-01"
    ),
    ("treasury-must-sell-trillions", "public-debt-newest"): lambda k: (
        k("treasury.debt.public").iloc[-1]
        - upto(k("treasury.debt.public"), str((k("treasury.debt.public").index[-1] - pd.DateOffset(years=1)).date()))
    )
    / TRILLION,
    ("japan-inflation-imported-costs", "import-prices-newest"): newest_import_prices,
    ("ycc-ended-recently", "within-eighteen-months"): lambda k: (
        (pd.Timestamp(VIDEO) - pd.Timestamp(fact("boj-005")["event_date"])).days / 365.25 * 12
    ),
}  # fmt: skip


def five_years_before(k: Known) -> str:
    newest = k("treasury.debt.total")
    newest = newest[newest.index <= VIDEO].index[-1]
    return str((newest - pd.DateOffset(years=5)).date())


@cache
def printed(as_of: str) -> dict[tuple[str, str], dict]:
    command = [str(Path(sys.executable).with_name("gegenprobe")), "check", "--json", "--as-of", as_of]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    return {(each["claim"], each["definition"]): each for each in json.loads(answer.stdout)}


@pytest.mark.parametrize("as_of", [VIDEO, "latest"])
@pytest.mark.parametrize("name", NUMBERS, ids="/".join)
def test_a_number_worked_out_anew(name, as_of):
    found = printed(as_of)[name]
    expected = NUMBERS[name](Known(found["as_of"]))
    if expected is None:
        assert found["measured"] is None
    else:
        assert found["measured"] == pytest.approx(expected, rel=1e-6, abs=2e-6)


def test_there_are_enough_of_them():
    assert len(NUMBERS) >= 30


DRAWN = 300


@pytest.mark.parametrize("seed", [20250612, int(dt.date.today().strftime("%Y%m%d"))])
def test_observations_drawn_at_random_stand_in_the_figures_they_came_from(seed):
    """Compares nothing where the figures do not lie beside the checkout; a later figure of our own is not looked up."""
    if not (FIGURES / "observations").is_dir():
        print(f"{FIGURES}: not here, nothing compared")
        return
    draw = random.Random(seed)
    files = sorted(path for path in OBSERVATIONS.glob("*.csv") if (FIGURES / "observations" / path.name).is_file())
    assert files
    compared = 0
    for _ in range(DRAWN):
        path = draw.choice(files)
        lines = path.read_text(encoding="utf-8").splitlines()
        origin = (FIGURES / "observations" / path.name).read_text(encoding="utf-8").splitlines()
        assert lines[0] == origin[0], path.name
        newest = max(line.split(",")[-2] for line in origin[1:])
        line = draw.choice(lines[1:])
        if line.split(",")[-2] <= newest:
            assert line in set(origin), f"{path.name}: {line}"
            compared += 1
    assert compared > DRAWN / 2
