"""How Jupyter gets a warm kernel: forked from the server instead of started as an interpreter."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from gegenprobe.book.warm import forking, warm_up

_ENDS_WITHIN = 1.0
"""Seconds after which a kernel is left to its manager, which has ways to end one that does not."""


class _Forked:
    """A forked process with the few methods of `subprocess.Popen` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, process: multiprocessing.Process):
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        if self._process.is_alive():
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel by forking the warmed server instead of starting an interpreter."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel that listens where the connection file of `cmd` says."""
        warm_up()
        context = multiprocessing.get_context("forkserver")
        arguments = (cmd[cmd.index("-f") + 1], str(kwargs.get("cwd") or Path.cwd()), dict(kwargs.get("env") or {}))
        process = context.Process(target=_serve, args=arguments, daemon=True)
        with forking():
            process.start()
        self.process = _Forked(process)
        self.pid, self.pgid, self.cwd = process.pid, None, kwargs.get("cwd")
        return self.connection_info

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Wait for the end of the kernel, which was just asked for: its manager looks only every tenth of a second."""
        await asyncio.to_thread(self.process.wait, _ENDS_WITHIN)


def _serve(connection_file: str, folder: str, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    os.setpgrp()
    nowhere = os.open(os.devnull, os.O_WRONLY)  # cells speak through the kernel's channels, not through these
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance(argv=["-f", connection_file, "--HistoryManager.enabled=False"])
