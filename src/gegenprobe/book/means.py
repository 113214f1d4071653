"""The processes that work for a build: started as it goes along, or ahead of it, before it is known what changed."""

from __future__ import annotations

import contextlib
import importlib
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from types import TracebackType

from gegenprobe.book.aside import Aside
from gegenprobe.book.layout import Places
from gegenprobe.book.rendering import Renderer
from gegenprobe.book.warm import available, warm_up

_USED = (
    "IPython.paths", "doit.doit_cmd", "filelock", "gegenprobe.book.execute", "gegenprobe.book.progress",
    "gegenprobe.book.provisioner", "ipykernel.kernelspec", "papermill", "papermill.clientwrap", "rich.progress",
    "tomllib",
)  # fmt: skip
"""What a build itself loads on its way."""


class Means:
    """What executes, composes, writes, draws and renders; used in a ``with``, it ends with it.

    Attributes
    ----------
    composer, writer, drawer : Aside
        Where chapters are composed, one by one, the generated pages written, and pictures drawn, which nothing waits
        for but the finished site.
    renderer : Renderer
        Jupyter-book, which is started as soon as it is likely to be needed.
    """

    def __init__(self, places: Places, warm: bool = True):
        self.warm = warm and available()
        self.composer = Aside(warm)
        self.writer = Aside(warm)
        self.drawer = Aside(warm, tries=3)
        self.renderer = Renderer(places)

    def warm_up(self) -> None:
        """Let the server of warm kernels do its imports, beside whatever comes next."""
        if self.warm:
            warm_up()

    def load_ahead(self) -> None:
        """Let the build itself do its imports beside what another process does; without one it would only race."""
        if self.warm:
            Thread(target=load, args=_USED, daemon=True).start()

    def get_ready(self) -> None:
        """Start everything, up to where it has to know what is to be done."""
        self.warm_up()
        with contextlib.suppress(Exception):  # a broken setting is told by the build that needs it
            self.renderer.begin()
        self.composer.begin(__name__, "load", "gegenprobe.book.compose", "gegenprobe.book.data_check")
        self.writer.begin(__name__, "load", "gegenprobe.book.pages")
        self.drawer.begin("gegenprobe.book.drawings", "start_engine")
        load(*_USED)

    def __enter__(self) -> Means:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        working = self.composer, self.writer, self.drawer, self.renderer
        with ThreadPoolExecutor(len(working)) as ending:
            list(ending.map(lambda each: each.close(), working))


def load(*modules: str) -> None:
    """Import modules by name; what is missing is told where it is asked for."""
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
