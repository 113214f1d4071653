"""How to cite the book, and a bibliography of all it rests on: made from the build, the catalogue and the facts."""

from __future__ import annotations

import re
import textwrap
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from gegenprobe.book.head import shortened
from gegenprobe.cards import addresses
from gegenprobe.words import counted, long_date

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material
    from gegenprobe.book.settings import Settings

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{mark: rf"\{mark}" for mark in "&%$#_"},
}  # fmt: skip
_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")


def citation(material: Material, settings: Settings) -> str:
    """Return the citation as one line of text, with the day of the build and the commit."""
    where = settings.address or settings.repository
    year = _year(material)
    parts = [
        f"{settings.author}{f' ({year})' if year else ''}",
        f"{settings.title}: {_what(material)}",
        _edition(material),
    ]
    return ". ".join([*parts, *([where] if where else [])]) + ("" if where else ".")


def bibtex(material: Material, settings: Settings) -> str:
    """Return the citation as a BibTeX entry."""
    fields = {
        "author": _whole(settings.author),
        "title": _whole(f"{settings.title}: {_what(material)}"),
        "year": _year(material),
        "note": _tex(_edition(material)),
        "url": settings.address or settings.repository,
    }
    return _entry("gegenprobe", fields)


def citing(material: Material, settings: Settings) -> str:
    """Return the MyST file that the page on citing includes: the citation in words, and as BibTeX to copy."""
    words = escape(citation(material, settings)).replace("`", "&#96;")
    return (
        f'``````{{raw}} html\n<p class="gp-citation">{words}</p>\n``````\n\n'
        f"``````bibtex\n{bibtex(material, settings).strip()}\n``````\n"
    )


def references(material: Material) -> str:
    """Return the bibliography: one entry an agency's page, one an official document."""
    entries: dict[str, str] = {}
    for name, fields in [*_agencies(material), *_documents(material)]:
        stem = _NOT_IN_KEY.sub("-", name.casefold()).strip("-")[:40].strip("-")
        key, n = stem, 1
        while key in entries:
            n += 1
            key = f"{stem}-{n}"
        entries[key] = _entry(key, fields)
    return "\n".join(entries.values())


def _agencies(material: Material) -> list[tuple[str, dict[str, str]]]:
    series = [entry for entry in material.store.catalogue.series.values() if addresses(entry.official_page)]
    found = []
    ordered = sorted(series, key=lambda entry: (entry.agency.casefold(), entry.official_page, entry.title))
    for (agency, page), rows in groupby(ordered, key=lambda entry: (entry.agency, entry.official_page)):
        titles = [entry.title for entry in rows]
        more = f" (and {counted(len(titles) - 1, 'more title')} of the same page)" if len(titles) > 1 else ""
        fields = {
            "author": _whole(agency),
            "title": _whole(titles[0] + more),
            "note": "Statistical series",
            "url": page,
        }
        found.append((agency, fields))
    return found


def _documents(material: Material) -> list[tuple[str, dict[str, str]]]:
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for fact in material.store.facts.values():
        places = addresses(fact.address)
        if fact.confidence != "official" or not places:
            continue
        fields = {
            "author": _whole(fact.source),
            "title": _whole(shortened(fact.statement)),
            "year": f"{fact.known_since:%Y}",
            "note": _tex(f"Document, summed up in our words; public since {long_date(fact.known_since)}"),
            "url": places[0],
        }
        found.setdefault(places[0], (f"{fact.source} {fact.fact_id}", fields))
    return list(found.values())


def _what(material: Material) -> str:
    return (
        f"the statements of a German video of {material.then_day:%B %Y} on Japan, the yen and US debt, "
        "checked against official figures"
    )


def _edition(material: Material) -> str:
    built = pd.to_datetime(str(material.build.get("built", ""))[:10], errors="coerce")
    commit = str(material.build.get("commit", ""))
    parts = [
        "build day not recorded" if pd.isna(built) else f"built on {long_date(built)}",
        f"commit {commit.rstrip('+')}" + (" with changes" if commit.endswith("+") else "") if commit else "no commit",
        f"figures known up to {long_date(material.now_day)}",
    ]
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def _year(material: Material) -> str:
    found = str(material.build.get("built", ""))[:4]
    return found if found.isdigit() else ""


def _entry(key: str, fields: dict[str, str]) -> str:
    # Wrapped, so that it can be read on a phone: BibTeX takes any white space for one blank.
    lines = [
        textwrap.fill(f"{name} = {{{value}}},", 72, initial_indent="  ", subsequent_indent="    ",
                      break_long_words=False, break_on_hyphens=False)
        for name, value in fields.items() if value
    ]  # fmt: skip
    return "\n".join([f"@misc{{{key},", *lines, "}"]) + "\n"


def _whole(text: str) -> str:
    """Return a text in braces of its own: a style may neither split it into names nor change its capitals."""
    return f"{{{_tex(text)}}}"


def _tex(text: str) -> str:
    return "".join(_SPECIAL.get(mark, mark) for mark in " ".join(text.split()))
