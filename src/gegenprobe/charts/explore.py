"""The version of a picture that answers: numbers under the pointer, and closer or wider along the time axis.

Charts know nothing of this; it is added to their finished specification, so that every picture behaves alike.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from gegenprobe.charts.picture import Layout

ZOOM = "zoom"
WHEEL = "wheel![event.ctrlKey || event.metaKey]"
"""Only with a key held: a reader who scrolls down the page must not be caught by a picture."""
_CHANNELS = ("x", "x2", "y", "y2", "color", "detail", "shape", "size")
_HELPERS = frozenset({"piece", "row", "height", "left", "right"})
"""Columns that place a mark and mean nothing to a reader."""
_JOINED = ("line", "area")


def explorable(spec: dict[str, Any], layout: Layout, description: str, dark: dict[str, str]) -> dict[str, Any]:
    """Return a Vega-Lite specification with tooltips and, where x is time, zoom and pan.

    Parameters
    ----------
    spec : dict
        As a chart made it, configuration included; left as it is.
    layout : Layout
        The one it was made for.
    description : str
        What the picture shows, for those who do not see it.
    dark : dict
        Colour on a light ground to colour on a dark one.

    Returns
    -------
    dict
        Its ``usermeta`` tells the page what to do with it: ``width`` it was made for, ``dark`` colours, and, where it
        can be zoomed, the ``signal`` and the ``scale`` of time.
    """
    made = copy.deepcopy({name: part for name, part in spec.items() if name != "datasets"})
    made["datasets"] = spec.get("datasets", {})  # replaced below, never changed in place
    made["description"] = description
    meta: dict[str, Any] = {"width": layout.width, "dark": dark}
    _drop_unused(made)
    plots = made.get("vconcat") or [made]
    for plot in plots:
        for unit, named in _units(plot):
            _answer(unit, made["datasets"].get(named, []))
    field = _add_zoom(made, plots)
    if field:
        meta |= {"signal": f"{ZOOM}_{field}", "scale": "x" if plots[0] is made else "concat_0_x"}
    made["usermeta"] = meta
    return made


def _units(part: dict[str, Any], data: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Yield every drawn mark below a part with the name of its data."""
    data = part.get("data", {}).get("name", data)
    if "spec" in part:  # the one drawing that a row of facets repeats
        yield from _units(part["spec"], data)
    elif "layer" in part:
        for each in part["layer"]:
            yield from _units(each, data)
    else:
        yield part, data


def _drop_unused(spec: dict[str, Any]) -> None:
    """Leave out columns that no part of the specification names: they would only be carried about."""
    datasets = spec.pop("datasets", {})
    words = set(re.findall(r"\w+", str(spec)))
    spec["datasets"] = {
        name: [{key: value for key, value in row.items() if key in words} for row in rows]
        for name, rows in datasets.items()
    }


def _is_time(unit: dict[str, Any]) -> bool:
    x = unit.get("encoding", {}).get("x", {})
    return x.get("type") == "temporal" and "field" in x


def _answer(unit: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Give a mark its tooltip: the columns it draws, written as their values need."""
    mark = unit["mark"] = {"type": unit["mark"]} if isinstance(unit["mark"], str) else unit["mark"]
    encoding = unit.setdefault("encoding", {})
    if mark["type"] == "text" or "tooltip" in encoding:
        return
    fields: dict[str, str] = {}
    for channel in _CHANNELS:
        drawn = encoding.get(channel, {})
        if "field" in drawn and drawn["field"] not in _HELPERS:
            fields.setdefault(drawn["field"], drawn.get("type", "quantitative"))
    if mark["type"] == "rule" and "temporal" not in fields.values():
        return  # a line at zero or at what was said; its label stands on it
    if not fields:
        return
    encoding["tooltip"] = [_told(field, kind, [row.get(field) for row in rows]) for field, kind in fields.items()]
    if mark["type"] in _JOINED:
        # A line as a whole has no value; the points along it, unseen, have.
        mark["point"] = {"opacity": 0, "size": 120, "filled": True}
        mark["tooltip"] = None


def _told(field: str, kind: str, values: list[Any]) -> dict[str, Any]:
    told = {"field": field, "type": kind, "title": field.replace("_", " ")}
    if kind == "temporal":
        told["format"] = date_format([str(value) for value in values if value])
    elif kind == "quantitative":
        told["format"] = number_format([value for value in values if isinstance(value, int | float)])
    return told


def date_format(days: list[str]) -> str:
    """Return how the days of a column are written: years, months or days, whichever says it all."""
    parts = {(day[5:7], day[8:10]) for day in days}
    if len(days) > 1 and parts in ({("01", "01")}, {("12", "31")}):
        return "%Y"
    if len(days) > 1 and all(_is_month(day) for day in days):
        return "%B %Y"
    return "%-d %B %Y"


def _is_month(day: str) -> bool:
    """Tell whether a day begins or ends a month: dates of monthly and quarterly figures do one or the other."""
    own = date.fromisoformat(day[:10])
    return own.day == 1 or (own + timedelta(days=1)).day == 1


def number_format(values: list[float]) -> str:
    """Return how the numbers of a column are written: no more digits than their size bears."""
    largest = max((abs(value) for value in values), default=0)
    whole = all(float(value).is_integer() for value in values)
    if whole and values and all(1900 <= value <= 2100 for value in values):
        return "d"
    if whole or largest >= 10_000:
        return ",.0f"
    return ",.1f" if largest >= 1000 else ",.2~f" if largest >= 1 else ",.4~f"


def _add_zoom(spec: dict[str, Any], plots: list[dict[str, Any]]) -> str:
    """Bind the time axes of all plots to one span, and return the field they share; empty where there is none."""
    if "spec" in spec:
        return ""  # the axes of facets cannot be reached by name
    holders = []
    for plot in plots:
        timed = [unit for unit, _ in _units(plot) if _is_time(unit)]
        bearers = [unit for unit in timed if unit["mark"]["type"] not in ("text", "rule")]
        if not bearers:
            return ""
        holders.append((bearers[0], timed))
    field = holders[0][0]["encoding"]["x"]["field"]
    if any(bearer["encoding"]["x"]["field"] != field for bearer, _ in holders):
        return ""
    parameter = {
        "name": ZOOM, "select": {"type": "interval", "encodings": ["x"], "zoom": WHEEL}, "bind": "scales",
    }  # fmt: skip
    if len(plots) == 1:
        holders[0][0]["params"] = [parameter]
    else:
        for number, (bearer, _) in enumerate(holders):
            bearer["name"] = f"plot_{number}"
        spec["params"] = [{**parameter, "views": [f"plot_{number}" for number in range(len(holders))]}]
    for _, timed in holders:
        for unit in timed:
            _keep_inside(unit, field)
    return field


def _keep_inside(unit: dict[str, Any], field: str) -> None:
    """Let nothing be drawn beside the axes when the span moves: marks are cut, words of what has gone go with it."""
    encoding = unit["encoding"]
    words = unit["mark"]["type"] == "text"
    unit["mark"]["clip"] = not words  # said either way: left open, words at a line's end would be cut too
    if words and encoding["x"]["field"] == field and "opacity" not in encoding:
        encoding["opacity"] = {"condition": {"param": ZOOM, "value": 1}, "value": 0}
