"""What every chapter imports, and the YAML all of them read; the server of warm kernels does this once."""

import contextlib
import gc
import sys

from gegenprobe.interrupts import ignore

ignore()
gc.disable()  # nothing imported here is ever garbage
sys.modules.setdefault("debugpy", None)  # nobody steps through a build; a kernel would load it at each start

import altair  # noqa: E402
import ipykernel.debugger  # noqa: E402
import ipykernel.ipkernel  # noqa: E402
import ipykernel.kernelapp  # noqa: E402
import IPython.core.completerlib  # noqa: E402
import IPython.core.debugger  # noqa: E402
import IPython.core.interactiveshell  # noqa: E402
import IPython.core.logger  # noqa: E402
import IPython.extensions.storemagic  # noqa: E402
import pandas  # noqa: E402
import pandas.io.formats.csvs  # noqa: E402
import tornado.platform.asyncio  # noqa: E402
import vl_convert  # noqa: E402

import gegenprobe.chapter  # noqa: E402
import gegenprobe.charts  # noqa: E402
from gegenprobe.cards import templates  # noqa: E402
from gegenprobe.catalogue import read_catalogue  # noqa: E402
from gegenprobe.claims import read_ledger  # noqa: E402
from gegenprobe.errors import InputError  # noqa: E402
from gegenprobe.paths import project_root  # noqa: E402

altair.utils.parse_shorthand("a:Q")  # compiles patterns
for _name in templates().list_templates():
    templates().get_template(_name)
with contextlib.suppress(InputError):  # what is wrong with them is said where they are asked for
    _data = project_root() / "data"
    read_catalogue(_data / "catalogue.yml")
    read_ledger(_data / "claims")

gc.freeze()  # nor is it looked through, or copied by being looked through, in the processes forked from here
gc.enable()

__all__ = ["IPython", "altair", "gegenprobe", "ipykernel", "pandas", "tornado", "vl_convert"]
