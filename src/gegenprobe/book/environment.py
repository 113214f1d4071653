"""What kernels and drawings see of the machine: little."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from html import escape
from pathlib import Path

from gegenprobe.book.inputs import write_whole
from gegenprobe.book.warm import NAME, available
from gegenprobe.paths import DRAWN_BY_BUILD, ROOT_VARIABLE

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "VIRTUAL_ENV", "CI")
_FOLDERS = (
    "JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_RUNTIME_DIR",
    "JUPYTER_PLATFORM_DIRS", "JUPYTER_PREFER_ENV_PATH", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME",
    "XDG_DATA_DIRS", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
)  # fmt: skip
"""Where programs keep their files. By name: JUPYTER_TOKEN and XDG_SESSION_COOKIE begin the same way."""


_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{}</dir></fontconfig>
"""
"""The drawing engine brings its fonts. Those of the machine would make a picture a pixel wider here than there, and it
maps a file of them into memory for each letter it measures."""


@contextlib.contextmanager
def quiet_environment(root: Path, warm: bool = True) -> Iterator[None]:
    """Give kernels and drawings a small environment: no keys, one thread each, the checkout by name, no fonts.

    Kernels are warm ones where they exist.
    """
    before = dict(os.environ)
    kept = {name: value for name, value in before.items() if name in _KEPT or name in _FOLDERS}
    os.environ.clear()
    os.environ.update(kept, OMP_NUM_THREADS="1", PYTHONHASHSEED="0", **{ROOT_VARIABLE: str(root), DRAWN_BY_BUILD: "1"})
    # What the builder has IPython run at each start is no input of a chapter.
    os.environ["IPYTHONDIR"] = str(root / "book" / "_build" / "ipython")
    fonts = root / "book" / "_build" / "fonts.conf"
    write_whole(fonts, _FONTS.format(escape(str(fonts.with_name("no-fonts")))))
    os.environ["FONTCONFIG_FILE"] = str(fonts)
    if warm and available():
        os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = NAME
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
