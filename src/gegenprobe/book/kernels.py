"""How kernels are reached: by files on this machine rather than by TCP ports, where the system knows them."""

from __future__ import annotations

import os
import subprocess
import tempfile
import uuid
from pathlib import Path

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

_NEAR = 0.02
"""Seconds within which a process of this machine has said what it says of itself. Who executes a notebook knows each
message by the cell it answers, so that one which takes longer does no harm."""


class LocalChannel(AsyncZMQSocketChannel):
    """A channel on which nobody waits for what will not come.

    Before the first cell a client takes what the kernel said while it started, until nothing more comes for as long as
    from a distant one: a fifth of a second, in each chapter.
    """

    async def get_msg(self, timeout: float | None = None) -> dict:
        """Return the next message, or raise `queue.Empty` if none comes within `timeout` seconds or `_NEAR`."""
        return await super().get_msg(timeout=None if timeout is None else min(timeout, _NEAR))


class LocalKernelClient(AsyncKernelClient):
    """A client of a kernel on this machine."""

    iopub_channel_class = Type(LocalChannel)


class LocalKernelManager(AsyncKernelManager):
    """A kernel manager whose channels are Unix sockets: nothing listens on a port, nothing is to be eavesdropped.

    The connection file gets its own short, private folder: two kernels must not share the sockets' default name, and a
    socket's path may not be longer than about a hundred characters.
    """

    client_factory = Type(LocalKernelClient)

    def __init__(self, **options):
        super().__init__(**options)
        self._folder = None
        if os.name == "posix":
            self._folder = tempfile.TemporaryDirectory(prefix="gp-")
            self.transport = "ipc"
            self.connection_file = str(Path(self._folder.name) / f"{uuid.uuid4().hex[:12]}.json")
            self.ip = self.connection_file.removesuffix(".json")

    async def start_kernel(self, **options):
        """Start the kernel; what it prints outside of cells (how to connect to it) is of no use."""
        await super().start_kernel(**{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options})

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Remove the sockets and their folder."""
        await super().cleanup_resources(restart)
        if self._folder is not None and not restart:
            self._folder.cleanup()
