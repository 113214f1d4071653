"""Which series and which facts a measure names, however deep."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from gegenprobe.measures.documents import is_plain
from gegenprobe.measures.scalars import Measure

_ROLES = ("supports", "in_substance", "contradicts", "neither", "facts")


def named(measure: Measure) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of all series and of all facts a measure names."""
    series: set[str] = set()
    facts: set[str] = set()
    nodes: list[Any] = [measure]
    while nodes:
        node = nodes.pop()
        if isinstance(node, (list, tuple)):
            nodes.extend(node)
        if isinstance(node, BaseModel):
            node = vars(node)
        if not isinstance(node, dict):
            continue
        nodes.extend(node.values())
        if isinstance(node.get("series"), str):
            series.add(node["series"])
        if isinstance(node.get("fact"), str):
            facts.add(node["fact"])
        for role in _ROLES:
            facts.update(node.get(role, ()))
        if str(node.get("measure")).endswith("s-between"):
            facts.update(each for each in (node["start"], node["end"]) if not is_plain(each))
    return frozenset(series), frozenset(facts)
