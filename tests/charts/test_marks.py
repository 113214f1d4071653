"""The book's charts and layers say and draw what Altair's own do."""

import json

import altair as alt
import pandas as pd
import pytest
import vl_convert

from gegenprobe.charts.marks import Chart, layered

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
