"""The workers of a Dask cluster, and how long a sweep goes on without any of them."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import Executor

from gegenprobe.errors import InputError
from gegenprobe.sweep.pool import AHEAD, ATTEMPTS, Here, WorkersGone

ALONE = 60.0
"""Seconds a sweep waits when every worker is gone, for another to come; then it stops and keeps what is finished."""
LOOK = 5.0
"""Seconds without a result after which the scheduler is asked who is there."""
_PATIENCE = 10  # seconds for a scheduler to answer


class Cluster(Here):
    """The workers of a Dask cluster; they need this package and the same files at the same place.

    Raises
    ------
    InputError
        If ``distributed`` is not installed, or no scheduler with workers answers at `address`.
    """

    watch = LOOK

    def __init__(self, address: str):
        try:
            from distributed import Client
        except ModuleNotFoundError:
            raise InputError("--scheduler needs the package distributed: pip install 'gegenprobe[cluster]'") from None
        # What is wrong is said here, in one line; its own words would stand before and after it.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self.name, self._alone_since = f"the scheduler at {address}", None
        try:
            asyncio.run(_call(address))  # a client that reaches nobody goes on trying, and complains at its end
            self._client = Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            what = " ".join(str(error).split())[:120] or type(error).__name__
            hint = "write its address, such as tcp://127.0.0.1:8786"
            raise InputError(f"no scheduler at {address!r} ({what}); {hint}") from None
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            self.close()
            raise InputError(f"the scheduler at {address} has no workers; start one: dask worker {address}") from None

    def executor(self) -> tuple[Executor, int]:
        """Return the cluster as an executor, and how many jobs it may hold at once."""
        return self._client.get_executor(retries=ATTEMPTS - 1), max(self._threads(), 1) * AHEAD

    def look(self, came: bool) -> None:
        """See whether anybody is still working.

        Raises
        ------
        WorkersGone
            If the scheduler has had no worker, or given no answer, for `ALONE` seconds. A machine that loses its power
            closes no connection: the scheduler itself misses its workers only after its ``worker-ttl``.
        """
        if came or self._threads():
            self._alone_since = None
            return
        now = time.monotonic()
        self._alone_since = now if self._alone_since is None else self._alone_since
        if now - self._alone_since >= ALONE:
            raise WorkersGone(f"{self.name} has had no worker for {ALONE:.0f} seconds")

    def close(self) -> None:
        """Take leave of the scheduler."""
        self._client.close()

    def _threads(self) -> int:
        try:
            return sum(self._client.nthreads(callback_timeout=_PATIENCE).values())
        except Exception:  # whatever it says: a scheduler that does not answer has nobody to offer
            return 0


async def _call(address: str) -> None:
    """Find out whether anybody answers at an address."""
    from distributed.comm import connect

    comm = await connect(address, timeout=_PATIENCE)
    await comm.close()
