"""The JSON Schema of ``findings.json``."""

from __future__ import annotations

from typing import Any

from gegenprobe.verdicts import Verdict

_DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_NAME = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 60}
_MEASURED = ["supported", "roughly-supported", "outdated", "contradicted"]


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _where(
    key: str, condition: dict[str, Any], then: dict[str, Any], otherwise: dict[str, Any] | None = None
) -> dict[str, Any]:
    rule = {"if": {"properties": {key: condition}, "required": [key]}, "then": {"properties": then}}
    return rule | ({"else": {"properties": otherwise}} if otherwise else {})


def findings_schema() -> dict[str, Any]:
    """Return the schema (2020-12) of the published list of findings.

    It is as strict as the records are: no other fields, and what goes with each verdict. A verdict on a number has a
    number; every other one has a reason; only a verdict of ``outdated`` names a day on which the claim was true.
    """
    fields: dict[str, Any] = {
        "claim": {**_NAME, "description": "id of the claim; the anchor of its card"},
        "chapter": {**_NAME, "description": "id of the chapter: chapters/<chapter>.html"},
        "definition": {**_or_null(_NAME), "description": "id of the reading; null for a claim without one"},
        "primary": {"type": "boolean", "description": "whether this reading gives the claim its verdict"},
        "as_of": {**_DAY, "description": "the day of knowledge"},
        "verdict": {"enum": [str(each) for each in Verdict]},
        "measured": {"type": ["number", "null"], "description": "in `unit`; null where nothing could be measured"},
        "unit": {"type": "string"},
        "stated": {"type": "string", "minLength": 1, "description": "what the video said, as the card shows it"},
        "period": {**_or_null(_DAY), "description": "first day of the period measured"},
        "n": {"type": "integer", "minimum": 0, "description": "observations that went into the number"},
        "note": {"type": "string"},
        "reason": {"type": "string", "description": "why there is no verdict on a number, or why it is outdated"},
        "true_on": {**_or_null(_DAY), "description": "last earlier day on which this reading supported the claim"},
        "pseudo_real_time": {"type": "boolean", "description": "read as of an earlier day from a later vintage"},
        "series": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.]*(/[A-Z0-9]{2,8})?$"},
            "description": "series, or series/area, the number rests on",
        },
        "newest_observation": {**_or_null(_DAY), "description": "newest date among them"},
        "vintage": {**_or_null(_DAY), "description": "newest known_since among them"},
        "facts": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "pattern": "^[a-z0-9-]+$"},
            "description": "documented events, by their id in facts.csv",
        },
    }
    null = {"type": "null"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "findings.schema.json",
        "title": "Findings",
        "description": "One record a claim, definition and day of knowledge.",
        "type": "array",
        "uniqueItems": True,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": list(fields),
            "properties": fields,
            "allOf": [
                _where("verdict", {"enum": _MEASURED}, {"measured": {"type": "number"}}, {"reason": {"minLength": 1}}),
                _where("verdict", {"const": "no-data"}, {"measured": null}),
                _where(
                    "verdict", {"const": "outdated"}, {"true_on": _DAY, "reason": {"minLength": 1}}, {"true_on": null}
                ),
                _where(
                    "measured",
                    null,
                    {"n": {"const": 0}, "period": null, "series": {"maxItems": 0}, "facts": {"maxItems": 0}},
                ),
                _where("definition", null, {"primary": {"const": True}, "measured": null}),
                _where(
                    "series",
                    {"maxItems": 0},
                    {"newest_observation": null, "vintage": null},
                    {"newest_observation": _DAY, "vintage": _DAY},
                ),
            ],
        },
    }
