"""The one script that draws pictures to explore: Vega, served from the site itself, fetched by those who ask for it."""

from __future__ import annotations

from pathlib import Path

from gegenprobe.book.inputs import write_whole

SNIPPET = "window.vegaEmbed = vegaEmbed;"
"""vega-embed brings Vega, Vega-Lite and the interpreter of expressions, which needs no `eval`."""
NAME = "vega.js"
_NOTICE = """/*! Vega, Vega-Lite, Vega-Embed: Copyright University of Washington Interactive Data Lab, BSD-3-Clause.
    D3: Copyright Mike Bostock, ISC. Bundled by vl-convert. */
"""


def place_bundle(work: Path, site: Path) -> None:
    """Put the bundle into the site's ``_static/``; it is made once a version and kept in `work`."""
    import vl_convert

    version = max(vl_convert.get_vegalite_versions(), key=lambda each: [int(part) for part in each.split(".")])
    kept = work / f"vega-{vl_convert.__version__}-{version}.js"
    if not kept.is_file():
        for former in work.glob("vega-*.js"):
            former.unlink()
        # It comes as a module, which a page opened from disk may not load; as a function it keeps its names inside too.
        bundle = vl_convert.javascript_bundle(SNIPPET, version)
        write_whole(kept, f"{_NOTICE}(function () {{\n{bundle}\n}})();\n")
    write_whole(site / "_static" / NAME, kept.read_text(encoding="utf-8"))
