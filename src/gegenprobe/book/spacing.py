"""Neighbouring cells and paragraphs stay apart for whoever takes the tags away, as the site's search does.

Between two of them a browser shows no space, however many there are.
"""

from __future__ import annotations

import re

_BLOCKS = "caption|d[dtl]|details|div|h[1-6]|li|ol|p|summary|table|tbody|t[dhr]|text|thead|title|ul"
_END = re.compile(rf"((?:</(?:{_BLOCKS})>)++|<br>)(?=\S)")


def spaced(html: str) -> str:
    """Return HTML with a space behind the end of each block and each broken line."""
    return _END.sub(r"\1 ", html)
