"""In which order a page loads: what can wait does not stand before the first paint."""

from __future__ import annotations

import re

_NAMES = r"doctools|sphinx_highlight|clipboard\.min|copybutton|scripts/sphinx-book-theme|explore|gegenprobe"
_WAITING = re.compile(rf'<script src="([^"]*_static/(?:{_NAMES})\.js[^"]*)">')
_AHEAD = re.compile(r'<link rel="preload" as="script"[^>]*>\n?')


def painted_early(text: str) -> str:
    """Return a page whose scripts run, in the same order, once it has been read.

    A browser stops reading at a plain script until it is there, one after the other: on a slow line a second in all.
    The theme asks for its own scripts ahead of everything else, and so takes the line from the style sheets. On the
    page of search a script that does not wait calls those that would; it stays as it is.
    """
    if "searchtools.js" in text:
        return text
    return _AHEAD.sub("", _WAITING.sub(r'<script defer src="\1">', text))
