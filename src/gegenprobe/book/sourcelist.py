"""The list of sources: every series, whose it is, where it is published, and what is held of it here."""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import TYPE_CHECKING, Any

from gegenprobe.cards import anchor
from gegenprobe.days import plain_day
from gegenprobe.words import long_date, plain_period

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material

BASES = {
    "never-revised": "never revised",
    "observed-vintages": "revised; the vintages seen are held",
    "latest-only": "revised, but one vintage only is held: earlier days are read in pseudo-real-time",
}


def sources(material: Material) -> dict[str, Any]:
    """Return what the template of the page of sources needs: agencies in alphabetical order, each with its series."""
    series = sorted((_series(material, name) for name in material.store.catalogue.series), key=_place)
    agencies = [
        {"agency": agency, "series": list(rows)} for agency, rows in groupby(series, key=lambda each: each["group"])
    ]
    return {
        "agencies": agencies,
        "total": len(series),
        "facts": len(material.store.facts),
        "newest": long_date(material.store.newest),
    }


def _place(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["group"].casefold(), entry["title"].casefold(), entry["id"]


def _series(material: Material, name: str) -> dict[str, Any]:
    entry, path = material.store.catalogue[name], material.store.path(name)
    held = path.is_file()
    sealed = name in material.store.provenance.index
    origin = material.store.provenance.loc[name] if sealed else None
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if held else ""
    return {
        "id": name,
        "anchor": anchor(name),
        # One heading for an agency, whichever of its releases a series comes from.
        "group": _capital(entry.agency.split(" (")[0]),
        "title": entry.title,
        "agency": entry.agency,
        "page": entry.official_page if entry.official_page.startswith(("https://", "http://")) else "",
        "key": f"{entry.source}: {entry.key}",
        "units": entry.units,
        "frequency": entry.frequency,
        "basis": entry.vintage_basis,
        "basis_words": BASES[entry.vintage_basis],
        "licence": entry.licence,
        "note": entry.note,
        "frozen": entry.frozen_because,
        "held": held,
        "href": f"downloads/observations/{name}.csv",
        "digest": digest,
        "as_recorded": sealed and digest == origin["sha256"],
        "rows": origin["rows"] if sealed else "",
        "first": _period(origin["first"], entry.frequency) if sealed else "",
        "newest": _period(origin["newest"], entry.frequency) if sealed else "",
        "first_known": _period(origin["first_known_since"], "daily") if sealed else "",
        "newest_known": _period(origin["newest_known_since"], "daily") if sealed else "",
        "origin": origin["origin"] if sealed else "",
        "cross_check": origin["cross_check"] if sealed else "",
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _period(text: str, frequency: str) -> str:
    try:
        return plain_period(plain_day(text), frequency)
    except ValueError:  # empty, say
        return text
