"""What the site offers to machines and spreadsheets: findings, claims, the csv files behind them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gegenprobe.book.schema import findings_schema

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material
    from gegenprobe.findings import Finding


_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9.,]+(?:[^\S\r\n]?%)?$)")
"""What a spreadsheet would calculate: a text that begins so, unless it is a signed number or share."""


def published(material: Material) -> dict[str, bytes]:
    """Return the files of records, by name: ``findings.json`` with its schema, and ``claims.json``."""
    contents = {
        "findings.json": records(material),
        "findings.schema.json": findings_schema(),
        "claims.json": claims(material),
    }
    return {name: _lines(content).encode() for name, content in contents.items()}


def _lines(content: dict[str, Any] | list[Any]) -> str:
    """Return JSON with one entry a line: what changed shows, and Python's quick encoder knows no other indentation."""
    if isinstance(content, dict):
        lines = [f"{_json(key)}: {_json(value)}" for key, value in content.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"
    return "[\n" + ",\n".join(map(_json, content)) + "\n]\n"


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def write_downloads(material: Material, extra: Path, files: dict[str, bytes]) -> None:
    """Write the `published` files and ``downloads/`` below `extra`."""
    extra.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (extra / name).write_bytes(content)
    downloads, data = extra / "downloads", material.store.folder
    for folder in ("observations", "claims"):
        # A claim or series that was removed must not stay on the site.
        shutil.rmtree(downloads / folder, ignore_errors=True)
        (downloads / folder).mkdir(parents=True)
    for name in sorted(material.store.catalogue.series):
        path = material.store.path(name)
        if path.is_file():
            shutil.copyfile(path, downloads / "observations" / path.name)
    for name in ("facts.csv", "catalogue.yml"):
        shutil.copyfile(data / name, downloads / name)
    for claim in material.now:
        rows = [each.record() for side in _sides(material) for each in side[claim]]
        (downloads / "claims" / f"{claim}.csv").write_text(table(rows), encoding="utf-8", newline="\n")


def records(material: Material) -> list[dict[str, Any]]:
    """Return all records, claim by claim, first as known on the video's day; where both days are one, once."""
    names = [claim.id for chapter in material.chapters for claim in material.ledger.chapters[chapter].claims]
    return [each.record() for name in names for side in _sides(material) for each in side[name]]


def _sides(material: Material) -> tuple[dict[str, list[Finding]], ...]:
    return (material.then, material.now) if material.then_day != material.now_day else (material.now,)


def table(rows: list[dict[str, Any]]) -> str:
    """Return records as csv: one row a definition and date, lists joined by a space, nothing for null.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for record in rows:
        writer.writerow({key: _cell(value) for key, value in record.items()})
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def claims(material: Material) -> list[dict[str, Any]]:
    """Return the ledger as plain values, chapter by chapter in the order of the book."""
    return [
        material.ledger.chapters[name].model_dump(mode="json", exclude_defaults=False) for name in material.chapters
    ]
