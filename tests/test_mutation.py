"""Moving one decisive figure past the tolerance changes that verdict; moving it within the tolerance does not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from gegenprobe.findings import judge
from gegenprobe.observations import Store
from gegenprobe.video import VIDEO_DAY

ROOT = Path(__file__).resolve().parents[1]

# claim/definition, day of knowledge, series, which rows (text before the value), their new value within the tolerance
# and past it, verdict as it is, verdict past the tolerance
CASES = [
    ("yield-5-12/auction-high-yield", VIDEO_DAY, "treasury.auction.30y.high_yield", "2025-06-12,", 4.9, 5.12,
     "contradicted", "supported"),
    ("yield-5-12/auction-high-yield", "latest", "treasury.auction.30y.high_yield", "2025-06-12,", 5.06, 5.07,
     "contradicted", "roughly-supported"),
    ("auction-22bn-failed/bids-short-of-offer", VIDEO_DAY, "treasury.auction.30y.bid_to_cover", "2025-06-12,", 1.5, 0.5,
     "contradicted", "supported"),
    ("auction-size-22bn/offering", VIDEO_DAY, "treasury.auction.30y.offering", "2025-06-12,", 22.4e9, 25e9,
     "supported", "contradicted"),
    ("us-debt-over-34tn/total-debt-video-day", VIDEO_DAY, "treasury.debt.total", "2025-06-11,", 34.1e12, 30e12,
     "supported", "contradicted"),
    ("japan-debt-261-3/last-full-year", VIDEO_DAY, "imf.weo.gross_debt", "JPN,2024-01-01,2025-", 240.0, 261.3,
     "outdated", "supported"),
    ("household-spending-march-minus-0-1/march-year-on-year", VIDEO_DAY, "estat.household_spending.real_yoy",
     "2025-03-01,", 1.0, -0.1, "contradicted", "supported"),
    ("cptpp-exports-q1-plus-13-4/nine-members-yen", VIDEO_DAY, "mof.exports.total.quarterly", "CPTPP9,2025-01-01,",
     4000.0, 4256.0, "contradicted", "supported"),
    ("breakeven-10y-3-1/ten-years", "latest", "T10YIE", "2025-06-12,", 2.5, 3.1, "contradicted", "supported"),
    ("breakeven-above-fed-target/ten-years", VIDEO_DAY, "T10YIE", "2025-06-11,", 2.01, 1.5,
     "supported", "contradicted"),
    ("japan-gdp-shrinking/annualised", VIDEO_DAY, "jp.gdp.q1_2025_growth.annualised", "2025-01-01,2025-06-09,", -0.1,
     0.3, "supported", "outdated"),
]  # fmt: skip


@pytest.fixture
def copy(tmp_path):
    """Return ``copy(series, rows, value)``: a store in which these rows of one file carry another value."""

    def change(series: str, start: str, value: Callable[[float], float]) -> Store:
        data = tmp_path / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(ROOT / "data", data)
        path = data / "observations" / f"{series}.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        hit = [number for number, line in enumerate(lines) if line.startswith(start)]
        assert hit, f"{series}: no row starts with {start}"
        for number in hit:
            head, _, old = lines[number].rpartition(",")
            lines[number] = f"{head},{value(float(old))!r}"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return Store(data)

    return change


def verdict_on(store: Store, ledger, name: str, as_of: str) -> str:
    claim_id, definition_id = name.split("/")
    chapter, claim = ledger.by_id[claim_id]
    definition = next(each for each in claim.definitions if each.id == definition_id)
    return str(judge(claim, chapter, definition, store.as_of(as_of), pd.Timestamp(VIDEO_DAY)).verdict)


@pytest.mark.parametrize(
    ("name", "as_of", "series", "rows", "within", "past", "verdict", "flipped"),
    CASES,
    ids=[f"{case[0]}-{case[6]}-{case[7]}" for case in CASES],
)
def test_a_decisive_figure_decides(
    copy, real_store, real_ledger, name, as_of, series, rows, within, past, verdict, flipped
):
    assert verdict_on(real_store, real_ledger, name, as_of) == verdict
    changed = copy(series, rows, lambda old: within)
    assert verdict_on(changed, real_ledger, name, as_of) == verdict
    assert changed.unsealed == {series}
    changed = copy(series, rows, lambda old: past)
    assert verdict_on(changed, real_ledger, name, as_of) == flipped


@pytest.mark.parametrize(("share", "verdict"), [(1.01, "supported"), (0.99, "contradicted")])
def test_japan_leads_only_while_it_holds_more_than_the_second(copy, real_store, real_ledger, share, verdict):
    march = pd.Timestamp("2025-03-01")  # the last month of the newest whole quarter
    view = real_store.as_of(VIDEO_DAY)
    holdings = {area: view.series("tic.mfh.holdings", area) for area in ("GBR", "CHN", "CYM", "BEL", "LUX", "CAN")}
    second = max(float(values[march]) for values in holdings.values())
    changed = copy("tic.mfh.holdings", "JPN,2025-03-01,", lambda old: share * second)
    assert verdict_on(changed, real_ledger, "japan-largest-buyer/foreign-holder", VIDEO_DAY) == verdict
