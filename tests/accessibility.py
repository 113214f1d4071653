"""What axe finds wrong with a page as it stands in a browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Naming each element that is as it should be takes half the time, and nobody reads it.
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


def barriers(page: Page) -> list[tuple[str, str]]:
    """Return the rules of WCAG 2.2 AA a page breaks so that some readers are kept out, each with the first element."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    grave = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in grave]
