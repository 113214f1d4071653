"""Fixtures of all tests: a little data folder made of plain rows, and the real one."""

from pathlib import Path

import pytest
from hypothesis import settings

from gegenprobe.claims import Ledger, read_ledger
from gegenprobe.observations import Store
from project import write_project

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("book", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("book")


@pytest.fixture
def small_store(tmp_path):
    """Return a factory: ``small_store(series={"S": rows}, …)`` writes a data folder and opens it."""

    def make(**content) -> Store:
        return Store(write_project(tmp_path, **content))

    return make


@pytest.fixture(scope="session")
def data() -> Path:
    """The real data folder."""
    return ROOT / "data"


@pytest.fixture(scope="session")
def real_store(data) -> Store:
    """The real figures."""
    return Store(data)


@pytest.fixture(scope="session")
def real_ledger(data) -> Ledger:
    """The real claims."""
    return read_ledger(data / "claims")
