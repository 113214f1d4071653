"""Every claim judged at both dates and through time; what was judged on the same inputs before is taken as it is."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from gegenprobe.book.inputs import ALWAYS, PACKAGE, digest
from gegenprobe.claims import Ledger
from gegenprobe.findings import Finding, judge_claim, require_known
from gegenprobe.observations import Store
from gegenprobe.sweep import CODE, Course, read_grid, through_time

_ALSO = ("sweep/history.py", "words.py")


class Judged:
    """The judging of one build.

    Parameters
    ----------
    store : Store
    ledger : Ledger
    video_day : Timestamp
        The day the video is judged on.
    kept : Path, optional
        The file that keeps what was judged.
    fresh : bool
        Judge again what is kept.
    """

    def __init__(
        self, store: Store, ledger: Ledger, video_day: pd.Timestamp, kept: Path | None = None, fresh: bool = False
    ):
        self.store, self.ledger, self.video_day = store, ledger, video_day
        self._path = kept
        self._series: dict[str, list[str]] = {}
        self._claims: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._former: dict[str, bytes] = {} if fresh or kept is None else _read(kept)
        self._kept: dict[str, bytes] = {}

    def on(self, as_of: str | pd.Timestamp) -> list[Finding]:
        """Return the findings on all claims on one day, as `gegenprobe.findings.judge_ledger` gives them."""
        view = self.store.as_of(as_of)
        found: list[Finding] = []
        for name, (chapter, claim) in self.ledger.by_id.items():
            require_known(claim, self.store)
            judge = lambda claim=claim, chapter=chapter: judge_claim(claim, chapter, view, self.video_day)  # noqa: E731
            found += self._once(self._key(name, [view.day]), judge)
        return found

    def courses(self, last: pd.Timestamp) -> list[Course]:
        """Return every claim's course from the day of the video to another day, month by month."""
        first = self.video_day
        if last <= first:
            return []
        months = [day for day in read_grid("months", self.store, first) if first <= day <= last]
        days = sorted({first, *months, last})
        keys = {name: self._key(name, ["course", *days]) for name in self.ledger.by_id}
        missing = [name for name, key in keys.items() if key not in self._former]
        made = through_time(self.store, self.ledger, days, first, missing) if missing else []
        found = {course.claim.id: course for course in made}
        return [self._once(keys[name], lambda name=name: found[name]) for name in keys]

    def keep(self) -> None:
        """Write down what this build judged, and nothing else."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        part.write_bytes(pickle.dumps(self._kept, 5))
        part.replace(self._path)

    def _once(self, key: str, work: Callable[[], Any]) -> Any:
        if key in self._former:
            self._kept[key] = self._former[key]
            return pickle.loads(self._kept[key])
        made = work()
        if self._path is not None:
            self._kept[key] = pickle.dumps(made, 5)
        return made

    def _key(self, name: str, also: Iterable[Any]) -> str:
        """Return the hash of all that one claim's findings can depend on; what changes seldom counts as a whole."""
        if name not in self._series:
            chapter, claim = self.ledger.by_id[name]
            self._series[name] = sorted({each for one in claim.definitions for each in one.named[0]})
            self._claims[name] = f"{chapter} {claim.model_dump_json()}"
        parts = [
            self._common, self._claims[name], f"{self.video_day}", *(str(each) for each in also),
            *map(self._file, self._series[name]),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()

    @cached_property
    def _common(self) -> str:
        data = self.store.folder
        return digest([*(data / each for each in ALWAYS), *(PACKAGE / each for each in _ALSO)], CODE, self.store.newest)

    def _file(self, series: str) -> str:
        if series not in self._files:
            self._files[series] = digest([self.store.path(series)])
        return self._files[series]


def _read(path: Path) -> dict[str, bytes]:
    with contextlib.suppress(OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError):
        kept = pickle.loads(path.read_bytes())
        if isinstance(kept, dict):
            return kept
    return {}
