"""Templates are compiled once an environment, as modules are: what a build would translate again at each start."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from gegenprobe.paths import environment_folder


class TemplateCache(jinja2.FileSystemBytecodeCache):
    """Compiled templates in a folder; each is used only for the source it was made from."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a compiled template; one that is damaged in whatever way is compiled again."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # what reading half a file raises is nowhere said
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template; one that cannot be kept, for want of room, say, is compiled again next time."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def template_cache(name: str, maker: Path) -> TemplateCache | None:
    """Return where compiled templates are kept; none in a Python that is not an environment of its own, or closed.

    Parameters
    ----------
    name : str
        Whose templates they are.
    maker : Path
        The module that makes their `jinja2.Environment`: its settings are part of what is compiled, so that another
        text of it needs another folder. That of the former one goes.
    """
    share = environment_folder()
    if share is None:
        return None
    key = hashlib.sha256(maker.read_bytes() + jinja2.__version__.encode()).hexdigest()[:12]
    folder = share / f"templates-{name}-{key}"
    try:
        if not folder.is_dir():
            for former in share.glob(f"templates-{name}-*"):
                shutil.rmtree(former, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return TemplateCache(str(folder))
