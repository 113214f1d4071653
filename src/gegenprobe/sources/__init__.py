"""Live sources: one module an agency, each with the same small interface.

A module offers ``fetch(asked, web)``: it is given what to ask for (`Asked`, by series id) and an open `Web`, and yields
``(series id, frame or SourceError)`` one by one. A frame has the columns ``area``, ``date``, ``known_since`` and
``value``; ``known_since`` is the source's own vintage date, or missing where the source names none. A module that needs
a key names the environment variable in ``KEY``; keys are read there and nowhere else.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gegenprobe.catalogue import Entry, first_complaint
from gegenprobe.errors import InputError
from gegenprobe.reading import read_yaml

MODULES = {
    "bis": "bis",
    "boj": "boj",
    "cbo": "cbo",
    "census": "census",
    "estat": "estat",
    "fiscaldata": "fiscal_data",
    "fred": "fred",
    "imf-weo": "imf",
    "mof-customs": "customs",
    "mof-jgb": "jgb",
    "tic": "tic",
    "world-bank": "world_bank",
}
"""Which module answers for which ``source`` of the catalogue; any other source has no live service."""


class SourceError(Exception):
    """A source did not answer as it should: one line, without any key."""


@dataclass(frozen=True)
class Asked:
    """One series to ask for: what the catalogue says, and what the store holds already.

    ``since`` is the first date wanted (an overlap with what is held, so that revisions show), ``known`` the newest
    ``known_since`` held, ``today`` the day of the run.
    """

    entry: Entry
    since: pd.Timestamp
    known: pd.Timestamp
    today: pd.Timestamp


Answer = Iterator[tuple[str, "pd.DataFrame | SourceError"]]


Base = Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]+$")]


class Address(BaseModel):
    """Where a source is asked, and how gently.

    ``files`` is a second base address, for a source that keeps part of its figures as files elsewhere.
    ``pause`` is the least time between two requests, ``timeout`` the longest silence borne, ``longest`` the time one
    answer may take in all, ``tries`` how often a request is made in all, ``backoff`` the first wait before it is made
    again (doubled each time); times in seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Base
    files: Base | None = None
    pause: float = Field(default=1.0, ge=0, le=60)
    timeout: float = Field(default=60.0, gt=0, le=600)
    longest: float = Field(default=300.0, gt=0, le=3600)
    tries: int = Field(default=5, ge=1, le=10)
    backoff: float = Field(default=2.0, ge=0, le=60)


class _Addresses(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: dict[str, Address]


def read_addresses(path: Path) -> dict[str, Address]:
    """Read the base address of each source.

    Raises
    ------
    InputError
        One line naming file and field; also for a source that no module answers for.
    """
    try:
        found = _Addresses.model_validate(read_yaml(path)).sources
    except ValidationError as error:
        raise InputError(f"{path}: {first_complaint(error)}") from None
    for name in found:
        if name not in MODULES:
            raise InputError(f"{path}: unknown source {name!r}; there are {', '.join(MODULES)}")
    return found


def module_of(source: str) -> ModuleType:
    """Return the module that answers for one source."""
    return importlib.import_module(f"gegenprobe.sources.{MODULES[source]}")


def is_live(entry: Entry) -> bool:
    """Tell whether a series can be asked for: its source has a module, and the request is known."""
    return entry.source in MODULES and entry.live


def each(asked: Mapping[str, Asked], work) -> Answer:
    """Yield ``work(asked)`` series by series; a `SourceError` concerns that series only."""
    for series, one in asked.items():
        try:
            yield series, work(one)
        except SourceError as error:
            yield series, error
