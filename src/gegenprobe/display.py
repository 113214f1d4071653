"""What a cell shows, and what it tells the build: the files it read, the claims it checked, its pictures."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

import gegenprobe
from gegenprobe.cards import templates
from gegenprobe.charts.picture import Missing, Picture
from gegenprobe.charts.render import drawn, light
from gegenprobe.observations import Store
from gegenprobe.paths import DRAWN_BY_BUILD

PICTURES = "application/vnd.gegenprobe.pictures+json"


class Shown:
    """A cell's result in several forms; the metadata travels with the executed notebook."""

    def __init__(self, forms: dict[str, Any], store: Store, **noted: Any):
        self._forms = forms
        self._store = store
        self._noted = noted

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict[str, Any], dict[str, Any]]:
        noted = {"read": sorted(self._store.read), "modules": used_modules(), **self._noted}
        return self._forms, {"gegenprobe": noted}

    def __repr__(self) -> str:
        return str(self._forms.get("text/plain", ""))


def used_modules() -> list[str]:
    """Return the files of this package that are loaded, relative to it."""
    home = f"{Path(gegenprobe.__file__).parent}{os.sep}"
    loaded = [module for name, module in sys.modules.items() if name.split(".")[0] == "gegenprobe"]
    files = [file for module in loaded if (file := getattr(module, "__file__", None))]
    return sorted(file.removeprefix(home).replace(os.sep, "/") for file in files)


def figure(pictures: Sequence[Picture | Missing], store: Store) -> Shown:
    """Return pictures for a notebook: drawn inline, and for the build as specifications."""
    html, records, text = [], [], []
    for each in pictures:
        if isinstance(each, Missing):
            html.append(templates().get_template("missing.html").render(name=each.name, reason=each.reason))
            text.append(f"no picture {each.name}: {each.reason}")
            continue
        made = record(each)
        records.append(made)
        if DRAWN_BY_BUILD not in os.environ:
            html.append(_inline(made))
        text.append(f"{each.title} ({each.subtitle})")
    forms = {"text/html": "\n".join(html), "text/plain": "\n".join(text)}
    return Shown({**forms, PICTURES: [*records, *_gaps(pictures)]}, store)


def tables(frames: Mapping[str, pd.DataFrame], store: Store) -> Shown:
    """Return tables for a notebook, folded under their headings; ``attrs["caption"]`` says what is in them."""
    html = [
        templates().get_template("table.html").render(
            summary=heading, caption=frame.attrs.get("caption", ""), rows=frame.to_numpy().tolist(),
            columns=[{"name": name, "numeric": False} for name in frame.columns],
        )
        for heading, frame in frames.items()
    ]  # fmt: skip
    text = "\n\n".join(f"{heading}\n{frame.to_string(index=False)}" for heading, frame in frames.items())
    return Shown({"text/html": "\n".join(html), "text/plain": text}, store)


def record(picture: Picture) -> dict[str, Any]:
    """Return a picture's words, its table as csv, and its specification in both widths on a light ground."""
    return {
        "name": picture.name, "title": picture.title, "subtitle": picture.subtitle, "source": picture.source,
        "description": picture.description, "csv": picture.data.to_csv(index=False, lineterminator="\n"),
        "spec": light(picture),
    }  # fmt: skip


def _inline(made: dict[str, Any]) -> str:
    svg = Markup(drawn(made["spec"]["wide-light"]))
    drawing = Markup('<div role="img" aria-label="{}">{}</div>').format(made["description"], svg)
    words = {key: made[key] for key in ("name", "title", "subtitle", "source")}
    files = {"csv": "", "svg": "", "spec": "", "table": ""}  # the build has them
    return templates().get_template("figure.html").render(**words, **files, drawing=drawing)


def _gaps(pictures: Sequence[Picture | Missing]) -> list[dict[str, str]]:
    return [{"name": each.name, "missing": each.reason} for each in pictures if isinstance(each, Missing)]
