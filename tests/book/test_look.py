"""The verdicts' colours are legible on every ground they stand on, in both themes."""

from __future__ import annotations

import re

import pytest

from gegenprobe.paths import project_root
from gegenprobe.verdicts import Verdict

CSS = (project_root() / "book" / "_static" / "gegenprobe.css").read_text(encoding="utf-8")
THEMES = {"light": r':root,\s*html\[data-theme="light"\]', "dark": r'\nhtml\[data-theme="dark"\]'}
TEXT = [f"--gp-{verdict}" for verdict in Verdict] + ["--gp-ink", "--gp-muted", "--gp-link"]
GROUNDS = ["--gp-ground", "--gp-surface", "--gp-mark"]


def _colours(theme: str) -> dict[str, str]:
    block = re.search(THEMES[theme] + r"\s*\{(.*?)\}", CSS, re.DOTALL).group(1)
    return dict(re.findall(r"(--gp-[a-z-]+): (#[0-9a-f]{6});", block))


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_guidelines_say():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXT)
def test_text_is_legible(theme, ground, text):
    colours = _colours(theme)
    assert _contrast(colours[text], colours[ground]) >= 4.5


def test_nothing_is_fetched_from_elsewhere():
    scripts = project_root() / "book" / "_static"
    for path in scripts.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text
        assert "@import" not in text
