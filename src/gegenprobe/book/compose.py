"""From an executed copy to the page jupyter-book reads: pictures ordered, nothing of the machine left in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gegenprobe.book.colophon import colophon
from gegenprobe.book.drawings import order
from gegenprobe.book.figures import place
from gegenprobe.book.inputs import write_whole
from gegenprobe.book.layout import Places
from gegenprobe.book.settings import read_settings
from gegenprobe.book.spacing import spaced
from gegenprobe.display import PICTURES
from gegenprobe.errors import BuildFailed


def compose(places: Places, name: str, record: dict[str, Any]) -> list[str]:
    """Write the page of one chapter and the files of its pictures, and order their drawings.

    Parameters
    ----------
    record : dict
        As `gegenprobe.book.execute.execute` returns it.

    Returns
    -------
    list of str
        What its cells wrote to stderr, one line each: kept off the page, but not silent.

    Raises
    ------
    BuildFailed
        If a machine path would reach the page.
    """
    notebook = json.loads((places.executed / f"{name}.ipynb").read_text(encoding="utf-8"))
    murmurs: list[str] = []
    pictures: list[dict[str, Any]] = []
    cells = []
    for cell in _with_one_opening(notebook["cells"]):
        tags = [tag for tag in cell.get("metadata", {}).get("tags", []) if tag != "injected-parameters"]
        if cell["cell_type"] == "code":
            murmurs += _clean_outputs(places, cell, pictures)
            tags = sorted({*tags, "hide-input"})
        cells.append({**cell, "metadata": {"tags": tags} if tags else {}})
    cells.append(colophon(places.root, name, record, read_settings(places.root / "_config.yml")))
    # As written: what somebody downloads is the notebook of the repository, which runs, not the page made from it.
    as_written = (places.notebooks / f"{name}.ipynb").read_text(encoding="utf-8")
    write_whole(places.extra / "downloads" / "notebooks" / f"{name}.ipynb", as_written)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    page = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": notebook["nbformat"],
        "nbformat_minor": notebook["nbformat_minor"],
    }
    text = json.dumps(page, ensure_ascii=False)
    for folder in (places.root, Path.home()):
        if len(folder.parts) > 2 and str(folder) in text:
            raise BuildFailed(f"the path {folder} would reach the page")
    write_whole(places.chapters / f"{name}.ipynb", text)
    order(places, name, pictures)
    return murmurs


def _with_one_opening(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the parameters as given at the head of the cell that opens the chapter: one thing to unfold, not three."""
    kept, given = [], ""
    for cell in cells:
        tags = cell.get("metadata", {}).get("tags", [])
        if "injected-parameters" in tags:
            given = "".join(cell["source"]).strip() + "\n\n"
        elif "parameters" in tags:
            continue
        elif given and cell["cell_type"] == "code":
            kept.append({**cell, "source": given + "".join(cell["source"])})
            given = ""
        else:
            kept.append(cell)
    return kept


def _clean_outputs(places: Places, cell: dict[str, Any], pictures: list[dict[str, Any]]) -> list[str]:
    murmurs, kept = [], []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream" and output["name"] == "stderr":
            murmurs += [line for line in "".join(output["text"]).splitlines() if line.strip()]
            continue
        data = output.get("data", {})
        if PICTURES in data:
            shown = data.pop(PICTURES)
            data["text/html"] = "\n".join(place(places.extra, each, "../") for each in shown)
            pictures += shown
        if "text/html" in data:
            data["text/html"] = spaced("".join(data["text/html"]))
        output.pop("metadata", None)
        if output["output_type"] != "stream":
            output["metadata"] = {}
        output.pop("execution_count", None)
        if output["output_type"] == "execute_result":
            output["execution_count"] = None
        kept.append(output)
    cell["outputs"] = kept
    cell["execution_count"] = None
    return murmurs
