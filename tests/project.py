"""A little book to test with: a data folder written from plain Python rows."""

import csv
import hashlib
from pathlib import Path

import yaml

ENTRY = {
    "title": "A figure", "units": "percent", "agency": "An agency", "source": "fred", "key": "X",
    "frequency": "monthly", "publication_lag_days": 30, "vintage_basis": "observed-vintages", "licence": "none",
    "plausible": [-1000.0, 1000.0], "frozen_because": "a test",
}  # fmt: skip
FACT = {
    "topic": "t", "event_date": "2025-05-01", "statement": "Something happened", "value": "", "units": "",
    "source": "An office", "address": "https://example.org/a", "confidence": "official",
}  # fmt: skip
AREAS = [
    ("AAA", "Aland", 1, 1, "2018-12-30", "country"),
    ("BBB", "Beland", 1, 0, "2024-12-15", "country"),
    ("CCC", "Celand", 0, 0, "", "country"),
    ("WLD", "World", 0, 0, "", "aggregate"),
]


def write_table(path: Path, header: list[str], rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])


def write_project(root: Path, series=None, entries=None, facts=(), areas=AREAS, claims=None) -> Path:
    """Write a project and return its data folder.

    `series` maps ids to rows ``(date, known_since, value)``, or ``(area, date, known_since, value)`` for a panel;
    `entries` maps ids to fields of the catalogue that differ from `ENTRY`; `claims` maps chapters to lists of claims.
    """
    data = root / "data"
    (data / "observations").mkdir(parents=True, exist_ok=True)
    (data / "claims").mkdir(exist_ok=True)
    catalogue = {}
    for name, rows in (series or {}).items():
        panel = bool(rows) and len(rows[0]) == 4
        catalogue[name] = {**ENTRY, "panel": panel, **(entries or {}).get(name, {})}
        header = ["area"] * panel + ["date", "known_since", "value"]
        write_table(data / "observations" / f"{name}.csv", header, rows)
    (data / "catalogue.yml").write_text(yaml.safe_dump({"series": catalogue}), encoding="utf-8")
    write_table(
        data / "facts.csv",
        ["fact_id", "topic", "event_date", "known_since", *list(FACT)[2:]],
        [
            [
                each["fact_id"],
                each["topic"],
                each["event_date"],
                each["known_since"],
                *[each[key] for key in list(FACT)[2:]],
            ]
            for each in ({**FACT, **fact} for fact in facts)
        ],
    )
    write_table(data / "areas.csv", ["iso3", "name", "advanced_economy", "g7", "cptpp_member_since", "kind"], areas)
    for chapter, entries_ in (claims or {}).items():
        write_claims(data / "claims" / f"{chapter}.yml", chapter, entries_)
    seal(data)
    return data


def write_claims(path: Path, chapter: str, claims: list[dict]) -> Path:
    content = {"chapter": chapter, "title": "A chapter", "claims": claims}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def seal(data: Path) -> None:
    """Record every file of observations as it is now."""
    rows = []
    for path in sorted((data / "observations").glob("*.csv")):
        content = path.read_bytes()
        with path.open(encoding="utf-8", newline="") as stream:
            table = list(csv.DictReader(stream))
        dates = sorted(row["date"] for row in table)
        known = sorted(row["known_since"] for row in table)
        ends = [dates[0], dates[-1], known[0], known[-1]] if table else ["", "", "", ""]
        rows.append([path.stem, hashlib.sha256(content).hexdigest(), len(table), *ends, "2026-01-01", "a test", ""])
    header = [
        "series",
        "sha256",
        "rows",
        "first",
        "newest",
        "first_known_since",
        "newest_known_since",
        "taken",
        "origin",
    ]
    write_table(data / "provenance.csv", [*header, "cross_check"], rows)


def claim(**fields) -> dict:
    """Return a valid claim of one definition, changed in the fields given."""
    return {
        "id": "a-claim",
        "position": 10,
        "gist": {"en": "It is 5.", "de": "Es sei 5."},
        "kind": "level",
        "stated": {"text": "5 %", "unit": "percent"},
        "test": {"sense": "equals", "value": 5, "decimals": 0},
        "definitions": [definition()],
        **fields,
    }


def definition(**fields) -> dict:
    """Return a valid primary definition, changed in the fields given."""
    return {
        "id": "as-said", "primary": True, "title": "As said", "why": "The plain reading.",
        "measure": {"measure": "level", "of": {"series": "S"}}, **fields,
    }  # fmt: skip


def monthly(start: str, values, known_after_days: int = 30) -> list[tuple[str, str, float]]:
    """Return one observation a month from a first month on, each known some days after its month has begun."""
    import pandas as pd

    dates = pd.date_range(start, periods=len(values), freq="MS")
    return [
        (f"{date:%Y-%m-%d}", f"{date + pd.Timedelta(days=known_after_days):%Y-%m-%d}", value)
        for date, value in zip(dates, values, strict=True)
    ]


def daily(start: str, values, freq: str = "B") -> list[tuple[str, str, float]]:
    """Return one observation a business day, known on the day itself."""
    import pandas as pd

    days = pd.date_range(start, periods=len(values), freq=freq)
    return [(f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}", value) for day, value in zip(days, values, strict=True)]
