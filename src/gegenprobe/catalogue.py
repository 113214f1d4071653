"""What each series is: title, units, agency, source, frequency, vintage basis, licence."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StringConstraints, ValidationError, model_validator

from gegenprobe.errors import InputError, nearest, shown
from gegenprobe.reading import parse_yaml, yaml_text

Basis = Literal["never-revised", "observed-vintages", "latest-only"]
Frequency = Literal["daily", "monthly", "quarterly", "annual", "fiscal-year", "irregular"]
SeriesId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.]*$", max_length=80)]
MOST_DAYS = 36_525
"""A century, as the longest a figure may take or grow old."""


class Freshness(BaseModel):
    """How old a series may grow: days after the day its next figure was due."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    warn_after: int = Field(gt=0, le=MOST_DAYS)
    error_after: int = Field(gt=0, le=MOST_DAYS)


class Entry(BaseModel):
    """One series of the catalogue.

    ``plausible`` is the closed range, in ``units``, outside which a value is taken for an error of the file.
    ``combine`` says how rows of one date with different ``known_since`` go together: the newest replaces the
    older ones (``latest``), or each is an increment of its own (``sum``). ``request`` holds what the source's module
    needs beyond ``key`` to ask for the series live.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    units: str
    agency: str
    official_page: str = ""
    source: str
    key: str
    frequency: Frequency
    publication_lag_days: int | None = Field(default=None, ge=0, le=MOST_DAYS)
    vintage_basis: Basis
    licence: str
    panel: bool = False
    combine: Literal["latest", "sum"] = "latest"
    plausible: tuple[FiniteFloat, FiniteFloat]
    freshness: Freshness | None = None
    frozen_because: str = ""
    request: dict[str, str | int] = {}
    note: str = ""

    @model_validator(mode="after")
    def _check(self) -> Entry:
        if self.plausible[0] > self.plausible[1]:
            raise ValueError("plausible: the lower bound lies above the upper one")
        if self.freshness is None and not self.frozen_because:
            raise ValueError("a series without freshness needs frozen_because")
        return self

    @property
    def live(self) -> bool:
        """Whether `refresh` can ask for it; otherwise it is kept by hand. FRED needs no more than the key."""
        return bool(self.request) or self.source == "fred"


class Catalogue(BaseModel):
    """All series, by id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    series: dict[SeriesId, Entry]

    def __getitem__(self, series: str) -> Entry:
        """Return the entry of one series; an unknown id is an `InputError` that names near ones."""
        try:
            return self.series[series]
        except KeyError:
            hint = nearest(series, self.series)
            raise InputError(f"unknown series {shown(series)}{hint}; see data/catalogue.yml") from None

    def __contains__(self, series: object) -> bool:
        return series in self.series


def first_complaint(error: ValidationError) -> str:
    """Return the first complaint of a pydantic error as ``field.path: message``."""
    problem = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    place = place if len(place) <= 160 else f"{place[:80]}…{place[-60:]}"
    said = " ".join(problem["msg"].split())
    said = said if len(said) <= 700 else f"{said[:80]}…{said[-600:]}"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place}: {said}{more}" if place else f"{said}{more}"


def read_catalogue(path: Path) -> Catalogue:
    """Read ``catalogue.yml``.

    Raises
    ------
    InputError
        One line naming file, series and field.
    """
    return _catalogue(path, yaml_text(path))


@lru_cache(maxsize=8)
def _catalogue(path: Path, text: str) -> Catalogue:
    """Return a catalogue; it cannot be changed, so one text is parsed once a process."""
    try:
        return Catalogue.model_validate(parse_yaml(path, text))
    except ValidationError as error:
        raise InputError(f"{path}: {first_complaint(error)}") from None
