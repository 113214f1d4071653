"""The foot of a chapter: what somebody needs to run the page again, and to see that it was made from this data."""

from __future__ import annotations

import ast
import csv
import io
import json
import tokenize
from pathlib import Path
from typing import Any

from gegenprobe.book.settings import Settings
from gegenprobe.book.spacing import spaced
from gegenprobe.cards import anchor, templates


def colophon(root: Path, name: str, record: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Return the last cell of a chapter's page.

    Parameters
    ----------
    root : Path
        The checkout.
    record : dict
        Of the execution: ``parameters`` as given, ``read``, the series whose files were read.
    """
    notebook = f"notebooks/{name}.ipynb"
    given = "".join(f" -p {key} {value}" for key, value in record["parameters"].items())
    meaning = explained(root / notebook)
    sums = _sums(root / "data" / "provenance.csv")
    html = templates().get_template("colophon.html").render(
        name=name, repository=settings.repository, colab=settings.colab(notebook), binder=settings.binder(notebook),
        parameters=[(key, value, meaning.get(key, "")) for key, value in record["parameters"].items()],
        files=[(series, anchor(series), sums.get(series, "")) for series in record["read"]],
    )  # fmt: skip
    source = (
        "## Run this page yourself\n\n"
        "In a checkout of the book, after `make setup`, this line makes the page's notebook again:\n\n"
        f"```console\n$ .venv/bin/papermill {notebook} out.ipynb{given}\n```\n\n"
        # A blank line would end the block of HTML, and what follows it would be read as Markdown.
        + "\n".join(spaced(line) for line in html.splitlines() if line.strip())
    )
    return {"cell_type": "markdown", "id": "colophon", "metadata": {}, "source": source}


def explained(notebook: Path) -> dict[str, str]:
    """Return what the parameters cell of a notebook says of each parameter: the comment behind it."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    tagged = (each for each in cells if "parameters" in each.get("metadata", {}).get("tags", ()))
    source = "".join(next(tagged, {"source": ""})["source"])
    names = {
        node.lineno: target.id
        for node in ast.walk(ast.parse(source))
        for target in (getattr(node, "target", None), *getattr(node, "targets", ()))
        if isinstance(target, ast.Name)
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {each.start[0]: each.string.lstrip("# ") for each in tokens if each.type == tokenize.COMMENT}
    return {name: comments[line] for line, name in names.items() if line in comments}


def _sums(path: Path) -> dict[str, str]:
    """Return the sha256 on record of each series; the build refuses a file that is not the one on record."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["series"]: row["sha256"] for row in csv.DictReader(stream)}
