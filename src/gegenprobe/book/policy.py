"""What a page may load and run: nothing from another host, no script that the book did not write.

The policy stands in each page: a static host need not let its headers be set, and a page opened from disk has none.
"""

from __future__ import annotations

import base64
import hashlib
import re

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_TYPE = re.compile(r'\btype="([^"]*)"')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_UNSAFE = re.compile(r"""\s(style|on[a-z]+)\s*=\s*["']|(?:href|src)\s*=\s*["']\s*javascript:""", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"style\s*="), re.compile(r"on[a-z]+\s*=")
"""Begin with letters, so that they are looked for several times as fast as with a space before them."""
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
    # A text may speak of attributes, so tags are looked at one by one; but a page without such words needs no look.
    for tag in _TAG.findall(bare) if _may_be_unsafe(bare) else ():
        if found := _UNSAFE.search(tag):
            raise UnsafePage(f"{name}: {found.group().strip()} in {tag[:120]}")
    return secured(text)


def _may_be_unsafe(text: str) -> bool:
    lower = text.lower()
    found = (each.start() for pattern in _ATTRIBUTES for each in pattern.finditer(lower))
    return "javascript:" in lower or any(lower[place - 1].isspace() for place in found if place)


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
