"""Pictures that answer, links to copy, and the policy that keeps everything else out: in a real browser."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route

from accessibility import barriers

pytestmark = [pytest.mark.xdist_group("site"), pytest.mark.browser]

WHOLE = ("treasury-demand", "yen-boj")
OTHERS = ("us-deficit", "cptpp-trade", "context")
DRAWN = "[data-drawn] canvas"
BLANK = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] > 60) seen.add(pixels[i] + "," + pixels[i + 1]);
  return seen.size < 5;
}"""


@contextmanager
def opened(browser: Browser, url: str, **options) -> Iterator[Page]:
    """Open a page, and fail if it complains or asks another host for anything."""
    options.setdefault("viewport", {"width": 1280, "height": 900})
    context = browser.new_context(**options)
    page = context.new_page()
    asked: list[str] = []
    murmurs: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda told: murmurs.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: murmurs.append(str(error)))
    page.on("response", lambda answer: murmurs.append(answer.url) if answer.status >= 400 else None)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    yield page
    start = url.split("/chapters/")[0].rsplit("/", 1)[0] if url.startswith("http") else "file:"
    assert not [each for each in asked if not each.startswith((start, "data:"))]
    assert not murmurs
    context.close()


def explore(figure: Locator) -> Locator:
    """Ask once for the picture that answers; drawing it takes its time on a busy machine."""
    figure.get_by_role("button", name="explore", exact=True).click()
    canvas = figure.locator(DRAWN)
    canvas.wait_for(timeout=60_000)
    return canvas


def settled(figure: Locator, width: int) -> None:
    """Wait until a picture is drawn for a page of a width: changes of it are gathered for a moment first."""
    figure.page.wait_for_function(
        """([figure, width]) => {
          const drawn = figure.querySelectorAll("canvas");
          return drawn.length === 1 && drawn[0].clientWidth > 0 && drawn[0].clientWidth <= width;
        }""",
        arg=[figure.element_handle(), width],
    )


def tip_over(page: Page, canvas: Locator) -> str:
    """Sweep the pointer over a picture until it tells a number."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for across in range(8, int(box["width"]), 9):
        for down in range(10, int(box["height"]), 12):
            page.mouse.move(box["x"] + across, box["y"] + down)
            if told := page.evaluate("document.querySelector('.gp-tip:not([hidden])')?.innerText"):
                return told
    return ""


@pytest.mark.parametrize("chapter", [*WHOLE, *OTHERS])
def test_pictures_can_be_explored(browser, address, chapter):
    width = {"treasury-demand": 390, "cptpp-trade": 390}.get(chapter, 1280)
    with opened(browser, f"{address}chapters/{chapter}.html", viewport={"width": width, "height": 900}) as page:
        figures = page.locator("figure.gp-figure[data-spec]")
        chosen = range(figures.count()) if chapter in WHOLE else [0, figures.count() - 1]
        assert len(chosen) >= 2
        for place in chosen:
            canvas = explore(figures.nth(place))
            assert not canvas.evaluate(BLANK), figures.nth(place).get_attribute("id")
            assert canvas.bounding_box()["width"] > 0.8 * min(width - 32, 688)
            assert not figures.nth(place).locator("picture").first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert page.evaluate("performance.getEntriesByName(location.origin + '/_static/vega.js').length") == 1


def test_a_press_is_not_lost_when_a_picture_comes_meanwhile(browser, address):
    with opened(browser, address + "chapters/yen-boj.html", viewport={"width": 390, "height": 900}) as page:
        held: list[Route] = []
        page.route("**/pictures/*.svg", lambda route: held.append(route))
        figure = page.locator("figure.gp-figure[data-spec]").last
        button = figure.get_by_role("button", name="explore", exact=True)
        with page.expect_request(f"**/pictures/{figure.get_attribute('id').removeprefix('figure-')}-narrow-light.svg"):
            button.scroll_into_view_if_needed()
        box, height = button.bounding_box(), page.evaluate("document.documentElement.scrollHeight")
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        for route in held:
            route.continue_()
        page.wait_for_function(
            "picture => picture.complete && picture.naturalHeight", arg=figure.locator("img").first.element_handle()
        )
        assert page.evaluate("document.documentElement.scrollHeight") == height
        page.mouse.up()
        figure.locator(DRAWN).wait_for(timeout=60_000)


def test_pressed_twice_and_overtaken_by_another_theme_and_width_it_is_drawn_once(browser, address):
    with opened(browser, address + "chapters/context.html") as page:
        figure, held = page.locator("#figure-talks"), []
        page.route("**/_static/vega.js", lambda route: held.append(route))
        with page.expect_request("**/_static/vega.js"):
            figure.get_by_role("button", name="explore", exact=True).dblclick()
        assert figure.locator(".gp-tools").get_by_text("Loading …").is_visible()
        assert figure.locator("picture.only-light").is_visible()  # nothing is taken away before there is something else
        page.keyboard.press("Enter")  # the keyboard is still there, and asking again changes nothing
        figure.locator(".gp-title").click()  # who reads on meanwhile is not called back
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.set_viewport_size({"width": 390, "height": 900})
        held[0].continue_()
        figure.locator("[data-drawn=dark] canvas").wait_for(timeout=60_000)
        settled(figure, 390)
        assert figure.locator("canvas").count() == len(held) == 1
        assert not page.evaluate("document.activeElement.matches('.gp-button')")
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        figure.get_by_role("button", name="show the still picture").click()
        page.wait_for_load_state("networkidle")
        assert figure.locator("canvas, .gp-exploring").count() == 0
        assert figure.locator("picture.only-dark").is_visible()


@pytest.mark.parametrize("missing", ["**/_static/vega.js", "**/pictures/talks.json"])
def test_what_does_not_come_is_said_and_may_be_asked_for_again(browser, address, missing):
    context = browser.new_context(viewport={"width": 1280, "height": 900})  # not `opened`: the browser complains
    page = context.new_page()
    page.goto(address + "chapters/context.html")
    figure = page.locator("#figure-talks")
    page.route(missing, lambda route: route.abort())
    figure.get_by_role("button", name="explore", exact=True).click()
    figure.get_by_text("It could not be loaded").wait_for()
    assert figure.locator("picture.only-light").is_visible()
    assert not figure.locator(".gp-chart").is_visible()
    page.unroute(missing)
    explore(figure)
    page.route("**/pictures/talks.json", lambda route: route.abort())
    page.evaluate("document.documentElement.dataset.theme = 'dark'")  # drawn anew, and that fails
    figure.get_by_text("It could not be loaded").wait_for()
    assert figure.locator("picture.only-dark").is_visible()
    context.close()


def test_it_tells_the_numbers_and_zooms_in_time(browser, address):
    with opened(browser, address + "chapters/yen-boj.html") as page:
        figure = page.locator("#figure-rice")
        canvas = explore(figure)
        told = tip_over(page, canvas)
        assert re.match(r"[A-Z][a-z]+ \d{4}\n[\d.,]+", told), told
        page.keyboard.press("Escape")
        assert page.locator(".gp-tip:not([hidden])").count() == 0
        whole = canvas.evaluate("canvas => canvas.toDataURL()")
        seen = {whole}
        for name in ("closer", "earlier", "wider"):
            figure.get_by_role("button", name=name, exact=True).click()
            page.wait_for_timeout(150)
            seen.add(canvas.evaluate("canvas => canvas.toDataURL()"))
        assert len(seen) == 4
        figure.get_by_role("button", name="all", exact=True).click()
        page.wait_for_timeout(150)
        assert canvas.evaluate("canvas => canvas.toDataURL()") == whole
        # Who scrolls down the page is not caught by a picture under the pointer.
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + 200, box["y"] + 100)
        before = page.evaluate("scrollY")
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(300)
        assert page.evaluate("scrollY") > before
        assert canvas.evaluate("canvas => canvas.toDataURL()") == whole
        figure.get_by_role("button", name="show the still picture").click()
        assert figure.locator("canvas").count() == 0
        assert figure.locator("picture.only-light").is_visible()


def test_it_follows_the_theme_and_the_width_and_leaves_paper_alone(browser, address):
    with opened(browser, address + "chapters/context.html", color_scheme="dark") as page:
        figure = page.locator("figure.gp-figure[data-spec]").last
        explore(figure)
        assert figure.locator(".gp-stage").get_attribute("data-drawn") == "dark"
        page.locator(".theme-switch-button").first.click()
        figure.locator("[data-drawn=light] canvas").wait_for()
        page.set_viewport_size({"width": 390, "height": 900})
        settled(figure, 390)
        page.emulate_media(media="print")
        assert not figure.locator("canvas").is_visible()
        still = figure.locator("picture.only-light")  # its image loads when the printer asks
        assert still.evaluate("picture => getComputedStyle(picture).display") == "block"
        assert page.locator(".gp-button:visible").count() == 0
        page.emulate_media(media="screen", reduced_motion="reduce")
        assert page.evaluate("getComputedStyle(document.querySelector('.btn')).transitionProperty") == "none"


def test_what_scripts_add_is_for_everybody(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 900})  # not `opened`: axe itself sets styles
    page = context.new_page()
    page.goto(address + "chapters/context.html")
    explore(page.locator("#figure-talks"))
    page.locator("#figure-talks details").evaluate("details => (details.open = true)")
    assert barriers(page) == []
    context.close()


def test_it_works_from_disk(browser, site: Path):
    with opened(browser, (site / "chapters/treasury-demand.html").as_uri()) as page:
        assert not explore(page.locator("#figure-auction-bidders")).evaluate(BLANK)
    with opened(browser, (site / "index.html").as_uri() + "?verdict=contradicted#claims") as page:
        assert 0 < page.locator(".gp-claims > li:visible").count() < page.locator(".gp-claims > li").count()
        page.locator(".theme-switch-button").first.click()
        assert page.evaluate("document.documentElement.dataset.mode") != "auto"


def test_a_card_gives_its_link(browser, address):
    with opened(browser, address + "chapters/context.html") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        card = page.locator("article.gp-card").nth(1)
        card.get_by_role("button", name="Copy the link to this claim").click()
        card.get_by_text("copied").wait_for()
        name = card.get_attribute("id")
        assert page.evaluate("navigator.clipboard.readText()") == f"{address}chapters/context.html#{name}"


def test_the_keyboard_reaches_everything_and_is_seen(browser, address):
    looks = """() => {
      const at = document.activeElement, style = getComputedStyle(at);
      const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      return [at.className.toString() + "|" + at.name, seen || style.boxShadow !== "none"];
    }"""
    for name, wanted in (
        ("chapters/context.html", {"gp-button": "explore", "gp-share": "copy", "gp-scroll": "table"}),
        ("index.html", {"|chapter": "filter", "|verdict": "filter", "|changed": "filter"}),
    ):
        with opened(browser, address + name) as page:
            page.locator(".gp-data, #claims").first.evaluate("each => { if ('open' in each) each.open = true; }")
            reached: dict[str, bool] = {}
            for _ in range(400):
                page.keyboard.press("Tab")
                label, seen = page.evaluate(looks)
                for part in wanted:
                    if part in label:
                        reached[part] = reached.get(part, True) and seen
                if reached.keys() == wanted.keys():
                    break
            assert reached == dict.fromkeys(wanted, True), name


def test_without_scripts_nothing_of_it_shows(browser, address):
    with opened(browser, address + "chapters/context.html", java_script_enabled=False) as page:
        assert page.locator(".gp-button, .gp-tools, .gp-chart").count() == 0
        figure = page.locator("figure.gp-figure").first
        assert figure.locator("picture.only-light").is_visible()
        table = figure.locator("details.gp-data")
        assert not table.locator("table").is_visible()
        table.locator("summary").click()
        assert table.locator("tbody tr").count() > 1
        assert table.locator("table").is_visible()


def test_search_works_under_the_policy(browser, address):
    with opened(browser, address + "search.html?q=auction") as page:
        page.locator("#search-results li a").first.wait_for()
        assert page.locator("#search-results li").count() > 1


def test_every_page_has_a_policy_and_it_holds(browser, address, site: Path):
    for path in site.rglob("*.html"):
        if "_static" in path.relative_to(site).parts:
            continue
        text = path.read_text(encoding="utf-8")
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert policy, path.name
        assert "default-src 'none'" in policy[1]
        assert "unsafe" not in policy[1]
        assert not re.search(r"https?:", policy[1])
        assert policy.start() < text.index("<script")
    context = browser.new_context()
    page = context.new_page()
    blocked: list[str] = []
    page.on("console", lambda told: blocked.append(told.text) if "Content Security Policy" in told.text else None)
    page.goto(address + "index.html")
    page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.broken = 1";
      document.head.append(script);
      document.body.insertAdjacentHTML("beforeend", '<img src="https://example.org/seen.png"><b onclick="1">x</b>');
      return fetch("https://example.org/").catch(() => 0);
    }""")
    assert page.evaluate("window.broken") is None
    assert len(blocked) >= 4
    context.close()


def test_no_specification_stands_in_a_page(site: Path):
    names = [path.name.removesuffix("-wide-light.svg") for path in (site / "pictures").glob("*-wide-light.svg")]
    for name in names:
        for stem in (name, f"{name}-narrow"):
            text = (site / f"pictures/{stem}.json").read_text(encoding="utf-8")
            spec = json.loads(text)
            assert "vega-lite" in spec["$schema"]
            assert '"tooltip"' in text, stem
            assert len(gzip.compress(text.encode())) < 30_000, stem
            assert (site / f"pictures/{stem}.js").read_text(encoding="utf-8").endswith(text + ";\n")
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "vega.github.io" not in text, path.name
        for address in re.findall(r'data-spec="([^"]*)"', text):
            assert (path.parent / address).is_file(), (path.name, address)
