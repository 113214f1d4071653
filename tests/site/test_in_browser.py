"""Every page of the real book in a real browser: nothing foreign, nothing broken, readable by everybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accessibility import barriers

pytestmark = [pytest.mark.xdist_group("site"), pytest.mark.browser]

PAGES = [
    "index.html", "how-to-read.html", "changes.html", "freshness.html", "method.html",
    "how-to-check-us.html", "sources.html", "corrections.html",
    "citing.html", "glossary.html", "chapters/yen-boj.html", "chapters/us-deficit.html",
    "chapters/treasury-demand.html", "chapters/cptpp-trade.html", "chapters/context.html",
]  # fmt: skip
WIDTHS = {"phone": 390, "desktop": 1280}


def test_the_list_of_pages_is_whole(site: Path):
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html") if "_static" not in path.parts}
    assert built - {"search.html", "genindex.html"} == set(PAGES)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page(browser, address, name, width, scheme):
    context = browser.new_context(viewport={"width": WIDTHS[width], "height": 900}, color_scheme=scheme)
    page = context.new_page()
    asked, murmurs, missing = [], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: murmurs.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: murmurs.append(str(error)))
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    page.goto(address + name)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if not url.startswith((address, "data:"))]
    assert not missing
    assert not murmurs
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels to the side"
    pictures = page.locator(f".gp-figure picture.only-{scheme} img")
    for place in range(pictures.count()):
        picture = pictures.nth(place)
        picture.scroll_into_view_if_needed()
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") > 200
        assert picture.get_attribute("alt")
    if (width, scheme) == ("phone", "dark"):
        context.close()  # the same colours as on the desktop, the same layout as in the light: nothing new for axe
        return
    assert barriers(page) == []
    context.close()


def test_every_picture_is_drawn_and_not_blank(site: Path):
    drawings = sorted((site / "pictures").glob("*.svg"))
    assert len(drawings) >= 4 * 20
    for path in drawings:
        text = path.read_text(encoding="utf-8")
        assert text.count("<path") + text.count("<text") > 10, path.name


def test_the_first_screen_of_a_phone_says_what_holds_and_what_does_not(browser, address, site: Path):
    claims = json.loads((site / "findings.json").read_text(encoding="utf-8"))
    now = {each["claim"]: each["verdict"] for each in claims if each["primary"]}  # the later day comes last
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address + "index.html")
    for heading, verdicts in (("Does not hold", {"contradicted"}), ("Holds", {"supported", "roughly-supported"})):
        group = page.locator(f".gp-short[aria-label^='{heading}']")
        assert group.locator("li").first.bounding_box()["y"] < 800
        named = group.locator("a").evaluate_all("links => links.map(link => link.hash.slice(1))")
        assert len(named) >= 3
        assert {now[each] for each in named} <= verdicts
    page.close()


def test_the_list_of_claims_unfolds_where_it_is_filtered(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address + "index.html")
    shown = page.locator(".gp-claims > li:visible")
    assert shown.count() == 0
    page.locator("select[name=verdict]").select_option("outdated")
    assert shown.count() == page.locator('.gp-claims > li[data-verdict="outdated"]').count() > 0
    page.locator("select[name=verdict]").select_option("")
    assert shown.count() == 0
    page.locator(".gp-group summary").first.click()
    assert shown.count() > 0
    page.close()


def test_permalinks_lead_to_the_card(browser, address, site: Path):
    claims = [each for each in json.loads((site / "findings.json").read_text(encoding="utf-8")) if each["primary"]]
    page = browser.new_page(viewport={"width": 390, "height": 900})
    for chapter in sorted({each["chapter"] for each in claims}):
        names = sorted({each["claim"] for each in claims if each["chapter"] == chapter})
        page.goto(f"{address}chapters/{chapter}.html#{names[0]}")
        assert page.locator(f"#{names[0]}").is_visible()
        there = set(page.locator("article.gp-card").evaluate_all("cards => cards.map(card => card.id)"))
        assert there == set(names)
    page.close()


def test_the_pages_work_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(address + "chapters/treasury-demand.html")
    assert page.locator("article.gp-card").first.is_visible()
    assert page.locator(".gp-figure img").first.is_visible()
    context.close()


def test_the_site_opens_from_disk(browser, site: Path):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((site / "index.html").as_uri())
    assert page.locator("article h1").first.is_visible()
    page.goto((site / "chapters/treasury-demand.html").as_uri())
    picture = page.locator(".gp-figure picture.only-light img").first
    picture.scroll_into_view_if_needed()
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") > 200
    page.close()
