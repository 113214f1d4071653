"""Altair's charts and layers as this book uses them: the same specifications at a third of the cost.

Altair reads an encoding given as text by way of its whole schema, and copies a layer within a layer twice a level. A
book draws a hundred pictures; neither is needed for what they hold.
"""

from __future__ import annotations

from typing import Any

import altair as alt


class Chart(alt.Chart):
    """A chart whose encodings may be given as text, as a value or as a condition, like Altair's own."""

    def encode(self, *channels: Any, **named: Any) -> Chart:
        """Return the chart with these encodings; see `altair.Chart.encode`."""
        return super().encode(*channels, **{name: _channel(name, given) for name, given in named.items()})


def _channel(name: str, given: Any) -> Any:
    kind = name[0].upper() + name[1:]
    if isinstance(given, str):
        return getattr(alt, kind)(given)
    if isinstance(given, dict) and "value" in given:
        return getattr(alt, f"{kind}Value")(**given)
    if isinstance(given, list):
        return [_channel(name, each) for each in given]
    return given


def layered(*parts: Chart | alt.LayerChart) -> alt.LayerChart:
    """Return one layer of all parts, those of plain layers among them too; see `altair.layer`."""
    flat: list[Any] = []
    for part in parts:
        own = {key for key, value in getattr(part, "_kwds", {}).items() if value is not alt.Undefined}
        if isinstance(part, alt.LayerChart) and own <= {"layer", "data"}:
            flat += [each if each.data is not alt.Undefined else each.properties(data=part.data) for each in part.layer]
        else:
            flat.append(part)
    return alt.layer(*flat)
