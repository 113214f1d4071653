"""How kernels begin and end: nobody waits for what will not come, and an executed notebook is what it always was."""

from __future__ import annotations

import asyncio
import json
from queue import Empty

import nbformat
import papermill
import psutil
import pytest
import zmq
import zmq.asyncio

from conftest import ROOT
from gegenprobe.book.environment import quiet_environment
from gegenprobe.book.kernels import LocalChannel, LocalKernelManager
from gegenprobe.book.warm import available

pytestmark = pytest.mark.xdist_group("small-book")
CODE = [
    "import os\nprint(os.getpid())",
    "import sys\nprint('told', file=sys.stderr)\n1 + 1",
    "import time; time.sleep(0.3); 3",
]


class Socket(zmq.asyncio.Socket):
    """A socket on which nothing comes, that remembers how long it was waited for."""

    waited: list[int | None]

    async def poll(self, timeout: int | None = None, flags: int = 0) -> int:
        self.waited.append(timeout)
        return 0


@pytest.mark.parametrize(("asked", "waited"), [(0.2, 20), (4, 20), (0.005, 5), (0, 0), (None, None)])
def test_nobody_waits_long_on_a_channel_unless_for_ever(asked, waited):
    async def wait() -> list[int | None]:
        with zmq.asyncio.Context() as context, Socket(context, zmq.PAIR) as socket:
            socket.waited = []
            with pytest.raises(Empty):
                await LocalChannel(socket, None).get_msg(timeout=asked)
            return list(socket.waited)

    assert asyncio.run(wait()) == [waited]


@pytest.mark.parametrize("warm", [True, False])
def test_a_notebook_is_executed_whole_and_its_kernel_has_ended_then(tmp_path, warm):
    if warm and not available():
        pytest.skip("this system forks no processes")
    cells = [nbformat.v4.new_code_cell(code) for code in CODE]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec}), tmp_path / "in.ipynb")
    with quiet_environment(ROOT, warm):
        papermill.execute_notebook(
            str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"), progress_bar=False, log_output=False,
            kernel_manager_class=LocalKernelManager,
        )  # fmt: skip
    outputs = [cell["outputs"] for cell in json.loads((tmp_path / "out.ipynb").read_text())["cells"]]
    assert [[each["output_type"] for each in cell] for cell in outputs] == [
        ["stream"], ["stream", "execute_result"], ["execute_result"],
    ]  # fmt: skip
    assert outputs[2][0]["data"]["text/plain"] == ["3"] or outputs[2][0]["data"]["text/plain"] == "3"
    assert not psutil.pid_exists(int("".join(outputs[0][0]["text"])))
