"""What each series is: title, units, agency, source, frequency, vintage basis, licence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from gegenprobe.errors import InputError, nearest

Basis = Literal["never-revised", "observed-vintages", "latest-only"]
Frequency = Literal["daily", "monthly", "quarterly", "annual", "fiscal-year", "irregular"]
SeriesId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.]*$", max_length=80)]


class Freshness(BaseModel):
    """How old a series may grow: days after the day its next figure was due."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    warn_after: int = Field(gt=0)
    error_after: int = Field(gt=0)


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
    publication_lag_days: int | None = None
    vintage_basis: Basis
    licence: str
    panel: bool = False
    combine: Literal["latest", "sum"] = "latest"
    plausible: tuple[float, float]
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
            raise InputError(f"unknown series {series!r}{hint}; see data/catalogue.yml") from None

    def __contains__(self, series: object) -> bool:
        return series in self.series


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Safe YAML without two of its traps: no key may stand twice in one mapping, and ``on`` and ``no`` are words."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen and isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else None)
        return super().construct_mapping(node, deep=deep)


MOST_BRACKETS = 20_000
_BOOL = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag != _BOOL or first in "tTfF"]
    for first, forms in _Loader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path):
    """Read one YAML file; what is wrong with it is one line that names the file and the place."""
    try:
        text = path.read_text(encoding="utf-8")
        if sum(text.count(mark) for mark in ("[", "{", "- -")) > MOST_BRACKETS:  # the parser's stack has an end
            raise InputError(f"{path}: more than {MOST_BRACKETS} brackets; split the file")
        return yaml.load(text, Loader=_Loader)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputError(f"{path}{where}: not valid YAML ({problem})") from None
    except ValueError as error:  # a day such as 2025-02-30
        raise InputError(f"{path}: not valid YAML ({error})") from None
    except RecursionError:
        raise InputError(f"{path}: nested too deeply") from None


def first_complaint(error: ValidationError) -> str:
    """Return the first complaint of a pydantic error as ``field.path: message``."""
    problem = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    place = place if len(place) <= 160 else f"{place[:80]}…{place[-60:]}"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place}: {problem['msg']}{more}" if place else f"{problem['msg']}{more}"


def read_catalogue(path: Path) -> Catalogue:
    """Read ``catalogue.yml``.

    Raises
    ------
    InputError
        One line naming file, series and field.
    """
    try:
        return Catalogue.model_validate(read_yaml(path))
    except ValidationError as error:
        raise InputError(f"{path}: {first_complaint(error)}") from None
