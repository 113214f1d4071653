"""What a page may load and run: nothing from another host, no script that the book did not write.

The policy stands in each page: a static host need not let its headers be set, and a page opened from disk has none.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_TYPE = re.compile(r'\btype="([^"]*)"')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ATTRIBUTES = re.compile(r"style\s*="), re.compile(r"on[a-z]+\s*=")
"""Begin with letters, so that they are looked for several times as fast as with what stands before them."""
_BEFORE = " \t\n\f\r/\"'"
"""After these an attribute begins, for a browser."""
_ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
_FOREIGN = re.compile(r"<(script|iframe|object|embed|base|meta|link)\b")
_CHARSET = re.compile(r"<meta charset=[^>]*>")
_NAME = "Content-Security-Policy"
_FORMER = re.compile(rf'\s*<meta http-equiv="{_NAME}"[^>]*>')
_RUN = ("", "text/javascript", "application/javascript", "module")


class UnsafePage(Exception):
    """A page holds what its policy would forbid; the text names page and place."""


def secure(text: str, name: str) -> str:
    """Return a page with its policy; ask for it last, when nothing more is written into the page.

    Parameters
    ----------
    name : str
        What a message calls the page.

    Raises
    ------
    UnsafePage
        If the page has a style attribute, an event attribute or a script address, or its text an element that only the
        theme may bring: the policy gives leave to every script it finds, so none may stand where data do.
    """
    shown = _COMMENT.sub("", text)
    if (article := _ARTICLE.search(shown)) and (found := _FOREIGN.search(article.group().lower())):
        raise UnsafePage(f"{name}: an element {found.group(1).lower()} in the text of the page")
    bare = _SCRIPT.sub("", shown)
    # A text may speak of attributes, so that a page has to be parsed; but one without such words needs no look.
    if _may_be_unsafe(bare):
        _Attributes(name).feed(bare)
    return secured(text)


class _Attributes(HTMLParser):
    """Parses a page, as tolerant as browsers are; raises `UnsafePage` at the first attribute that would be run."""

    def __init__(self, name: str):
        super().__init__()
        self._name = name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for attribute, value in attrs:
            runs = attribute in ("href", "src") and (value or "").strip().lower().startswith("javascript:")
            if runs or attribute == "style" or (attribute.startswith("on") and attribute.isalpha()):
                raise UnsafePage(f"{self._name}: {attribute} in {self.get_starttag_text()[:120]}")


def _may_be_unsafe(text: str) -> bool:
    lower = text.lower()
    found = (each.start() for pattern in _ATTRIBUTES for each in pattern.finditer(lower))
    return "javascript:" in lower or any(lower[place - 1] in _BEFORE for place in found if place)


def secured(text: str) -> str:
    """Return a page with its policy right after the character set, before anything is loaded."""
    text = _FORMER.sub("", text) if _NAME in text else text
    meta = f'<meta http-equiv="{_NAME}" content="{policy(text)}" />'
    return _CHARSET.sub(lambda found: f"{found.group()}\n    {meta}", text, count=1)


def policy(text: str) -> str:
    """Return the policy of a page: its own inline scripts and styles by their hashes, files from the site only."""
    # Data blocks (JSON-LD) are not run and need no leave.
    scripts = [
        body
        for attributes, body in _SCRIPT.findall(text)
        if "src=" not in attributes and _kind(attributes) in _RUN and body.strip()
    ]
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *_hashes(scripts)],
        "style-src": ["'self'", *_hashes(_STYLE.findall(text))],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
    }
    return "; ".join(" ".join([name, *allowed]) for name, allowed in rules.items())


def _kind(attributes: str) -> str:
    found = _TYPE.search(attributes)
    return found.group(1).lower() if found else ""


def _hashes(bodies: list[str]) -> list[str]:
    digests = (hashlib.sha256(body.encode()).digest() for body in dict.fromkeys(bodies))
    return [f"'sha256-{base64.b64encode(each).decode()}'" for each in digests]
