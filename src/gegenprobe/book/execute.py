"""Papermill executes a chapter into a copy; what can go wrong is said by chapter, cell and error."""

from __future__ import annotations

import json
import logging
import time
import warnings
from typing import Any

from gegenprobe.book.inputs import chapter_digest, chapter_inputs, noted, write_whole
from gegenprobe.book.kernels import LocalKernelManager
from gegenprobe.book.layout import Places
from gegenprobe.errors import BuildFailed, InputError

CELL_SECONDS = 120
"""No cell of a chapter needs more than a few seconds; one that hangs must not hold up a build for half an hour."""


def check_parameters(places: Places, name: str, parameters: dict[str, str]) -> None:
    """Check parameters by name and type against the notebook's own, before anything runs.

    Raises
    ------
    InputError
        For a parameter the chapter does not have, or a notebook without a parameters cell.
    """
    import papermill

    path = places.notebooks / f"{name}.ipynb"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known = papermill.inspect_notebook(str(path))
    except Exception as error:  # papermill raises what nbformat and json raise
        raise InputError(f"{path}: not a notebook ({' '.join(str(error).split())[:120]})") from None
    if not known:
        raise InputError(f"{path}: no cell is tagged 'parameters'; tag the one that sets as_of and video_day")
    for key, value in parameters.items():
        if key not in known:
            raise InputError(f"{path}: no parameter {key!r}; there are {', '.join(known)}")
        kind = known[key]["inferred_type_name"]
        if kind not in ("str", "None", type(value).__name__):
            raise InputError(f"{path}: parameter {key} is {kind} there, but {type(value).__name__} was given")


def execute(places: Places, name: str, parameters: dict[str, str], horizon: list[str]) -> dict[str, Any]:
    """Execute one chapter and keep its copy, with a record of what it was made from.

    Returns
    -------
    dict
        The record: ``read``, ``modules``, ``digest``, ``parameters``.

    Raises
    ------
    BuildFailed
        With the number of the cell and its error; the former copy stays as it was.
    InputError
        If the kernel is not installed.
    """
    import papermill
    from jupyter_client.kernelspec import NoSuchKernel

    logging.getLogger("papermill").setLevel(logging.ERROR)
    places.executed.mkdir(parents=True, exist_ok=True)
    part, begun = places.executed / f".{name}.part.ipynb", time.time_ns()
    try:
        notebook = papermill.execute_notebook(
            str(places.notebooks / f"{name}.ipynb"), str(part), parameters=parameters, progress_bar=False,
            log_output=False, execution_timeout=CELL_SECONDS, start_timeout=60, cwd=str(places.root),
            request_save_on_cell_execute=False,
            kernel_manager_class=LocalKernelManager,
        )  # fmt: skip
    except papermill.PapermillExecutionError as error:
        place = _cell_as_written(places, name, error.cell_index)
        raise BuildFailed(f"cell {place}: {error.ename}: {' '.join(str(error.evalue).split())}") from None
    except NoSuchKernel as error:
        raise InputError(
            f"notebooks/{name}.ipynb: no kernel named {error.name!r}; install ipykernel, or run make setup"
        ) from None
    except (TimeoutError, RuntimeError) as error:
        raise BuildFailed(" ".join(str(error).split())[:300] or type(error).__name__) from None
    finally:
        part.unlink(missing_ok=True)
    record: dict[str, Any] = {**noted(notebook), "parameters": parameters}
    record["digest"] = chapter_digest(places, name, record, parameters, horizon)
    inputs = chapter_inputs(places, name, record["read"], record["modules"])
    if any(path.stat().st_mtime_ns >= begun for path in inputs if path.is_file()):
        record["digest"] = ""  # one was saved meanwhile, and may not be what was read: executed again next time
    write_whole(places.executed / f"{name}.ipynb", json.dumps(notebook, ensure_ascii=False))
    write_whole(places.executed / f"{name}.json", json.dumps(record, indent=1))
    return record


def _cell_as_written(places: Places, name: str, executed: int) -> int:
    """Return the number, from 1, of a cell in the notebook as written: papermill puts one in behind the parameters."""
    cells = json.loads((places.notebooks / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    tagged = [i for i, cell in enumerate(cells) if "parameters" in cell.get("metadata", {}).get("tags", ())]
    return executed + 1 if not tagged or executed <= tagged[0] else executed
