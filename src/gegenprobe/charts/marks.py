"""Altair's charts and layers as this book uses them: the same specifications at a fraction of the cost.

Altair reads an encoding given as text by way of its whole schema, and whatever holds other charts copies them to the
last option, several times over, to look for parameters that a reader could turn. A book draws a hundred pictures;
none of this is needed for what they hold.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import pandas as pd

from gegenprobe.charts.inline import dataset


class _Plain:
    """A chart whose data are written by `inline`, and whose properties are checked only with the whole of it."""

    def to_dict(self, validate: bool = True, *, context: Any = None, **options: Any) -> dict[str, Any]:
        """Return the specification; the type of a field has to be said with its name."""
        context = {"datasets": {}, **(context or {})}
        if not isinstance(self.data, pd.DataFrame):
            return super().to_dict(validate, context=context, **options)
        name, rows = dataset(self.data)
        context["datasets"][name] = rows
        named = alt.NamedData(name)
        if validate:
            return super(_Plain, self.properties(data=named)).to_dict(validate, context=context, **options)
        # The name is put in afterwards: Altair would take long to find that it is no frame.
        bare, context["data"] = self.properties(data=alt.Undefined), named
        return {**super(_Plain, bare).to_dict(validate, context=context, **options), "data": {"name": name}}

    @classmethod
    def validate_property(cls, name: str, value: Any, schema: dict[str, Any] | None = None) -> None:
        """Accept any property; a specification is checked as a whole."""


class Chart(_Plain, alt.Chart):
    """A chart whose encodings may be given as text, as a value or as a condition, like Altair's own."""

    def encode(self, *channels: Any, **named: Any) -> Chart:
        """Return the chart with these encodings; see `altair.Chart.encode`."""
        given = {name: _channel(name, channel) for name, channel in named.items()}
        return super().encode(*map(_spelled, channels), **given)


def _channel(name: str, given: Any) -> Any:
    kind = name[0].upper() + name[1:]
    if isinstance(given, str):
        return _spelled(getattr(alt, kind)(given))
    if isinstance(given, dict) and "value" in given:
        return getattr(alt, f"{kind}Value")(**given)
    if isinstance(given, list):
        return [_channel(name, each) for each in given]
    return _spelled(given)


def _spelled(channel: Any) -> Any:
    """Return a channel with field and type said each for itself; Altair would take them apart at each drawing."""
    own = getattr(channel, "_kwds", {})
    parts = _parts(own["shorthand"]) if isinstance(own.get("shorthand"), str) else {}
    if not parts or ("type" in own and own["type"] is alt.Undefined and "type" not in parts):
        return channel
    spelled = channel.copy(deep=False)
    spelled["shorthand"] = alt.Undefined
    for key, value in parts.items():
        if own.get(key) is alt.Undefined:
            spelled[key] = value
    return spelled


@cache
def _parts(shorthand: str) -> dict[str, Any]:
    return alt.utils.parse_shorthand(shorthand)


class Layers(_Plain, alt.LayerChart):
    """Charts without parameters, drawn one on the other."""

    def __init__(self, data: Any = alt.Undefined, layer: Any = (), **options: Any):
        alt.TopLevelLayerSpec.__init__(self, data=data, layer=list(layer), **options)


class Stack(_Plain, alt.VConcatChart):
    """Charts without parameters, drawn one below the other."""

    def __init__(self, data: Any = alt.Undefined, vconcat: Any = (), **options: Any):
        alt.TopLevelVConcatSpec.__init__(self, data=data, vconcat=list(vconcat), **options)


def layered(*parts: Chart | alt.LayerChart) -> Layers:
    """Return one layer of all parts, those of plain layers among them too; see `altair.layer`."""
    flat: list[Any] = []
    for part in parts:
        own = {key for key, value in getattr(part, "_kwds", {}).items() if value is not alt.Undefined}
        if isinstance(part, alt.LayerChart) and own <= {"layer", "data"}:
            flat += [each if each.data is not alt.Undefined else each.properties(data=part.data) for each in part.layer]
        else:
            flat.append(part)
    return Layers(*_hoisted(flat))


def stacked(*parts: Chart | alt.LayerChart, spacing: float) -> Stack:
    """Return charts one below the other; see `altair.vconcat`."""
    return Stack(*_hoisted(parts), spacing=spacing)


def _hoisted(parts: Any) -> tuple[Any, Any]:
    """Return the data that all parts have in common, and the parts without them."""
    shared = parts[0].data
    if shared is alt.Undefined or any(each.data is not shared for each in parts):
        return alt.Undefined, parts
    return shared, [each.properties(data=alt.Undefined) for each in parts]
