"""All data of the book in one zip, the same bytes for the same data: sorted, with one fixed time on every file."""

from __future__ import annotations

import hashlib
import io
import zipfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from gegenprobe.book.sourcelist import BASES

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material
    from gegenprobe.book.settings import Settings

FOLDER = "gegenprobe-data"
SUMS = "SHA256SUMS"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: a clock would make every build another file."""
_LEVEL = 4
"""Level 5 takes twice as long for a file smaller by a twenty-fifth."""
_TABLES = ("catalogue.yml", "facts.csv", "areas.csv", "cbo_baselines.csv", "provenance.csv")


def archive(material: Material, settings: Settings, records: dict[str, bytes]) -> bytes:
    """Return the zip: figures, catalogue, provenance, facts, ledger, findings, README, licences, SHA256SUMS."""
    files = contents(material, settings, records)
    files[SUMS] = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            target.writestr(entry, files[name], compresslevel=_LEVEL)
    return stream.getvalue()


def contents(material: Material, settings: Settings, records: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of the archive by name, those of records among them, without the list of their hashes."""
    data = material.store.folder
    held = [material.store.path(name) for name in sorted(material.store.catalogue.series)]
    paths = [path for path in held if path.is_file()]
    files = {f"observations/{path.name}": path.read_bytes() for path in paths}
    files |= {name: (data / name).read_bytes() for name in _TABLES if (data / name).is_file()}
    files |= {f"claims/{path.name}": path.read_bytes() for path in sorted((data / "claims").glob("*.yml"))}
    files |= records
    licence = data.parent / "LICENSE-TEXT"
    if licence.is_file():
        files["LICENSE-TEXT"] = licence.read_bytes()
    files["LICENCES-OF-FIGURES.txt"] = _licences(material).encode()
    files["README.txt"] = _readme(material, settings, len(paths)).encode()
    return files


def write_archive(material: Material, settings: Settings, records: dict[str, bytes], path: Path) -> None:
    """Write the archive to `path`; `records` as `gegenprobe.book.downloads.published` gives them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(archive(material, settings, records))


def _readme(material: Material, settings: Settings, series: int) -> str:
    bases = "\n".join(f"  {name}: {words}" for name, words in BASES.items())
    source = f"\nThe book: {settings.address}" if settings.address else ""
    code = f"\nIts code: {settings.repository}" if settings.repository else ""
    return f"""{settings.title}: the data of the book
{source}{code}
{series} series, {len(material.store.facts)} documented events, {len(material.now)} claims; figures known up to \
{material.now_day:%Y-%m-%d}, findings as known on {material.then_day:%Y-%m-%d} and {material.now_day:%Y-%m-%d}.

observations/   one csv a series: date (the first day of the period a figure speaks of), known_since (the first day on
                which the public could know it), value; panels have area first. A revision is a row with the same date
                and a later known_since. To read a series as known on a day, leave out the rows with a later
                known_since and keep the last row of each date; but where the catalogue says `combine: sum`, add up
                the rows of a date.
catalogue.yml   each series: title, units, agency, official page, frequency, vintage basis, licence
provenance.csv  each file: sha256, rows, first and newest dates, where our copy comes from, what it was compared with
facts.csv       documented events that decide a claim no series can, with document, date and confidence
areas.csv       the areas of the panels; cbo_baselines.csv: the day each budget baseline became known
claims/         the ledger: every claim with all its readings and the rule that decides it; claims.json: the same
findings.json   what each claim came to, under every reading, at both dates; findings.schema.json describes it

Vintage basis:
{bases}

Check the files:  sha256sum --check {SUMS}
Licences:         LICENCES-OF-FIGURES.txt, LICENSE-TEXT
"""


def _licences(material: Material) -> str:
    series = sorted((entry.licence, name) for name, entry in material.store.catalogue.series.items())
    parts = [
        "The figures keep the terms of the agencies that publish them. Cite the agency, not only this copy.\n"
        "The wording of claims and documented events is ours: CC BY 4.0.\n"
    ]
    for licence, rows in groupby(series, key=lambda row: row[0]):
        parts.append(licence + "\n" + "".join(f"  {name}\n" for _, name in rows))
    return "\n".join(parts)
