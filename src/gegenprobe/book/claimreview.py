"""Each card as a schema.org ``ClaimReview``: what was said, how it came out, and on which scale.

Honest about four things. The reviewer is the project, not a person. The claim's author is left out: schema.org asks for
a person or an organisation there, and the book names neither; the video stands as the claim's ``appearance``. The scale
are the verdict words; only the four that measure a claim have a number on it. And the claim is told in our own words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gegenprobe.cards import addresses, anchor, side
from gegenprobe.words import WORDS, long_date

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material
    from gegenprobe.book.settings import Settings
    from gegenprobe.findings import Finding

SCALE = ("contradicted", "outdated", "roughly-supported", "supported")
"""From worst to best. The other verdicts say that nothing was measured yet, so they have a word and no number."""
KIND = "ClaimReview"


def reviews(material: Material, chapter: str, settings: Settings) -> list[dict[str, Any]]:
    """Return the reviews of one chapter, in the order of its ledger.

    Addresses are relative to the page of the chapter unless the book has an address of its own.
    """
    page = settings.absolute(f"chapters/{chapter}.html")
    home = settings.absolute("") or "../"
    return [_review(material, claim.id, page, home, settings) for claim in material.ledger.chapters[chapter].claims]


def _review(material: Material, name: str, page: str, home: str, settings: Settings) -> dict[str, Any]:
    then, now = material.then[name][0], material.now[name][0]
    claim = now.claim
    series = sorted({rest.series for rest in now.measurement.rests}) if now.measurement else []
    facts = [material.store.facts[each] for each in now.measurement.facts] if now.measurement else []
    built = str(material.build.get("built", ""))[:10]
    found = {
        "@type": KIND,
        "@id": f"{page}#{name}",
        "url": f"{page}#{name}",
        "inLanguage": "en",
        "datePublished": built,
        "author": {"@type": "Organization", "name": settings.author, "url": settings.address},
        "claimReviewed": claim.gist.en,
        "itemReviewed": {
            "@type": "Claim",
            "name": claim.gist.en,
            "alternateName": claim.gist.de,
            "appearance": {
                "@type": "CreativeWork",
                "genre": "video",
                "name": f"A German video of {material.then_day:%B %Y} on Japan, the yen and US debt",
                "inLanguage": "de",
                "dateCreated": f"{material.then_day:%Y-%m}",
            },
        },
        "reviewRating": rating(now, material.now_label),
        "reviewBody": _body(then, now, material),
        "isBasedOn": [f"{home}sources.html#{anchor(each)}" for each in series],
        "citation": list(dict.fromkeys(address for fact in facts for address in addresses(fact.address))),
    }
    return without_gaps(found)


def rating(finding: Finding, label: str) -> dict[str, Any]:
    """Return a verdict as a rating: its word, its place on the scale where it has one, and its reason."""
    verdict = str(finding.verdict)
    found: dict[str, Any] = {"@type": "Rating", "alternateName": WORDS[verdict][0]}
    if verdict in SCALE:
        found |= {"ratingValue": SCALE.index(verdict) + 1, "bestRating": len(SCALE), "worstRating": 1}
    return found | {"ratingExplanation": f"{_capital(label)}: {_found(finding)}"}


def _body(then: Finding, now: Finding, material: Material) -> str:
    lines = [
        f"The video said: {now.claim.stated.text}.",
        f"As known on {long_date(material.then_day)}: {WORDS[str(then.verdict)][0]}; {_found(then)}",
        f"{_capital(material.now_label)}: {WORDS[str(now.verdict)][0]}; {_found(now)}",
    ]
    if now.definition:
        lines.append(f"Reading: {now.definition.title}.")
    return " ".join(lines)


def _found(finding: Finding) -> str:
    shown = side(finding)
    if shown["found"]:
        text = shown["found"] if finding.unit == "documents" else f"found {shown['found']}"
        text += f" ({shown['period']})" if shown["period"] else ""
        return f"{text}; {shown['reason']}".rstrip("; .") + "."
    return (shown["reason"] or "nothing was measured").rstrip(". ") + "."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def without_gaps(node: Any) -> Any:
    """Return a tree of plain values without empty texts, lists and mappings: an empty property says nothing."""
    if isinstance(node, dict):
        kept = {key: without_gaps(value) for key, value in node.items()}
        return {key: value for key, value in kept.items() if value not in ("", [], {}, None)}
    if isinstance(node, list):
        return [without_gaps(each) for each in node]
    return node
