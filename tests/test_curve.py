"""The specification curve on a card: in order, true to the measures, readable at every width, and safe to publish."""

from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegenprobe.book.slim import _with_shapes_once
from gegenprobe.cards import card, templates
from gegenprobe.charts.choices import MOST_ROWS, choices_made
from gegenprobe.claims import Claim
from gegenprobe.curve import FEWEST, HEIGHT, comparable, specification_curve, ticks
from gegenprobe.findings import judge_claim
from gegenprobe.verdicts import Test, Verdict, decide, holding_span
from project import claim, definition, monthly

VIDEO = pd.Timestamp("2025-06-12")
HOLDS = (Verdict.SUPPORTED, Verdict.ROUGHLY_SUPPORTED)


def reading(name: str, at: str, **fields) -> dict:
    measure = {"measure": "level", "of": {"series": "S"}, "at": at}
    return {"id": name, "title": name.title(), "measure": measure, **fields}


@pytest.fixture
def drawn(small_store):
    """Return ``drawn(readings)``: findings and curve of a claim, said 5.0 percent, on values 4, 5, 5.2, 7, 6."""
    store = small_store(series={"S": monthly("2025-01-01", [4.0, 5.0, 5.2, 7.0, 6.0])})
    view = store.as_of("latest")

    def make(others: list[dict], **fields):
        primary = definition(measure={"measure": "level", "of": {"series": "S"}, "at": "2025-03"})
        fields = {"test": {"sense": "equals", "value": 5, "decimals": 1}, **fields}
        made = Claim.model_validate(claim(definitions=[primary, *others], **fields))
        findings = judge_claim(made, "a-chapter", view, VIDEO)
        return findings, specification_curve(findings, view), view

    return make


def test_readings_stand_in_order_of_size_above_the_said_value(drawn):
    _, curve, _ = drawn([reading("april", "2025-04"), reading("january", "2025-01"), reading("february", "2025-02")])
    assert curve.ids == ["january", "february", "as-said", "april"]
    assert [each.x for each in curve.points] == [0.125, 0.375, 0.625, 0.875]
    heights = [each.y for each in curve.points]
    assert heights == sorted(heights, reverse=True)
    assert [each.verdict for each in curve.points] == ["contradicted", "supported", "roughly-supported", "contradicted"]
    assert [each.primary for each in curve.points] == [False, False, True, False]
    assert curve.lines == [curve.points[1].y]
    assert curve.said.text == "said 5.0\u202f%"
    top, height = curve.zone
    assert top <= curve.points[2].y < curve.points[1].y < top + height < curve.points[0].y
    assert curve.rows == [
        ("in January 2025", [0]), ("in February 2025", [1]), ("in March 2025", [2]), ("in April 2025", [3])
    ]  # fmt: skip


def test_what_one_axis_cannot_hold_is_in_the_table_only(drawn):
    own = {"sense": "more-than", "value": 6}
    others = [
        reading("april", "2025-04", unit="rank"), reading("february", "2025-02"), reading("january", "2025-01"),
        reading("may", "2025-05", test=own), reading("never", "2031"),
    ]  # fmt: skip
    findings, curve, view = drawn(others)
    assert curve.ids == ["january", "february", "as-said"]
    text = card(findings, findings, view, "as known now")
    order = [text.index(f"</span> {name}") for name in ("January", "February")]
    order += [text.index("Not in the picture"), *(text.index(f'row">{name}') for name in ("April", "May", "Never"))]
    assert order == sorted(order)


def test_where_too_few_share_a_bar_each_has_its_own(drawn):
    one, two = ({"sense": "more-than", "value": each} for each in (4, 6))
    _, curve, _ = drawn([reading("april", "2025-04", test=one), reading("may", "2025-05", test=two)])
    assert (curve.lines, curve.said, curve.zone) == ([], None, None)
    bars = {each.finding.definition.id: each.bar for each in curve.points}
    assert bars["april"] > bars["as-said"] > bars["may"]


def test_two_readings_make_no_curve(drawn):
    findings, curve, view = drawn([reading("april", "2025-04")])
    assert curve is None
    assert "gp-curve" not in card(findings, findings, view, "as known now")


def test_every_curve_of_the_book(real_store, real_ledger):
    view = real_store.as_of()
    template = templates().get_template("readings.html")
    count = 0
    for chapter, one in real_ledger.by_id.values():
        findings = judge_claim(one, chapter, view, VIDEO)
        held, curve = comparable(findings), specification_curve(findings, view)
        assert (curve is None) == (len(held) < FEWEST), one.id
        if curve is None:
            continue
        count += 1
        values = [each.finding.measurement.value for each in curve.points]
        assert values == sorted(values)
        assert sum(each.primary for each in curve.points) <= 1
        assert 2 <= len(curve.ticks) <= 4, one.id
        heights = [*(y for _, y in curve.ticks), *(each.y for each in curve.points), *curve.lines]
        assert all(0 <= each <= HEIGHT for each in heights), one.id
        assert len({text for text, _ in curve.ticks}) == len(curve.ticks), one.id
        if curve.zone:  # the shaded band is where the marks say that it holds
            top, height = curve.zone
            for each in curve.points:
                if each.verdict in ("supported", "roughly-supported", "contradicted"):
                    inside = top - 1 <= each.y <= top + height + 1
                    assert inside or each.verdict == "contradicted", (one.id, each.n)
        for label in filter(None, (curve.said, curve.named)):
            left, top, right, bottom = label.box(250)
            assert (left > -8, right < 258, top > -3, bottom < HEIGHT + 6) == (True,) * 4, (one.id, label)
        assert len(curve.rows) <= MOST_ROWS
        assert all(text and 0 < len(places) < len(values) for text, places in curve.rows), one.id
        html = template.render(curve=curve)
        root = ElementTree.fromstring(html)
        assert "style" not in {name for each in root.iter() for name in each.attrib}
        assert html.count("<title>") == len(values)
        assert "<title>" not in _with_shapes_once(f"<body>{html}").split("</symbol></svg>")[0]
    assert count > 50


def test_choices_in_words_a_reader_knows(real_store, real_ledger):
    view = real_store.as_of()
    chapter, one = real_ledger.by_id["cptpp-exports-q1-plus-13-4"]
    findings = comparable(judge_claim(one, chapter, view, VIDEO))
    rows = dict(choices_made(findings, view))
    without = [n for n, each in enumerate(findings) if each.definition.id.endswith("without-uk")]
    assert len(without) > 3
    assert set(without) <= set(rows["without United Kingdom"])
    for chapter, one in real_ledger.by_id.values():
        held = [each for each in judge_claim(one, chapter, view, VIDEO) if each.definition]
        for text, _ in choices_made(held, view):
            for part in text.split("; "):
                assert part not in view.store.facts, (one.id, part)
                assert part not in view.store.areas.index, (one.id, part)
                assert "-of" not in part, (one.id, part)


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.booleans())
@settings(max_examples=60)
def test_ticks_are_few_and_round(low, span, whole):
    high = low + span
    if not high - low > 1e-6 * max(abs(low), abs(high)):
        return
    found = ticks(low, high, whole)
    assert len(found) <= 4
    assert whole or len(found) >= 2
    assert all(low - 1e-6 * span <= each <= high + 1e-6 * span for each in found)
    if whole:
        assert all(each == int(each) for each in found)


@given(
    st.sampled_from(["equals", "exactly", "between", "at-least", "at-most", "more-than", "less-than"]),
    st.sampled_from([-20.0, 0.0, 2.4, 121.0]),
    st.integers(-1, 2),
    st.sampled_from([None, 0.0, 3.0]),
    st.floats(-200, 200),
)
@settings(max_examples=150)
def test_the_shaded_band_is_where_the_rule_says_so(sense, value, decimals, rough, measured):
    high = {"high": value + 5} if sense == "between" else {}
    own = {} if rough is None else {"rough": rough, "reason": "a test"}
    test = Test(sense=sense, value=value, decimals=decimals, **high, **own)
    low, top = holding_span(test)
    for edge in (low, top):
        if abs(measured - edge) < 1e-6:  # an end may belong to it or not
            return
    assert (decide(test, measured) in HOLDS) == (low <= measured <= top)
