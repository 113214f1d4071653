"""The book's charts and layers say and draw what Altair's own do."""

import json

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert

from gegenprobe.charts.marks import Chart, layered, stacked

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": [3.0, 1.0, 2.0], "label": ["one", "two", "three"]})


@pytest.mark.parametrize(
    "channels",
    [
        {"x": "a:Q", "y": "mean(b):Q", "text": "label:N", "x2": "b"},
        {"x": alt.value(4), "color": alt.value("#123456"), "opacity": alt.value(0.5)},
        {"color": alt.condition("datum.a > 1", alt.value("#123456"), alt.value("#654321"))},
        {"color": alt.condition("datum.a > 1", alt.value("#123456"), "label:N")},
        {"detail": ["a:N", "b:N"], "tooltip": ["a:Q", alt.Tooltip("label:N")]},
        {"y2": alt.datum(0), "y": alt.Y("b:Q", axis=None)},
    ],
    ids=lambda channels: "-".join(channels),
)
def test_an_encoding_given_in_any_form_is_altairs_own(channels):
    ours = Chart(FRAME).mark_point().encode(**channels)
    theirs = alt.Chart(FRAME).mark_point().encode(**channels)
    assert ours.to_dict() == theirs.to_dict()


@pytest.mark.parametrize(
    "column",
    [
        [1, 2, 3],
        [1.5, np.nan, np.inf],
        [True, False, True],
        ["one", None, "a \u2212 b"],
        [None, 2.5, "mixed"],
        [np.array([1, 2]), None, [3]],
        pd.to_datetime(["1969-02-28", "2024-02-29", "2025-06-12"]),
        pd.to_datetime(["2024-02-29", None, "2025-06-12"]),
        pd.to_datetime(["2024-02-29 08:30", "2024-02-29", "2025-06-12 00:00:00.25"], format="ISO8601"),
        pd.to_datetime(["2024-02-29", "2024-03-01", "2025-06-12"]).tz_localize("UTC"),
        pd.array([1, None, 3], dtype="Int64"),
        pd.array([True, None, False], dtype="boolean"),
        pd.array(["one", None, "two"], dtype="string"),
        pd.Categorical(["one", None, "two"]),
    ],
    ids=str,
)
def test_any_column_is_written_as_altair_writes_it(column):
    frame = FRAME.assign(given=column)
    ours, theirs = (chart(frame).mark_point().encode(x="a:Q").to_json() for chart in (Chart, alt.Chart))
    assert ours == theirs


def test_too_many_rows_are_refused_as_altair_refuses_them():
    with pytest.raises(alt.MaxRowsError):
        Chart(pd.DataFrame({"a": range(5001)})).mark_point().encode(x="a:Q").to_dict()


@pytest.mark.parametrize("same", [True, False])
def test_layers_and_stacks_are_altairs_own(same):
    other = FRAME if same else FRAME.assign(b=FRAME["b"] + 1)

    def plot(chart, layer, stack):
        lines, dots = chart(FRAME).mark_line(), chart(other).mark_point()
        panel = layer(lines.encode(x="a:Q", y="b:Q"), dots.encode(x="a:Q", y="b:Q")).properties(width=200)
        return stack(panel, lines.encode(x="a:Q", y="b:Q"), spacing=8).configure(font="Arial").to_json()

    assert plot(Chart, layered, stacked) == plot(alt.Chart, alt.layer, alt.vconcat)


def test_layers_within_layers_are_drawn_as_altair_draws_them():
    other = FRAME.assign(b=FRAME["b"] + 1)

    def parts(chart, layer):
        one = chart(FRAME).mark_bar().encode(x="a:O", y="b:Q")
        two = layer(
            chart(other).mark_point().encode(x="a:O", y="b:Q"),
            chart(other).mark_text(dy=-8).encode(x="a:O", y="b:Q", text="label:N"),
        )
        sized = layer(chart(other).mark_line().encode(x="a:O", y="b:Q")).encode(color=alt.value("#c00"))
        return layer(one, layer(two), sized).properties(width=200)

    ours, theirs = (parts(*each).to_dict() for each in ((Chart, layered), (alt.Chart, alt.layer)))
    drawn = [vl_convert.vegalite_to_png(json.dumps(each)) for each in (ours, theirs)]
    assert drawn[0] == drawn[1]
    assert len(ours["layer"]) == 4, "the plain layers were not laid flat, or the encoded one was"
