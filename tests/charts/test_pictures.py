"""Every picture of every chapter, drawn with Altair's own checks on: it fits its page, and dark is light recoloured."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import pytest

from gegenprobe.chapter import OpenChapter
from gegenprobe.charts import render
from gegenprobe.charts.picture import Missing, Picture

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


pytestmark = pytest.mark.xdist_group("pictures")


@functools.cache
def pictures_of(path: Path, as_of: str) -> list[Picture | Missing]:
    """Run a chapter's cells here, and return what they hand to ``show``."""
    shown: list[Picture | Missing] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OpenChapter, "show", lambda self, *pictures: shown.extend(pictures))
        names: dict[str, object] = {}
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            exec("".join(cell["source"]), names)
            if "parameters" in cell["metadata"].get("tags", ()):
                names["as_of"] = as_of
    return shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_pictures_of_a_chapter(path):
    pictures = pictures_of(path, "latest")
    assert pictures
    for picture in pictures:
        assert isinstance(picture, Picture), f"{picture.name}: {picture.reason}"
        drawn = {}
        for name in ("wide-light", "wide-dark", "narrow-light"):
            layout = render.LAYOUTS[name]
            drawn[name] = render.svg(picture, layout)
            width = float(re.search(r'<svg[^>]* width="([\d.]+)"', drawn[name])[1])
            assert width <= layout.width + 4, (picture.name, name, width)
        assert render.darkened(drawn["wide-light"]) == drawn["wide-dark"], picture.name
        assert render.drawn(render.light(picture)["narrow-light"]) == drawn["narrow-light"], picture.name
        assert len(picture.data) > 1, picture.name
        for text in (picture.title, picture.subtitle, picture.description, picture.source):
            assert len(text) > 10, picture.name
            assert not re.search(r"\bnan\b|\bNone\b(?! of)|NaT", text), (picture.name, text)
        assert re.search(r"\d", picture.description), picture.name
        assert drawn["wide-light"].count("<path") + drawn["wide-light"].count("<text") > 10, picture.name


def test_names_are_unique():
    names = [picture.name for path in NOTEBOOKS for picture in pictures_of(path, "latest")]
    assert len(set(names)) == len(names)
    assert len(names) >= 20


@pytest.mark.parametrize("as_of", ["2025-06-12", "2018-01-01"])
def test_an_early_day_costs_pictures_not_chapters(as_of):
    for path in NOTEBOOKS:
        for picture in pictures_of(path, as_of):
            if isinstance(picture, Missing):
                assert picture.reason
            elif "date" in picture.data and picture.name.startswith(("auction", "yen")):
                dates = picture.data["date"].astype(str)
                assert (dates <= as_of).all(), f"{picture.name} shows what was not known on {as_of}"
