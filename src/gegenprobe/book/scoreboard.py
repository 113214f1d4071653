"""The landing page: how all claims came out, at both dates, and the list of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gegenprobe.cards import side
from gegenprobe.errors import NoData
from gegenprobe.verdicts import Verdict
from gegenprobe.words import WORDS, counted, long_date, number, plain_period

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material

ALMOST_ALL = 0.999
"""A few late rows must not make all figures look as new as they are."""
_RANK = {str(verdict): place for place, verdict in enumerate(Verdict)}


def scoreboard(material: Material) -> dict[str, Any]:
    """Return what the template of the landing page needs."""
    chapters = [_chapter(material, name) for name in material.chapters]
    claims = [claim for chapter in chapters for claim in chapter["claims"]]
    used = [
        str(verdict)
        for verdict in Verdict
        if any(str(verdict) in (c["then"]["verdict"], c["now"]["verdict"]) for c in claims)
    ]
    return {
        "chapters": chapters,
        "verdicts": [
            {
                "verdict": each,
                "word": WORDS[each][0],
                "then": _count(claims, "then", each),
                "now": _count(claims, "now", each),
            }
            for each in used
        ],
        "flips": [claim for claim in claims if claim["flipped"]],
        "total": len(claims),
        "then_day": long_date(material.then_day),
        "now_day": long_date(material.now_day),
        "now_label": material.now_label,
        "oldest": _oldest(material),
        "reach": _reach(material),
        "built": material.build.get("built", ""),
        "commit": str(material.build.get("commit", "")),
    }


def _chapter(material: Material, name: str) -> dict[str, Any]:
    chapter = material.ledger.chapters[name]
    claims = [_claim(material, name, claim.id) for claim in chapter.claims]
    order = sorted(
        claims, key=lambda each: (_RANK[each["now"]["verdict"]], _RANK[each["then"]["verdict"]], each["position"])
    )
    counts = {key: Counter(each[key]["verdict"] for each in claims) for key in ("then", "now")}
    return {
        "id": name,
        "title": chapter.title,
        "claims": sorted(claims, key=lambda each: (each["position"], each["id"])),
        "marks": order,
        "counts": counts,
        "spoken": "; ".join(
            f"{WORDS[v][0]} {n}" for v, n in sorted(counts["now"].items(), key=lambda pair: _RANK[pair[0]])
        ),
    }


def _claim(material: Material, chapter: str, name: str) -> dict[str, Any]:
    then, now = material.then[name][0], material.now[name][0]
    return {
        "id": name,
        "chapter": chapter,
        "href": f"chapters/{chapter}.html#{name}",
        "gist": now.claim.gist.en,
        "position": now.claim.position,
        "said": now.claim.stated.text,
        "then": side(then),
        "now": side(now),
        "flipped": then.verdict != now.verdict,
    }


def _count(claims: list[dict[str, Any]], key: str, verdict: str) -> int:
    return sum(claim[key]["verdict"] == verdict for claim in claims)


def _oldest(material: Material) -> dict[str, str] | None:
    """Return the input whose newest figure is the oldest, leaving out series that are meant to stand still."""
    view = material.store.as_of(material.now_day)
    used = {
        (rest.series, rest.area)
        for findings in material.now.values()
        for each in findings
        if each.measurement
        for rest in each.measurement.rests
        if view.entry(rest.series).freshness is not None
    }
    if not used:
        return None
    day, series = min((view.newest(series, area), series) for series, area in used)
    entry = view.entry(series)
    return {"title": entry.title, "day": plain_period(day, entry.frequency)}


def _reach(material: Material) -> dict[str, str]:
    """Return up to which day figures are known: the day of almost all of them, and that of the newest rows."""
    days = known_days(material)
    if not len(days):
        return {"words": "none", "sentence": "This build holds no figures."}
    usual, newest = (pd.Timestamp(days[place]) for place in (int(np.ceil(ALMOST_ALL * len(days))) - 1, -1))
    if usual == newest:
        return {"words": long_date(newest), "sentence": f"The figures are those known up to {long_date(newest)}."}
    share = f"{number(100 * ALMOST_ALL, 1)} %"
    late = int((days == days[-1]).sum())
    rows = "the newest row is" if late == 1 else f"the newest {counted(late, 'row')} are"
    return {
        "words": f"{long_date(usual)} ({share} of them); {rows} of {long_date(newest)}",
        "sentence": f"Almost all figures ({share}) were known by {long_date(usual)}; {rows} of {long_date(newest)}.",
    }


def known_days(material: Material) -> np.ndarray:
    """Return the days on which the rows known by the day of knowledge became known, sorted, one a row."""
    found = [np.empty(0, "datetime64[us]")]
    for series in material.store.catalogue.series:
        try:
            found += [rows.known_since.to_numpy() for rows in material.store.rows(series).values()]
        except NoData:
            continue
    days = np.sort(np.concatenate(found))
    return days[days <= material.now_day.to_datetime64()]
