"""The one script that draws pictures to explore: Vega, served from the site itself, fetched by those who ask for it."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path

from gegenprobe.book.inputs import write_whole

SNIPPET = "window.vegaEmbed = vegaEmbed;"
"""vega-embed brings Vega, Vega-Lite and the interpreter of expressions, which needs no `eval`."""
NAME = "vega.js"
_NOTICE = """/*! Vega, Vega-Lite, Vega-Embed: Copyright University of Washington Interactive Data Lab, BSD-3-Clause.
    D3: Copyright Mike Bostock, ISC. Bundled by vl-convert. */
"""


def bundled(work: Path) -> Path:
    """Return where the bundle is kept, by the version of what makes it."""
    return work / f"vega-{version('vl-convert-python')}.js"


def make_bundle(work: Path) -> None:
    """Make the bundle and keep it in `work`, instead of that of a former version."""
    import vl_convert

    newest = max(vl_convert.get_vegalite_versions(), key=lambda each: [int(part) for part in each.split(".")])
    # It comes as a module, which a page opened from disk may not load; as a function it keeps its names inside too.
    bundle = vl_convert.javascript_bundle(SNIPPET, vl_version=newest)
    for former in work.glob("vega-*.js"):
        former.unlink()
    write_whole(bundled(work), f"{_NOTICE}(function () {{\n{bundle}\n}})();\n")


def place_bundle(work: Path, site: Path) -> None:
    """Put the bundle into the site's ``_static/``."""
    shutil.copyfile(bundled(work), site / "_static" / NAME)
