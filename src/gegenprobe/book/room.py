"""Every picture of a page has its room there before it comes, so that nothing moves when it does."""

from __future__ import annotations

import re
from pathlib import Path

_SHOWN = re.compile(r'(<(?:source|img)\b(?![^>]* width=)[^>]*? (?:srcset|src)="([^"]+\.svg)")')
_DOCUMENT = re.compile(r"<svg\b[^>]*>")
_SIDE = r'\s{}="([\d.]+)"'


def give_room(site: Path) -> None:
    """Let the drawings of every page below `site` say how wide and high they are; call it when they are there."""
    for path in site.rglob("*.html"):
        if path.relative_to(site).parts[0] != "_static":
            text = path.read_text(encoding="utf-8")
            if (sized := with_room(text, path.parent)) != text:
                path.write_text(sized, encoding="utf-8")


def with_room(text: str, folder: Path) -> str:
    """Return a page whose drawings say how wide and high they are.

    A drawing is fetched when the reader comes near it. Without its size it has no height until then, and pushes
    all below it down when it is there: also the button that somebody is just pressing, whose click is lost by that.

    Parameters
    ----------
    text : str
        A page.
    folder : Path
        Where it lies; the addresses of its drawings count from there. One that is not there, or does not tell its
        size, is left as it is.
    """

    def sized(found: re.Match[str]) -> str:
        size = size_of(folder.joinpath(found[2]).resolve())
        return found[1] + (f' width="{size[0]}" height="{size[1]}"' if size else "")

    return _SHOWN.sub(sized, text)


def size_of(path: Path) -> tuple[int, int] | None:
    """Return width and height of an SVG file in pixels; None if it does not say."""
    try:
        with path.open(encoding="utf-8") as file:
            document = _DOCUMENT.search(file.read(2000))
    except OSError:
        return None
    sides = [re.search(_SIDE.format(name), document[0]) for name in ("width", "height")] if document else [None]
    return tuple(round(float(side[1])) for side in sides) if all(sides) else None
