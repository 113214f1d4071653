"""Where the book's files lie, and the variables by which a build speaks to its kernels."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gegenprobe.errors import InputError

ROOT_VARIABLE = "GEGENPROBE_ROOT"
DRAWN_BY_BUILD = "GEGENPROBE_DRAWN_BY_BUILD"
"""Set where a build draws all pictures itself, so that no cell need draw one."""
_MARK = Path("data") / "catalogue.yml"


def environment_folder() -> Path | None:
    """Return the folder, in an environment of venv or conda, for what depends on its packages alone.

    None in a Python that is shared with others, and in an environment that may not be written to.
    """
    prefix = Path(sys.prefix)
    own = sys.prefix != sys.base_prefix or (prefix / "conda-meta").is_dir()
    return prefix / "share" / "gegenprobe" if own and os.access(prefix, os.W_OK) else None


def project_root() -> Path:
    """Return the folder that holds ``data/``, ``notebooks/`` and ``book/``.

    The environment variable ``GEGENPROBE_ROOT`` wins; then the nearest folder upward from the working
    directory; then the checkout this package was installed from, so that a notebook runs from anywhere.

    Raises
    ------
    InputError
        If none of these holds ``data/catalogue.yml``.
    """
    named = os.environ.get(ROOT_VARIABLE)
    if named:
        if (Path(named) / _MARK).is_file():
            return Path(named).resolve()
        raise InputError(f"{ROOT_VARIABLE}={named} holds no {_MARK.as_posix()}; point it at a checkout of the book")
    try:
        here = [Path.cwd(), *Path.cwd().parents]
    except OSError:  # the working directory is gone
        here = []
    for folder in (*here, Path(__file__).resolve().parents[2]):
        if (folder / _MARK).is_file():
            return folder
    raise InputError(f"no {_MARK.as_posix()} here or above; run inside a checkout of the book or set {ROOT_VARIABLE}")
