"""Characters that no text of the book may hold: nobody sees them, and they change what is read or break a format."""

from __future__ import annotations

import re
import unicodedata

_REFUSED = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls: XML, and so the feed and the pictures, cannot hold them
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction: a line can show other words than it holds
    "\u200b\u2060-\u2064\ufeff"  # of no width: two names look the same and are not
    "\u2028\u2029\ud800-\udfff\ufffe\uffff"  # ends of lines that are none, halves of characters, no characters
    "]"
)


def unseen(text: str) -> str:
    """Return the first character that the book refuses, as ``U+202E RIGHT-TO-LEFT OVERRIDE``; else nothing."""
    found = _REFUSED.search(text)
    if found is None:
        return ""
    sign = found.group()
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'control character')}"
