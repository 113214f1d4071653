"""What is added to a finished chart so that it answers: tooltips, one span of time, nothing else changed."""

from __future__ import annotations

import copy
import json

import altair as alt
import pandas as pd
import pytest
import vl_convert

from gegenprobe.charts.explore import date_format, explorable, number_format
from gegenprobe.charts.picture import Layout

MONTHS = pd.DataFrame(
    {"date": pd.date_range("2024-01-01", periods=5, freq="MS"), "value": [1.25, 2, 3, 4, 5], "piece": 0, "spare": 9}
)


def specification(chart: alt.TopLevelMixin) -> dict:
    return json.loads(chart.to_json())


def layered() -> dict:
    line = alt.Chart(MONTHS).mark_line().encode(x="date:T", y="value:Q", detail="piece:N")
    words = alt.Chart(MONTHS.tail(1)).mark_text(dx=4).encode(x="date:T", y="value:Q", text="value:Q")
    zero = alt.Chart(pd.DataFrame({"value": [0]})).mark_rule().encode(y="value:Q")
    return specification(alt.layer(line, words, zero).properties(width=300))


def made(spec: dict) -> dict:
    return explorable(spec, Layout(), "a line that rises", {"#ffffff": "#000000"})


def test_tooltips_tell_what_is_drawn_and_no_more():
    line, words, zero = made(layered())["layer"]
    assert [each["field"] for each in line["encoding"]["tooltip"]] == ["date", "value"]
    assert line["encoding"]["tooltip"][0]["format"] == "%B %Y"
    assert line["mark"]["point"]["opacity"] == 0
    assert "tooltip" not in words["encoding"]
    assert "tooltip" not in zero["encoding"]


def test_time_can_be_zoomed_and_words_go_with_what_they_name():
    spec = made(layered())
    assert spec["usermeta"]["signal"] == "zoom_date"
    assert spec["layer"][0]["params"][0]["bind"] == "scales"
    assert spec["layer"][1]["mark"]["clip"] is False
    assert spec["layer"][1]["encoding"]["opacity"]["value"] == 0


def test_panels_share_one_span():
    panel = alt.Chart(MONTHS).mark_line().encode(x="date:T", y="value:Q").properties(width=300)
    spec = made(specification(alt.vconcat(panel, panel)))
    assert spec["params"][0]["views"] == ["plot_0", "plot_1"]
    assert spec["usermeta"]["scale"] == "concat_0_x"


def test_without_time_there_is_no_zoom():
    bars = alt.Chart(MONTHS).mark_bar().encode(x="value:Q", y="piece:N")
    spec = made(specification(alt.layer(bars)))
    assert "signal" not in spec["usermeta"]
    assert "zoom" not in json.dumps(spec["layer"])


def test_the_chart_itself_stays_as_it_was_and_the_new_one_can_be_drawn():
    spec = layered()
    before = copy.deepcopy(spec)
    explored = made(spec)
    assert spec == before
    assert not any("spare" in row for rows in explored["datasets"].values() for row in rows)
    assert explored["description"] == "a line that rises"
    assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(explored))


@pytest.mark.parametrize(
    ("days", "form"),
    [
        (["2024-01-01", "2025-01-01"], "%Y"),
        (["2024-12-31", "2025-12-31"], "%Y"),
        (["2024-01-01", "2024-02-01"], "%B %Y"),
        (["2024-02-29", "2024-03-31"], "%B %Y"),
        (["2024-02-28", "2024-03-31"], "%-d %B %Y"),
        (["2025-06-12T00:00:00"], "%-d %B %Y"),
        ([], "%-d %B %Y"),
    ],
)
def test_days_are_written_as_coarse_as_they_are(days, form):
    assert date_format(days) == form


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([2019, 2025], "d"),
        ([1, 2], ",.0f"),
        ([0.001], ",.4~f"),
        ([4.844], ",.2~f"),
        ([1234.5], ",.1f"),
        ([1e5 + 0.5], ",.0f"),
    ],
)
def test_numbers_are_written_by_their_size(values, form):
    assert number_format(values) == form
