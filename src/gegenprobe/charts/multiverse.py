"""What a stated number would take: every way to count the exports, every way to rank the auction."""

from __future__ import annotations

from itertools import product

import altair as alt
import pandas as pd

from gegenprobe.charts.marks import Chart, layered, stacked
from gegenprobe.charts.picture import Layout, Picture, drawn
from gegenprobe.charts.theme import source_line
from gegenprobe.charts.verdict_marks import colour, legend, shape
from gegenprobe.claims import Claim
from gegenprobe.errors import NoData
from gegenprobe.measures import take
from gegenprobe.measures.scalars import Difference, Rank
from gegenprobe.observations import View
from gegenprobe.verdicts import decide
from gegenprobe.words import long_date, number

GOODS = {"all goods": "total", "motor vehicles": "motor_vehicles", "passenger cars": "cars", "vehicle parts": "parts"}
OUT = {"all members": (), "without the UK": ("GBR",), "without Singapore": ("SGP",), "without both": ("GBR", "SGP")}
MONTHS = ("January", "February", "March")
QUARTER = "first quarter"
YEN, DOLLARS = "in yen", "in dollars"
_RATE = "EXJPUS"
_BOND = "treasury.auction.30y"
_RANKED = {
    "cover": ("bid_to_cover", "lowest"), "indirect bidders": ("indirect_share", "lowest"),
    "left with dealers": ("dealer_share", "highest"), "tail, where a page gives it": ("tail_bp", "highest"),
}  # fmt: skip
_SPANS = {"ten years": "-10y", "all years": "first"}
_ISSUES = {"all auctions": None, "reopenings": 1}
_WEAK = 10.0  # percent: the weakest tenth
__all__ = ["auction_places", "export_growth", "what_it_takes", "worst_auction"]


def export_growth(view: View, claim: Claim, video_day: pd.Timestamp) -> pd.DataFrame:
    """Return the growth of exports to the trade bloc over a year, under every combination of choices.

    The members are those in force on the view's day of which the customs source has figures.

    Returns
    -------
    DataFrame
        One row a combination: ``goods``, ``bloc``, ``currency``, ``period``, ``value`` (percent), ``verdict`` by the
        claim's own test; sorted by value. A combination without figures is left out.
    """
    parties = view.store.areas["cptpp_member_since"]
    members = sorted(set(parties[parties <= view.day].index) & set(view.areas("mof.exports.total.quarterly")))
    year = video_day.year
    rows = []
    for goods, bloc, currency, period in product(GOODS, OUT, (YEN, DOLLARS), (QUARTER, *MONTHS)):
        areas = [each for each in members if each not in OUT[bloc]]
        quantity = _exports(GOODS[goods], areas, currency, period)
        to = f"{year}Q1" if period == QUARTER else f"{year}-{1 + MONTHS.index(period):02d}"
        try:
            found = take(Difference(measure="growth", of=quantity, start="-1y", to=to), view, video_day)
        except NoData:
            continue
        rows.append({"goods": goods, "bloc": bloc, "currency": currency, "period": period, "value": found.value})
    if not rows:
        raise NoData(f"no exports to members of the bloc were known on {view.day:%Y-%m-%d}")
    frame = pd.DataFrame(rows).sort_values("value", ignore_index=True)
    test = claim.test_of(claim.primary)
    return frame.assign(verdict=[str(decide(test, value)) for value in frame["value"]])


def _exports(goods: str, areas: list[str], currency: str, period: str) -> dict:
    """Return the quantity in the ledger's own words."""
    monthly = {"quantity": "sum-areas", "series": f"mof.exports.{goods}.monthly", "areas": areas}
    if currency == DOLLARS:
        monthly = {"quantity": "ratio", "of": [monthly, {"series": _RATE}]}
        return {"quantity": "by-quarter", "of": monthly, "how": "sum", "count": 3} if period == QUARTER else monthly
    return {**monthly, "series": f"mof.exports.{goods}.quarterly"} if period == QUARTER else monthly


@drawn
def what_it_takes(view: View, claim: Claim, video_day: pd.Timestamp) -> Picture:
    """Show the growth under every combination of goods, bloc, currency and period, with the stated one in it."""
    frame = export_growth(view, claim, video_day)
    frame.insert(0, "place", range(1, len(frame) + 1))
    test = claim.test_of(claim.primary)
    exact = int((frame["verdict"] == "supported").sum())
    roughly = int((frame["verdict"] == "roughly-supported").sum())
    middle = frame["value"].median()
    near = frame.loc[frame["verdict"].isin(["supported", "roughly-supported"])]
    plain = frame[(frame["goods"] == "all goods") & (frame["currency"] == YEN) & (frame["period"] == QUARTER)]
    names = ("goods", "bloc", "currency", "period")
    choices = pd.concat(frame[["place", name, "verdict"]].rename(columns={name: "choice"}) for name in names)
    order = [*GOODS, *OUT, YEN, DOLLARS, QUARTER, *MONTHS]

    def draw(layout: Layout) -> alt.VConcatChart:
        label, width = (104, layout.width - 118) if layout.narrow else (130, layout.width - 145)
        x = alt.X("place:Q", axis=None, scale=alt.Scale(domain=[0, len(frame) + 1], nice=False))
        axis = alt.Axis(title=None, tickCount=6, minExtent=label, maxExtent=label)
        y = alt.Y("value:Q", axis=axis, scale=alt.Scale(nice=True))
        points = Chart(frame).mark_point(filled=True, opacity=1, size=26 if layout.narrow else 40, strokeWidth=0)
        said = pd.DataFrame([{"value": test.value, "label": f"said: {claim.stated.text}"}])
        rule = Chart(said).mark_rule(color=layout.stated, strokeWidth=1.2, strokeDash=[6, 3]).encode(y=y)
        text = Chart(said).mark_text(color=layout.stated, align="left", baseline="bottom", dy=-3)
        above = layered(
            points.encode(x=x, y=y, color=colour(layout), shape=shape()), rule,
            text.encode(x=alt.value(2), y=y, text="label:N"),
        ).properties(width=width, height=layout.height - 60)  # fmt: skip
        row = alt.Y(
            "choice:N", sort=order,
            axis=alt.Axis(title=None, minExtent=label, maxExtent=label, labelColor=layout.ink, grid=False),
        )  # fmt: skip
        thin = 1 if layout.narrow else 2
        ticks = Chart(choices).mark_tick(orient="vertical", height=10, thickness=thin, opacity=1)
        below = ticks.encode(x=x, y=row, color=colour(layout)).properties(width=width, height=15 * len(order))
        return stacked(above, below, spacing=8)

    named = "; ".join(
        f"{', '.join(getattr(row, name) for name in names)}: {row.value:.1f}" for row in near.itertuples()
    )
    value = number(test.value, max(test.decimals, 0))
    ways = f"{exact or 'none'} of {len(frame)} ways to count"
    return Picture(
        name="exports-what-it-takes",
        title=f"{value} % comes out under {ways}, roughly under {roughly}; half give less than {number(middle)} %",
        subtitle=(
            f"Growth of Japan's exports to members of the bloc over a year, {video_day.year}, percent; "
            f"{legend(frame['verdict'])}"
        ),
        description=(
            f"{len(frame)} combinations of goods, members, currency and period give {number(frame['value'].min())} to "
            f"{number(frame['value'].max())} percent; all goods in yen over the whole quarter "
            f"{number(plain['value'].min())} to {number(plain['value'].max())}. "
            f"At or near the stated value: {named or 'none'}."
        ),
        source=source_line(view, *(f"mof.exports.{each}.monthly" for each in GOODS.values()), _RATE),
        data=frame,
        draw=draw,
    )


def auction_places(view: View, video_day: pd.Timestamp) -> pd.DataFrame:
    """Return how weak the 30-year auction of the video's day was, by every measure, span and choice of rivals.

    Returns
    -------
    DataFrame
        ``measure``, ``span``, ``issues``, ``rank`` (1 is the weakest), ``n``, ``weaker`` (percent of its rivals that
        were weaker: 0 for the weakest of all).
    """
    rows = []
    for (measure, (series, order)), (span, start), (issues, only) in product(
        _RANKED.items(), _SPANS.items(), _ISSUES.items()
    ):
        quantity: dict = {"series": f"{_BOND}.{series}"}
        if only is not None:
            reopening = {"series": f"{_BOND}.reopening"}
            quantity = {"quantity": "where", "of": quantity, "condition": reopening, "equals": only}
        day = f"{video_day:%Y-%m-%d}"
        found = take(Rank(measure="rank", of=quantity, at=day, start=start, order=order), view, video_day)
        place, n = int(found.value), found.n
        weaker = 100 * (place - 1) / (n - 1)
        rows.append({"measure": measure, "span": span, "issues": issues, "rank": place, "n": n, "weaker": weaker})
    return pd.DataFrame(rows)


@drawn
def worst_auction(view: View, video_day: pd.Timestamp) -> Picture:
    """Show the auction's place from the weak end under every measure, span and choice of rivals."""
    frame = auction_places(view, video_day)
    frame["rivals"] = frame["span"] + ", " + frame["issues"]
    frame["label"] = [f"{row.rank} of {row.n}" for row in frame.itertuples()]
    weak = int((frame["weaker"] < _WEAK).sum())
    lowest, highest = frame["weaker"].min(), frame["weaker"].max()
    rivals = list(dict.fromkeys(frame["rivals"]))
    every, tails = (view.series(f"{_BOND}.{series}").index for series in ("bid_to_cover", "tail_bp"))
    tails = tails[tails <= video_day]

    def draw(layout: Layout) -> alt.FacetChart:
        room, width = (128, layout.width - 145) if layout.narrow else (190, layout.width - 205)
        ends = alt.Axis(
            title=None, values=[0, 50, 100], grid=True,
            labelExpr="datum.value == 0 ? 'weakest' : datum.value == 100 ? 'strongest' : 'middle'",
            labelAlign={"expr": "datum.value == 0 ? 'left' : datum.value == 100 ? 'right' : 'center'"},
        )  # fmt: skip
        x = alt.X("weaker:Q", axis=ends, scale=alt.Scale(domain=[0, 100]))
        y = alt.Y(
            "rivals:N", sort=rivals,
            axis=alt.Axis(title=None, labelLimit=room, minExtent=room, maxExtent=room, labelColor=layout.ink),
        )  # fmt: skip
        base = Chart(frame)
        band = base.transform_calculate(low="0", high=str(_WEAK)).mark_rect(color=layout.stated, opacity=0.05)
        dots = base.mark_point(filled=True, size=70, opacity=1, color=layout.accent).encode(x=x, y=y)
        left = base.transform_filter("datum.weaker <= 70").mark_text(align="left", dx=8, color=layout.ink)
        right = base.transform_filter("datum.weaker > 70").mark_text(align="right", dx=-8, color=layout.ink)
        drawing = layered(
            band.encode(x=alt.X("low:Q"), x2="high:Q"), dots, left.encode(x=x, y=y, text="label:N"),
            right.encode(x=x, y=y, text="label:N"),
        ).properties(width=width, height=20 * len(rivals))  # fmt: skip
        return drawing.facet(row=alt.Row("measure:N", sort=list(_RANKED), header=alt.Header(orient="top")), spacing=14)

    return Picture(
        name="auction-worst-of-ten-years",
        title=(
            f"Under {weak or 'none'} of {len(frame)} ways to rank it does the auction fall into the weakest tenth; "
            f"{number(lowest, 0)} to {number(highest, 0)} percent of the others were weaker"
        ),
        subtitle=(
            f"Place of the 30-year auction of {long_date(video_day)} among others, from the weakest to the strongest "
            f"(all years: since {every[0].year}); shaded: the weakest tenth. Tails are known of only {len(tails)} "
            f"auctions, since {tails[0].year}"
        ),
        description=" ".join(
            f"By {row.measure}, {row.rivals}: place {row.label} from the weak end." for row in frame.itertuples()
        ),
        source=source_line(view, *(f"{_BOND}.{series}" for series, _ in _RANKED.values())),
        data=frame[["measure", "span", "issues", "rank", "n", "weaker"]],
        draw=draw,
    )
