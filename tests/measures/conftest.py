"""Take a measure written as the ledger writes it on a small store."""

import pandas as pd
import pytest
from pydantic import TypeAdapter

from gegenprobe.measures import AnyMeasure, take

ADAPTER = TypeAdapter(AnyMeasure)


@pytest.fixture
def measure(small_store):
    """Return ``measure(spec, as_of=…, video_day=…, **content)``: the measurement on a store of that content."""

    def run(spec: dict, as_of: str = "latest", video_day: str = "2025-06-12", **content):
        view = small_store(**content).as_of(as_of)
        return take(ADAPTER.validate_python(spec), view, pd.Timestamp(video_day))

    return run
