"""Warm kernels: each chapter still has a process of its own, but the imports are paid once.

A server process (the standard library's fork server) imports what every chapter imports and then forks a kernel for
each request. Where processes cannot be forked, plain kernels do the same work.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

NAME = "gegenprobe-warm"
PRELOAD = ["gegenprobe.book.preload"]
_ONE_AT_A_TIME = threading.Lock()


def available() -> bool:
    """Tell whether this system can fork kernels from a server."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def warm_up() -> None:
    """Start the server now, so that its imports run beside whatever comes next."""
    from multiprocessing import forkserver

    multiprocessing.set_forkserver_preload(PRELOAD)
    forkserver.ensure_running()


class _Forked:
    """A forked process with the few methods of `subprocess.Popen` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, process: multiprocessing.Process):
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        if self._process.is_alive():
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


@contextlib.contextmanager
def without_main() -> Iterator[None]:
    """Hide the main script: a forked process would import it again, whatever it does when imported."""
    with _ONE_AT_A_TIME:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel by forking the warmed server instead of starting an interpreter."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel that listens where the connection file of `cmd` says."""
        multiprocessing.set_forkserver_preload(PRELOAD)
        context = multiprocessing.get_context("forkserver")
        arguments = (cmd[cmd.index("-f") + 1], str(kwargs.get("cwd") or Path.cwd()), dict(kwargs.get("env") or {}))
        process = context.Process(target=_serve, args=arguments, daemon=True)
        with without_main():
            process.start()
        self.process = _Forked(process)
        self.pid, self.pgid, self.cwd = process.pid, None, kwargs.get("cwd")
        return self.connection_info


def _serve(connection_file: str, folder: str, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    os.setpgrp()
    nowhere = os.open(os.devnull, os.O_WRONLY)  # cells speak through the kernel's channels, not through these
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance(argv=["-f", connection_file])
