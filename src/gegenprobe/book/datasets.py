"""Each series as a schema.org ``Dataset`` on the page of sources, and all of them as one catalogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gegenprobe.book.claimreview import without_gaps
from gegenprobe.book.sourcelist import BASES
from gegenprobe.cards import anchor

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material
    from gegenprobe.book.settings import Settings

KIND = "Dataset"
ARCHIVE = "downloads/gegenprobe-data.zip"
_CATALOGUE = "all-series"
_LICENCES = {"CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/"}
"""Licences that have an address everyone means by the name; the others are terms of use, and are given by name."""
_FULL_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def datasets(material: Material, settings: Settings) -> list[dict[str, Any]]:
    """Return the catalogue and one dataset a series that is held, in the order of the catalogue.

    Addresses are relative to the page of sources unless the book has an address of its own.
    """
    page = settings.absolute("sources.html")
    held = [name for name in material.store.catalogue.series if material.store.path(name).is_file()]
    return [_whole(material, page, settings), *(_series(material, name, page, settings) for name in held)]


def _whole(material: Material, page: str, settings: Settings) -> dict[str, Any]:
    return without_gaps({
        "@type": "DataCatalog",
        "@id": f"{page}#{_CATALOGUE}",
        "name": f"{settings.title}: figures with two dates",
        "description": (
            "Every figure of the book with the period it speaks of and the first day on which the public could know "
            "it, copied from official sources, with their catalogue, the documented events and the ledger of claims."
        ),
        "url": page,
        "creator": {"@type": "Organization", "name": settings.author},
        "dateModified": f"{material.store.newest:%Y-%m-%d}",
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "application/zip",
            "contentUrl": settings.absolute("") + ARCHIVE,
        },
    })  # fmt: skip


def _series(material: Material, name: str, page: str, settings: Settings) -> dict[str, Any]:
    entry = material.store.catalogue[name]
    record = material.store.provenance.loc[name] if name in material.store.provenance.index else {}
    days = [str(record.get(column, "")) for column in ("first", "newest", "newest_known_since")]
    first, newest, known = (day if _FULL_DAY.fullmatch(day) else "" for day in days)
    official = entry.official_page if entry.official_page.startswith(("https://", "http://")) else ""
    return without_gaps({
        "@type": KIND,
        "@id": f"{page}#{anchor(name)}",
        "url": f"{page}#{anchor(name)}",
        "identifier": name,
        "name": entry.title,
        "description": (
            f"{entry.title}, in {entry.units}; {entry.frequency}; {BASES[entry.vintage_basis]}. Published by: "
            f"{entry.agency}. In the file, date is the period a figure speaks of and known_since the first day on "
            "which the public could know it."
        ),
        "creator": {"@type": "Organization", "name": entry.agency},
        "provider": {"@type": "Organization", "name": settings.author},
        "isBasedOn": official,
        "license": _LICENCES.get(entry.licence) or {"@type": "CreativeWork", "name": entry.licence},
        "isAccessibleForFree": True,
        "temporalCoverage": f"{first}/{newest}" if first and newest else "",
        "dateModified": known,
        "variableMeasured": {"@type": "PropertyValue", "name": entry.title, "unitText": entry.units},
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": f"{page}#{_CATALOGUE}"},
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "text/csv",
            "contentUrl": f"{settings.absolute('')}downloads/observations/{name}.csv",
            "sha256": str(record.get("sha256", "")),
        },
    })  # fmt: skip
