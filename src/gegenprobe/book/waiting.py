"""A Sphinx extension that lets a run of jupyter-book prepare itself, then wait until there are pages to read.

Only `gegenprobe.book.rendering` asks for it; whoever calls jupyter-book by hand waits for nothing.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import soupsieve
from pybtex.database import parse_string
from pybtex.plugin import find_plugin
from pygments.styles import get_all_styles
from sphinx import jinja2glue
from sphinx.jinja2glue import BuiltinTemplateLoader

from gegenprobe.compiled import template_cache

_FIRST = 0
_REFERENCE = "@misc{a, author = {{B}}, title = {{C}}, note = {D}, year = {2000}, url = {https://example.org/}}"


def setup(app: Any) -> dict[str, Any]:
    """Wait when the extensions are loaded: what comes next looks at the files of the book."""
    app.connect("config-inited", wait, priority=_FIRST)
    app.connect("builder-inited", keep_compiled)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def keep_compiled(app: Any) -> None:
    """Let the theme's templates be compiled once an environment: that takes a tenth of rendering."""
    if isinstance(app.builder.templates, BuiltinTemplateLoader):
        app.builder.templates.environment.bytecode_cache = template_cache("theme", Path(jinja2glue.__file__))


def wait(*_: Any) -> None:
    """Return when a line comes in; end where none will."""
    with contextlib.suppress(Exception):  # what fails here fails again where it is needed, and is told there
        warm_up()
    if not sys.stdin.readline():
        os._exit(1)


def warm_up() -> None:
    """Do what keeps the first page waiting, and only the first: modules loaded late, and patterns compiled."""
    list(get_all_styles())
    soupsieve.compile("a.b[c] > d:not(e)")
    reference = parse_string(_REFERENCE, "bibtex").entries.values()
    list(find_plugin("pybtex.style.formatting", "alpha")().format_entries(reference))
