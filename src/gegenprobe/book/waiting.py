"""A Sphinx extension that lets a run of jupyter-book prepare itself, then wait until there are pages to read.

Only `gegenprobe.book.rendering` asks for it; whoever calls jupyter-book by hand waits for nothing.
"""

from __future__ import annotations

import os
import sys
from typing import Any

_FIRST = 0


def setup(app: Any) -> dict[str, Any]:
    """Wait when the extensions are loaded: what comes next looks at the files of the book."""
    app.connect("config-inited", wait, priority=_FIRST)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def wait(*_: Any) -> None:
    """Return when a line comes in; end where none will."""
    if not sys.stdin.readline():
        os._exit(1)
