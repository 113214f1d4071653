"""A claim's card as HTML: gist, both verdicts, the number against what was said, and what it rests on."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from gegenprobe.compiled import template_cache
from gegenprobe.curve import Curve, specification_curve
from gegenprobe.findings import Finding
from gegenprobe.observations import View
from gegenprobe.upcoming import next_figure
from gegenprobe.words import THIN, WORDS, amount, counted, long_date, plain_period

_ADDRESS = re.compile(r"https?://[^\s/<>\"'`\\^{|}]+(/[^\s<>\"`\\^{|}]*)?")
"""What RFC 3986 allows in an address, roughly: no white space, quotes, braces or angle brackets."""
PAGES = {"sources_page": "../sources.html", "corrections_page": "../corrections.html", "downloads": "../downloads"}


@cache
def templates() -> jinja2.Environment:
    """Return the package's templates; everything put into them is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gegenprobe"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        finalize=_unbroken, bytecode_cache=template_cache("own", Path(__file__)),
    )  # fmt: skip
    environment.globals["counted"] = counted
    return environment


def _unbroken(value: Any) -> Any:
    """Return a text in which no line ends between a number and its percent sign."""
    return value.replace(" %", f"{THIN}%") if isinstance(value, str) else value


def badge(verdict: str) -> str:
    """Return the verdict's shape as an inline SVG."""
    return templates().get_template("badge.html").module.badge(str(verdict))


def side(finding: Finding) -> dict[str, Any]:
    """Return what one finding looks like in words: verdict, number with unit, period, reason."""
    found = finding.measurement
    return {
        "verdict": str(finding.verdict),
        "word": WORDS[str(finding.verdict)][0],
        "wort": WORDS[str(finding.verdict)][1],
        "found": amount(found.value, finding.unit, finding.definition.digits) if found else "",
        "period": _period(finding),
        "note": found.note if found else "",
        "reason": _reason(finding),
        "said": finding.claim.stated.text,
        "day": long_date(finding.as_of),
        "pseudo": bool(found and found.pseudo_real_time),
        "value": found.value if found else None,
        "n": found.n if found else 0,
    }


def _period(finding: Finding) -> str:
    """Return the period a number speaks of; empty where only the reading's own words say it.

    A documented number of a month, a quarter or a year bears the first day of it, and nothing tells it from a number of
    that very day.
    """
    found = finding.measurement
    if found is None or found.date is None:
        return ""
    if found.facts and not found.rests and finding.unit != "documents" and found.date.day == 1:
        return ""
    return plain_period(found.date, finding.frequency)


def agreement(now: list[Finding]) -> str:
    """Return how many readings support the claim: ``holds, at least roughly, under 2 of 6 readings``."""
    judged = [each for each in now if str(each.verdict) not in ("no-data", "not-checkable", "open")]
    holding = sum(str(each.verdict) in ("supported", "roughly-supported") for each in judged)
    left = len(now) - len(judged)
    text = counted(len(judged or now), "reading")
    if not judged:
        alike = {str(each.verdict) for each in now}
        return f"{WORDS[alike.pop()][0] if len(alike) == 1 else 'undecided'} under all {text}"
    text = f"holds, at least roughly, under {holding} of {text}"
    return text + (f" ({left} more undecided)" if left else "")


def card(then: list[Finding], now: list[Finding], view: View, now_label: str, **pages: str) -> str:
    """Return the card of one claim.

    Parameters
    ----------
    then, now : list of Finding
        One a definition, the primary one first, in the same order: as known on the video's day, and on the view's.
    view : View
        For the titles of series and the texts of facts.
    now_label : str
        ``as known now`` or ``as known on …``.
    """
    first, last = then[0], now[0]
    rests = {
        (rest.series, rest.area): rest for each in (*then, *now) if each.measurement for rest in each.measurement.rests
    }
    curve = specification_curve(now, view)
    return templates().get_template("card.html").render(
        claim=last.claim,
        definition=last.definition,
        then=side(first),
        now=side(last),
        now_label=now_label,
        reasons=_reasons(first, last),
        bar=_bar(last),
        readings=_readings(then, now, curve),
        curve=curve,
        agreement=agreement(now),
        series=[_series(view, rest) for rest in rests.values()],
        facts=[_fact(view, name) for name in _facts(then, now)],
        upcoming=_upcoming(last, view),
        badge=badge,
        **{**PAGES, **pages},
    )  # fmt: skip


def _readings(then: list[Finding], now: list[Finding], curve: Curve | None) -> list[dict[str, Any]]:
    """Return the rows of the table of readings: those of the curve as it numbers them, then the others.

    A row has the reason of its bar where this is not the primary reading's, which stands under what the claim rests on.
    """
    numbers = {name: n for n, name in enumerate(curve.ids, 1)} if curve else {}
    told = _bar(now[0])
    rows = [
        {
            "n": numbers.get(b.definition.id), "title": b.definition.title, "primary": b.definition.primary,
            "then": side(a), "now": side(b), "bar": bar if (bar := _bar(b)) != told else "",
        }
        for a, b in zip(then, now, strict=True)
        if b.definition is not None
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row["n"] or len(rows) + 1)


def _bar(finding: Finding) -> str:
    """Return why the bar of a reading lies where it does, where the ledger gives a reason."""
    test = finding.claim.test_of(finding.definition) if finding.definition else None
    return _sentence(test.reason) if test and test.reason else ""


def _reasons(first: Finding, last: Finding) -> list[str]:
    found: dict[str, str] = {}
    for each in (first, last):
        if reason := _reason(each):
            found.setdefault(reason, f"As known on {long_date(each.as_of)}: {reason}")
    if len(found) == 1 and _reason(first) == _reason(last):
        return [_sentence(next(iter(found)))]
    return [_sentence(text) for text in found.values()]


def _reason(finding: Finding) -> str:
    """Return why a verdict is what it is, in a reader's words; the record has days in digits and names of series."""
    if finding.definition and str(finding.verdict) == "no-data":
        return "not all figures it needs were known then"
    return finding.reason if finding.true_on is None else f"it held as known on {long_date(finding.true_on)}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _facts(then: list[Finding], now: list[Finding]) -> list[str]:
    names = [name for each in (*then, *now) if each.measurement for name in each.measurement.facts]
    return list(dict.fromkeys(names))


def _fact(view: View, name: str) -> dict[str, Any]:
    fact = view.store.facts[name]
    return {
        "statement": _sentence(fact.statement), "source": fact.source, "known": long_date(fact.known_since),
        "confidence": fact.confidence, "addresses": addresses(fact.address),
    }  # fmt: skip


def addresses(text: str) -> list[str]:
    """Return the addresses in a column that may hold several, with `` ; `` between them; what is none is left out."""
    return [each for part in text.split(" ; ") if _ADDRESS.fullmatch(each := part.strip())]


def _upcoming(finding: Finding, view: View) -> dict[str, str] | None:
    found = next_figure(finding, view)
    if found is None:
        return None
    entry = view.entry(found.series)
    return {
        "title": entry.title + (f" ({found.area})" if found.area else ""),
        "period": plain_period(found.date, entry.frequency),
        "expected": long_date(found.expected),
        "newest": plain_period(found.newest, entry.frequency),
    }


def _series(view: View, rest) -> dict[str, Any]:
    entry = view.entry(rest.series)
    span = _span(rest.first, rest.last, entry.frequency)
    return {
        "title": entry.title,
        "anchor": anchor(rest.series),
        "area": rest.area,
        "used": f"{span}, {rest.n} observation{'s' if rest.n != 1 else ''}, vintage of {long_date(rest.known_since)}",
        "pseudo": rest.pseudo_real_time,
    }


def _span(first: pd.Timestamp, last: pd.Timestamp, frequency: str) -> str:
    begin, end = plain_period(first, frequency), plain_period(last, frequency)
    return begin if begin == end else f"{begin} to {end}"


def anchor(series: str) -> str:
    """Return the anchor of a series on the page of sources."""
    return "series-" + series.lower().replace(".", "-").replace("_", "-")
