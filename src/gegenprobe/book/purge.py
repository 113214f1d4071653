"""Takes the rules that no page uses out of the theme's style sheets: nothing is painted before they are there."""

from __future__ import annotations

import re
from pathlib import Path

OWN = ("gegenprobe.css",)
LIBRARIES = ("vega.js",)
"""Scripts that are loaded on demand and use no class of the theme."""
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{};]+)\{[^{}]*\}")
_EMPTY = re.compile(r"@(?:media|supports)[^{};]*\{\s*\}")
_INNER = re.compile(r":[a-z-]+\([^()]*\)")
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_CLASSES = re.compile(r"""\bclass\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_][\w-]*")


def classes_of(page: str) -> set[str]:
    """Return every word of a page that could be a class: of its class attributes and scripts, not of its text."""
    return _words("\n".join({*_CLASSES.findall(page), *_SCRIPT.findall(page)}))


def _words(text: str) -> set[str]:
    return set(_TOKEN.findall(text))


def purge(site: Path, words: set[str]) -> None:
    """Purge every style sheet of the theme below ``_static``.

    Parameters
    ----------
    words : set of str
        Those of the pages, as `classes_of` finds them; the scripts are read here.
    """
    tokens = set(words)
    for path in site.rglob("*.js"):
        if path.name not in (*LIBRARIES, "searchindex.js"):
            tokens |= _words(path.read_text(encoding="utf-8"))
    for path in (site / "_static").rglob("*.css"):
        if path.name not in OWN:
            path.write_text(purged(path.read_text(encoding="utf-8"), tokens), encoding="utf-8")


def purged(css: str, tokens: set[str]) -> str:
    """Return a style sheet without the rules that cannot match.

    Parameters
    ----------
    css : str
        A style sheet; comments are left out of the result, but for the licence at its head.
    tokens : set of str
        Every word in pages and scripts, so that a class is known wherever it may come from. One that ends with a hyphen
        stands for all classes that begin with it: scripts put such names together.
    """
    prefixes = tuple(each for each in tokens if each.endswith("-") and len(each) > 3)
    known: dict[str, bool] = {}

    def used(name: str) -> bool:
        if name not in known:
            known[name] = name in tokens or name.startswith(prefixes)
        return known[name]

    def kept(rule: re.Match[str]) -> str:
        # What stands in :not() need not occur, and of what stands in :is() one is enough: neither is asked for.
        outer = rule.group(1)
        while (bare := _INNER.sub("", outer)) != outer:
            outer = bare
        alive = any(all(map(used, _CLASS.findall(selector))) for selector in outer.split(","))
        return rule.group() if alive else ""

    licence = _COMMENT.match(css)
    head = licence.group() if licence and "icense" in licence.group() else ""
    text = _RULE.sub(kept, _COMMENT.sub("", css))
    while (fuller := _EMPTY.sub("", text)) != text:
        text = fuller
    return head + text
