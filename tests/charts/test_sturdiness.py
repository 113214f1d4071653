"""The pictures of the sweep and of the multiverses: they draw and fit, and their numbers are those of the measures."""

import re

import pandas as pd
import pytest

from gegenprobe.charts import multiverse, render
from gegenprobe.charts import sweep as pictures
from gegenprobe.charts.picture import Picture
from gegenprobe.charts.verdict_marks import VERDICTS, legend
from gegenprobe.measures import take
from gegenprobe.sweep import through_time, verdicts_table
from gegenprobe.words import MARKS

VIDEO = pd.Timestamp("2025-06-12")
pytestmark = pytest.mark.xdist_group("pictures")


def fits(picture: Picture) -> None:
    drawn = {name: render.svg(picture, layout) for name, layout in render.LAYOUTS.items()}
    for name, layout in render.LAYOUTS.items():
        width = float(re.search(r'<svg[^>]* width="([\d.]+)"', drawn[name])[1])
        assert width <= layout.width + 4, (picture.name, name, width)
    assert render.darkened(drawn["narrow-light"]) == drawn["narrow-dark"], picture.name


def test_the_strip_shows_every_claim_on_every_day(real_store, real_ledger):
    days = [VIDEO, pd.Timestamp("2025-12-31"), real_store.newest]
    table = verdicts_table(through_time(real_store, real_ledger, days, VIDEO, ["yield-5-12", "japan-gdp-shrinking"]))
    picture = pictures.verdict_strip(table)
    assert picture.title.startswith("1 of 2 verdicts changed")
    assert len(picture.data) == 2 * len(days)
    fits(picture)


def test_a_claim_is_named_in_the_strip_by_its_own_words():
    assert pictures._lines("Japan's GDP is in free fall.", 24) == ["Japan's GDP is in", "free fall"]
    for gist in ("Up", "A word that goes on and on and never comes to an end before the line does."):
        lines = pictures._lines(gist, 24)
        assert 1 <= len(lines) <= pictures.LINES
        assert max(map(len, lines)) <= 24


def test_a_legend_has_mark_and_word_of_each_verdict():
    text = legend(VERDICTS)
    assert all(mark in text for mark in MARKS.values())
    assert legend(["open"]).endswith("still open")


def test_every_way_to_count_the_exports(real_store, real_ledger):
    claim = real_ledger.claim("cptpp-exports-q1-plus-13-4")
    view = real_store.as_of()
    frame = multiverse.export_growth(view, claim, VIDEO)
    assert len(frame) == 4 * 4 * 2 * 4
    plain = frame.set_index(["goods", "bloc", "currency", "period"])["value"]
    for bloc, name in {"all members": "nine-members-yen", "without the UK": "without-uk"}.items():
        definition = next(each for each in claim.definitions if each.id == name)
        value = plain["all goods", bloc, "in yen", "first quarter"]
        # the sum over members and the published total of the nine differ by rounding only
        assert value == pytest.approx(take(definition.measure, view, VIDEO).value, abs=0.01)
    fits(multiverse.what_it_takes(view, claim, VIDEO))


def test_every_way_to_rank_the_auction(real_store):
    frame = multiverse.auction_places(real_store.as_of(), VIDEO)
    assert len(frame) == 4 * 2 * 2
    cover = real_store.as_of().series("treasury.auction.30y.bid_to_cover")
    decade = cover.loc["2015-06-13":"2025-06-12"]
    row = frame.set_index(["measure", "span", "issues"]).loc[("cover", "ten years", "all auctions")]
    assert (row["n"], row["rank"]) == (len(decade), 1 + (decade < cover[VIDEO]).sum())
    assert row["weaker"] == pytest.approx(100 * (decade < cover[VIDEO]).sum() / (len(decade) - 1))
    tails = real_store.as_of().series("treasury.auction.30y.tail_bp").loc["2015-06-13":"2025-06-12"]
    tail = frame.set_index(["measure", "span", "issues"]).loc[
        ("tail, where a page gives it", "ten years", "all auctions")
    ]
    assert (tail["n"], tail["rank"]) == (len(tails), 1 + (tails > tails[VIDEO]).sum())
    fits(multiverse.worst_auction(real_store.as_of(), VIDEO))
