"""The one script that draws pictures to explore: Vega, served from the site itself, fetched by those who ask for it.

It says nothing of the book, only of the locked packages, and takes as long to make as a chapter. So it is kept beside
them and made once an environment.
"""

from __future__ import annotations

import hashlib
import shutil
from importlib.metadata import version
from pathlib import Path

from gegenprobe.book.inputs import write_whole
from gegenprobe.paths import environment_folder

SNIPPET = "window.vegaEmbed = vegaEmbed;"
"""vega-embed brings Vega, Vega-Lite and the interpreter of expressions, which needs no `eval`."""
NAME = "vega.js"
_NOTICE = """/*! Vega, Vega-Lite, Vega-Embed: Copyright University of Washington Interactive Data Lab, BSD-3-Clause.
    D3: Copyright Mike Bostock, ISC. Bundled by vl-convert. */
"""
_FRAME = _NOTICE + "(function () {{\n{}\n}})();\n"
"""It comes as a module, which a page opened from disk may not load; as a function it keeps its names inside too."""


def home(work: Path) -> Path:
    """Return the folder that keeps the bundle: in the environment, where it may be written to, else `work`."""
    return environment_folder() or work


def bundled(folder: Path) -> Path:
    """Return where in a folder the bundle is kept, by the version of what makes it and what is asked of that."""
    asked = hashlib.sha256((SNIPPET + _FRAME).encode()).hexdigest()[:8]
    return folder / f"vega-{version('vl-convert-python')}-{asked}.js"


def make_bundle(folder: Path) -> None:
    """Make the bundle and keep it in a folder, instead of those of former versions."""
    import vl_convert

    newest = max(vl_convert.get_vegalite_versions(), key=lambda each: [int(part) for part in each.split(".")])
    bundle = vl_convert.javascript_bundle(SNIPPET, vl_version=newest)
    write_whole(bundled(folder), _FRAME.format(bundle))
    for former in folder.glob("vega-*.js"):
        if not former.name.startswith(f"vega-{version('vl-convert-python')}-"):
            former.unlink(missing_ok=True)


def place_bundle(folder: Path, site: Path) -> None:
    """Put the bundle that a folder keeps into the site's ``_static/``."""
    shutil.copyfile(bundled(folder), site / "_static" / NAME)
