"""Takes out of the finished pages what no reader needs: an icon script of 1.5 MB, scripts of other pages, repeats.

Works on the copy that is about to be published, after jupyter-book; a page means and looks the same afterwards, and
loads more calmly: scripts wait (`loading`).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from gegenprobe.book.loading import painted_early

ICONS = Path("_static/scripts/fontawesome.js")
_ICON = re.compile(r'<(i|span) class="([^"]*\bfa-[a-z][^"]*|fas [^"]*)"([^>]*)>\s*</\1>')
_STYLES = frozenset({"fa-solid", "fas", "fa-regular", "far", "fa-lg", "fa-fw"})
_OUTLINE = re.compile(r'(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]+)"\]')
_BADGE = re.compile(r'(<svg class="gp-badge gp-([a-z-]+)")( viewBox="[^"]+")([^>]*>)(.*?)</svg>', re.DOTALL)
_BODY = re.compile(r"<body\b[^>]*>")
_THANKS = "<!-- Icons: Font Awesome Free by Fonticons, Inc., CC BY 4.0 -->"
_LOADED = r'<(?:script|link)\b[^>]*(?:src|href)="[^"]*{}[^"]*"[^>]*>(?:</script>)?\n?'
NEEDLESS = ("*.map", "*.mo", "*.po", "*.ttf", "*.woff2", ICONS.name)
"""Files that no page asks for once all are `slimmed`."""


class Icons:
    """The theme's icons, read from the script that would draw them in the browser."""

    def __init__(self, path: Path):
        self._text = path.read_text(encoding="utf-8") if path.is_file() else ""
        self._known: dict[str, tuple[str, str, str] | None] = {}
        self.digest = hashlib.sha256(self._text.encode()).hexdigest()

    def __getitem__(self, name: str) -> tuple[str, str, str] | None:
        """Return width, height and outline of the solid icon of a name; None if the theme has none."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> tuple[str, str, str] | None:
        asked = (f'"{name}":[', f",{name}:[", f"{{{name}:[")
        place, length = max((self._text.rfind(each), len(each)) for each in asked)  # the solid ones stand last
        found = _OUTLINE.match(self._text, place + length) if place >= 0 else None
        return found.groups() if found else None


def slimmed(text: str, icons: Icons) -> str:
    """Return a page without what it does not need.

    Parameters
    ----------
    text : str
        A page as the theme writes it.
    icons : Icons
        What the theme's icon script would put in place of its marks.
    """
    drawn = _ICON.sub(lambda found: _drawn(found, icons), text)
    if drawn != text:
        text = _BODY.sub(lambda body: body.group() + _THANKS, drawn, count=1)
    text = _without(text, "scripts/fontawesome.js")
    if "Search.query" not in text and 'id="search-results"' not in text:
        for name in ("searchtools.js", "language_data.js", "searchindex.js"):
            text = _without(text, name)
    if 'class="sd-' not in text and " sd-" not in text:
        for name in ("sphinx-design.min.css", "design-tabs.js"):
            text = _without(text, name)
    if '<div class="highlight' not in text:
        for name in ("clipboard.min.js", "copybutton.js", "copybutton.css"):
            text = _without(text, name)
    # An attribute is a script too, and the page's policy allows none; gegenprobe.js prints instead.
    text = text.replace(' onclick="window.print()"', "")
    return _with_shapes_once(painted_early(text))


def _drawn(found: re.Match[str], icons: Icons) -> str:
    _, classes, rest = found.groups()
    names = [each for each in classes.split() if each.startswith("fa-") and each not in _STYLES]
    icon = icons[names[0].removeprefix("fa-")] if names else None
    if icon is None:
        return found.group()
    width, height, outline = icon
    kept = " ".join(each for each in classes.split() if each not in ("fas", "fa-solid"))
    return (
        f'<svg class="gp-icon {kept}" viewBox="0 0 {width} {height}"{rest.rstrip()}'
        f' aria-hidden="true" focusable="false"><path fill="currentColor" d="{outline}"/></svg>'
    )


def _without(text: str, file: str) -> str:
    return re.sub(_LOADED.format(re.escape(file)), "", text) if file in text else text


def _with_shapes_once(text: str) -> str:
    """Draw the shape of each verdict once a page; a badge refers to it."""
    shapes: dict[str, str] = {}

    def refer(found: re.Match[str]) -> str:
        start, verdict, view, end, shape = found.groups()
        shapes[verdict] = f'<symbol id="shape-{verdict}"{view}>{shape.strip()}</symbol>'
        end = end.replace(' width="1em" height="1em"', "")  # the book's own style says so
        return f'{start}{end}<use href="#shape-{verdict}"/></svg>'

    text = _BADGE.sub(refer, text)
    if not shapes:
        return text
    store = f'<svg class="gp-shapes" width="0" height="0" aria-hidden="true">{"".join(shapes.values())}</svg>'
    return _BODY.sub(lambda body: body.group() + store, text, count=1)
