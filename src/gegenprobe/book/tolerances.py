"""The rules' numbers for the page on method: read from the code and the ledger, never typed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from gegenprobe import verdicts
from gegenprobe.claims import LOOKBACK_OF_VALUES
from gegenprobe.words import number

if TYPE_CHECKING:
    from gegenprobe.book.pages import Material
    from gegenprobe.claims import Claim

SHOWN = ("yield-5-12",)
"""Claims whose bands are worked out as an example, where the ledger has them."""


def tolerances(material: Material) -> dict[str, Any]:
    """Return what the template of the page on method needs."""
    claims = [claim for _, claim in material.ledger.by_id.values()]
    bases = Counter(entry.vintage_basis for entry in material.store.catalogue.series.values())
    return {
        "half": number(verdicts.HALF, 1),
        "rough_digits": number(verdicts.ROUGH_DIGITS, 0),
        "rough_percent": number(100 * verdicts.ROUGH_SHARE, 0),
        "lookback": number(LOOKBACK_OF_VALUES, 0),
        "example": next((found for name in SHOWN if (found := _example(material, name))), None),
        "own": [_own(material, claim) for claim in claims if claim.test is not None and claim.test.rough is not None],
        "bases": [{"basis": name, "n": bases[name]} for name in ("never-revised", "observed-vintages", "latest-only")],
        "readings": sum(len(claim.definitions) for claim in claims),
        "claims": len(claims),
        "decided_by_documents": sum(_documented(claim) for claim in claims),
        "uncheckable": sum(not claim.checkable for claim in claims),
        "forecasts": sum(claim.forecast is not None for claim in claims),
    }


def _example(material: Material, name: str) -> dict[str, str] | None:
    if name not in material.ledger.by_id:
        return None
    claim = material.ledger.claim(name)
    test = claim.test
    if test is None or test.sense != "equals":
        return None
    digits = max(test.decimals, 0)
    return {
        "said": claim.stated.text,
        "decimals": str(test.decimals),
        "fine_low": number(test.value - test.fine_width, digits + 1),
        "fine_high": number(test.value + test.fine_width, digits + 1),
        "rough_low": number(test.value - test.rough_width, digits + 1),
        "rough_high": number(test.value + test.rough_width, digits + 1),
    }


def _own(material: Material, claim: Claim) -> dict[str, str]:
    chapter = material.ledger.by_id[claim.id][0]
    return {
        "gist": claim.gist.en,
        "href": f"chapters/{chapter}.html#{claim.id}",
        "rough": f"{claim.test.rough:g} {claim.stated.unit}".strip(),
        "reason": claim.test.reason,
    }


def _documented(claim: Claim) -> bool:
    primary = claim.primary
    return primary is not None and claim.test_of(primary).sense == "documented"
