"""What a page says of itself to machines: description, OpenGraph, JSON-LD, the feed; and the list of all pages.

jupyter-book renders the pages; their heads are finished in the copy that is about to be published. So its cache stays
as it is, and a page that was not rendered again gets the newest findings too.
"""

from __future__ import annotations

import json
import re
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from gegenprobe.book.settings import Settings

NOTES = "head.json"
"""What `gegenprobe.book.machines` hands over, below ``book/generated``."""
PICTURE, FEED = "social.png", "feed.xml"
PICTURE_SIZE = (1200, 630)
NOT_LISTED = ("search.html", "genindex.html")
MOST_LETTERS = 200
_AT_ONCE = 4_000
_BEGIN, _END = "<!-- about this page -->", "<!-- /about this page -->"
_FORMER = re.compile(rf"\s*{_BEGIN}.*?{_END}", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


def read_notes(generated: Path) -> dict[str, Any]:
    """Return what was noted for the heads of the pages; empty where nothing was."""
    path = generated / NOTES
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write_sitemap(site: Path, built: str, settings: Settings) -> None:
    """Write ``sitemap.xml`` of the pages below `site`, where the book has an address."""
    if settings.address:
        (site / "sitemap.xml").write_text(sitemap(pages_of(site), built, settings), encoding="utf-8")


def pages_of(site: Path) -> list[str]:
    """Return the pages of a site as paths below it."""
    found = (path.relative_to(site) for path in site.rglob("*.html"))
    return sorted(path.as_posix() for path in found if path.parts[0] != "_static")


def with_head(text: str, name: str, notes: dict[str, Any], settings: Settings) -> str:
    """Return a page with its description, OpenGraph properties, feed and JSON-LD right after its title."""
    text = _FORMER.sub("", text) if _BEGIN in text else text
    title = _TITLE.search(text)
    if title is None:
        return text
    note = notes.get("pages", {}).get(name, {})
    heading = unescape(title.group(1)).split(" \u2014 ")[0].strip()
    description = note.get("description") or first_paragraph(text) or heading
    lines = [_BEGIN, _tag("name", "description", description)]
    given = {
        "og:type": "website" if name == "index.html" else "article",
        "og:site_name": settings.title,
        "og:title": heading,
        "og:description": description,
        "og:locale": "en",
        "og:url": settings.absolute(name),
    }
    if settings.address:
        width, height = PICTURE_SIZE
        given |= {
            "og:image": settings.absolute(PICTURE),
            "og:image:width": str(width),
            "og:image:height": str(height),
            "og:image:alt": notes.get("picture", ""),
        }
        lines.append(_tag("name", "twitter:card", "summary_large_image"))
    lines += [_tag("property", key, value) for key, value in given.items() if value]
    up = "../" * name.count("/")
    lines.append(f'<link rel="alternate" type="application/atom+xml" title="Changes of verdicts" href="{up}{FEED}" />')
    if note.get("graph"):
        lines.append(f'<script type="application/ld+json">{embedded(note["graph"])}</script>')
    whole = "\n    ".join([*lines, _END])
    return text[: title.end()] + "\n    " + whole + text[title.end() :]


def embedded(graph: list[dict[str, Any]]) -> str:
    """Return a JSON-LD graph that may stand inside a script element: nothing in it can end the element."""
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def sitemap(names: list[str], built: str, settings: Settings) -> str:
    """Return the list of pages for search engines; it only knows absolute addresses."""
    day = f"<lastmod>{escape(built[:10])}</lastmod>" if built else ""
    rows = [f"<url><loc>{escape(settings.absolute(name))}</loc>{day}</url>" for name in names if name not in NOT_LISTED]
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([head, *rows, "</urlset>"]) + "\n"


def first_paragraph(text: str) -> str:
    """Return the first paragraph of a page's article, cut after a sentence where it is long."""
    reader = _Paragraph()
    start = text.find("<article") % (len(text) + 1)  # behind the end, where there is none
    while not reader.done and start < len(text):  # a page is long, and its first paragraph stands at its top
        reader.feed(text[start : start + _AT_ONCE])
        start += _AT_ONCE
    return shortened(" ".join("".join(reader.words).split()))


def shortened(text: str) -> str:
    """Return as many whole sentences, or else words, as fit a description."""
    if len(text) <= MOST_LETTERS:
        return text
    kept = text[:MOST_LETTERS]
    end = max(kept.rfind(mark) for mark in (". ", "? ", "! "))
    return kept[: end + 1] if end > 0 else kept.rsplit(" ", 1)[0] + " …"


class _Paragraph(HTMLParser):
    """The first paragraph inside the article."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._article = self._inside = self.done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._article |= tag == "article"
        self._inside |= tag == "p" and self._article and not self.done

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" and self._inside and "".join(self.words).strip():
            self._inside, self.done = False, True

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.words.append(data)


def _tag(kind: str, name: str, value: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(value)}" />'
