"""One claim walked through, from its card to the row of the file to the agency's own page."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

from gegenprobe.cards import anchor, side
from gegenprobe.words import long_date, number, plain_period

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material
    from gegenprobe.findings import Finding
    from gegenprobe.measures.measurement import Rest

EXAMPLE = "yield-5-12"
"""The claim walked through: one number from one row, which an agency's page shows to everyone."""


def walk(material: Material) -> dict[str, Any]:
    """Return what the template of the walk needs; without the example, another claim that rests on one row serves."""
    for name in (EXAMPLE, *material.now):
        findings = material.now.get(name)
        if findings and _rests_on_one_row(findings[0]):
            return {"found": True, **_steps(material, findings[0])}
    return {"found": False}


def _rests_on_one_row(finding: Finding) -> bool:
    found = finding.measurement
    return bool(found and found.n == 1 and len(found.rests) == 1 and not found.facts and finding.claim.test is not None)


def _steps(material: Material, finding: Finding) -> dict[str, Any]:
    claim, found, store = finding.claim, finding.measurement, material.store
    rest = found.rests[0]
    entry, path = store.catalogue[rest.series], store.path(rest.series)
    test = claim.test_of(finding.definition)
    header, row, line = _row(path.read_text(encoding="utf-8"), rest, finding)
    away = abs(found.value - test.value) if test.value is not None else None
    return {
        "claim": claim,
        "chapter": material.ledger.chapters[finding.chapter].title,
        "href": f"chapters/{finding.chapter}.html#{claim.id}",
        "side": side(finding),
        "then": side(material.then[claim.id][0]),
        "then_day": long_date(material.then_day),
        "now_label": material.now_label,
        "definition": finding.definition,
        "entry": entry,
        "series": rest.series,
        "source": f"sources.html#{anchor(rest.series)}",
        "csv": f"downloads/observations/{rest.series}.csv",
        "header": header,
        "row": row,
        "line": line,
        "period": plain_period(rest.last, entry.frequency),
        "known": long_date(rest.known_since),
        "digest": hashlib.sha256(path.read_bytes()).hexdigest(),
        "page": entry.official_page if entry.official_page.startswith("https://") else "",
        "away": number(away, finding.definition.digits) if away is not None and test.sense == "equals" else "",
        "fine": f"{test.fine_width:g}",
        "rough": f"{test.rough_width:g}",
        "command": f"gegenprobe check --claim {claim.id} --as-of {material.then_day:%Y-%m-%d}",
        "record": json.dumps(finding.record(), ensure_ascii=False, indent=1),
    }


def _row(text: str, rest: Rest, finding: Finding) -> tuple[str, str, int]:
    """Return header, the row that was read and its line number: the newest vintage known on the day."""
    lines = text.splitlines()
    held = 0
    for place, row in enumerate(csv.DictReader(io.StringIO(text)), start=1):
        same = row["date"] == f"{rest.last:%Y-%m-%d}" and row.get("area", "") == rest.area
        if same and row["known_since"] <= f"{finding.as_of:%Y-%m-%d}":
            held = place
    return lines[0], lines[held], held + 1
