"""The ledger: every checkable statement of the video, with the definitions under which it is judged."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from gegenprobe.catalogue import first_complaint
from gegenprobe.errors import InputError, nearest, shown
from gegenprobe.measures import AnyMeasure, Measure
from gegenprobe.measures.naming import named
from gegenprobe.reading import parse_yaml, yaml_text
from gegenprobe.verdicts import Test

LONGEST_NAME = 60
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=LONGEST_NAME)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
LOOKBACK_OF_VALUES = 36
"""Months back in which a stated value may have been true of an earlier period and so count as out of date."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Record):
    """A text in English and German, both in our own words."""

    en: Text
    de: Text


class Stated(_Record):
    """What the video said, as shown on the card, and its unit."""

    text: Text
    unit: str = ""


class Definition(_Record):
    """One defensible reading of a claim.

    ``unit`` and ``digits`` say how the number is shown; ``test`` replaces the claim's where the reading needs another
    bar; ``lookback_months`` says how far back an earlier period may make the claim merely out of date; ``due`` is the
    day from which a reading beside the forecast itself, say of earlier years, can be judged.
    """

    id: Name
    title: Text
    why: str = ""
    primary: bool = False
    measure: AnyMeasure
    unit: str | None = None
    digits: int = Field(default=1, ge=0, le=6)
    test: Test | None = None
    lookback_months: int | None = Field(default=None, ge=0, le=240)
    due: date | None = None

    @cached_property
    def named(self) -> tuple[frozenset[str], frozenset[str]]:
        """The ids of all series and of all facts the measure names."""
        return named(self.measure)


def _weighs_documents(measure: Measure) -> bool:
    if measure.measure in ("smallest-of", "largest-of"):  # all of several, or any of them
        return all(_weighs_documents(part) for part in measure.of)
    return measure.measure == "documented"


class Forecast(_Record):
    """A statement about the future: open until `due`, unless it comes true before (`early`)."""

    due: date
    why: Text
    early: bool = True


class Claim(_Record):
    """One statement of the video.

    ``checkable`` false needs ``reason`` and ``searched``. ``context`` is editorial: one sentence, never part of the
    verdict. ``absent`` names a definition for which no figures are held (`no-data`), in ``lacking``.
    """

    id: Name
    position: int = Field(ge=0, le=100)
    gist: Bilingual
    kind: Literal[
        "level", "change", "rank", "count", "date", "membership", "attribution", "forecast", "causal", "extremum-since"
    ]
    stated: Stated
    test: Test | None = None
    forecast: Forecast | None = None
    checkable: bool = True
    reason: str = ""
    searched: list[Text] = Field(default_factory=list)
    definitions: list[Definition] = Field(default_factory=list)
    lacking: list[Text] = Field(default_factory=list)
    context: str = ""
    would_change: str = ""
    sources: list[Text] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Claim:
        names = [each.id for each in self.definitions]
        if len(set(names)) != len(names):
            raise ValueError("definitions: an id stands twice")
        if not self.checkable:
            if not self.reason or not self.searched:
                raise ValueError("a claim that is not checkable needs reason and searched")
            return self
        if self.definitions:
            if sum(each.primary for each in self.definitions) != 1:
                raise ValueError("definitions: exactly one must be primary")
            if not self.primary.why:
                raise ValueError("the primary definition needs a why")
            if self.test is None and any(each.test is None for each in self.definitions):
                raise ValueError("test: missing, and not every definition has its own")
            for each in self.definitions:
                if (self.test_of(each).sense == "documented") != _weighs_documents(each.measure):
                    both = "the measure documented and the test documented go together"
                    raise ValueError(f"definition {each.id}: {both}")
                if each.due and (each.primary or self.forecast is None or each.due > self.forecast.due):
                    raise ValueError(f"definition {each.id}: due is for readings of a forecast decided before it is")
        elif not self.lacking:
            raise ValueError("definitions: a checkable claim needs at least one, or lacking says what is missing")
        return self

    @property
    def primary(self) -> Definition | None:
        """The most charitable reading."""
        return next((each for each in self.definitions if each.primary), None)

    def test_of(self, definition: Definition) -> Test:
        """Return the test that applies to one definition."""
        return definition.test or self.test

    def due_of(self, definition: Definition | None) -> date | None:
        """Return the day before which a reading is open; None where the claim is no forecast."""
        if self.forecast is None:
            return None
        return (definition and definition.due) or self.forecast.due

    def lookback_of(self, definition: Definition) -> int:
        """Return how many months back an earlier period may make this reading merely out of date.

        A measure of a fixed period has no earlier ones, only earlier vintages of the same.
        """
        if definition.measure.is_pinned:
            return 0
        if definition.lookback_months is not None:
            return definition.lookback_months
        return LOOKBACK_OF_VALUES if self.test_of(definition).sense == "equals" else 0


class Chapter(_Record):
    """The claims of one chapter, as one YAML file holds them."""

    chapter: Name
    title: Text
    summary: str = ""
    claims: list[Claim] = Field(min_length=1)


class Ledger:
    """All claims, by chapter and by id, in the order of the files."""

    def __init__(self, chapters: list[Chapter]):
        self.chapters: dict[str, Chapter] = {}
        self.by_id: dict[str, tuple[str, Claim]] = {}
        for chapter in chapters:
            if chapter.chapter in self.chapters:
                raise InputError(f"two claim files call themselves chapter {chapter.chapter}; give one another name")
            self.chapters[chapter.chapter] = chapter
            for claim in chapter.claims:
                if claim.id in self.by_id:
                    first = self.by_id[claim.id][0]
                    raise InputError(f"claim {claim.id} stands twice: in chapter {first} and in {chapter.chapter}")
                self.by_id[claim.id] = (chapter.chapter, claim)

    def chapter(self, name: str) -> Chapter:
        """Return one chapter; an unknown name is an `InputError`."""
        try:
            return self.chapters[name]
        except KeyError:
            hint = nearest(name, self.chapters)
            raise InputError(f"unknown chapter {shown(name)}{hint}; there are {', '.join(self.chapters)}") from None

    def claim(self, name: str) -> Claim:
        """Return one claim; an unknown id is an `InputError`."""
        try:
            return self.by_id[name][1]
        except KeyError:
            raise InputError(f"unknown claim {shown(name)}{nearest(name, self.by_id)}") from None


def read_chapter(path: Path) -> Chapter:
    """Read one file of claims.

    Raises
    ------
    InputError
        One line naming file, claim and field.
    """
    return _chapter(path, yaml_text(path))


@lru_cache(maxsize=32)
def _chapter(path: Path, text: str) -> Chapter:
    """Return a chapter of the ledger; it cannot be changed, so one text is parsed once a process."""
    content = parse_yaml(path, text)
    try:
        return Chapter.model_validate(content)
    except RecursionError:
        raise InputError(f"{path}: nested too deeply") from None
    except ValidationError as error:
        place = error.errors(include_url=False)[0]["loc"]
        claim = ""
        if len(place) > 1 and place[0] == "claims" and isinstance(place[1], int):
            entry = content["claims"][place[1]]
            named = entry.get("id") if isinstance(entry, dict) else None
            claim = f"claim {named if isinstance(named, str) and len(named) <= LONGEST_NAME else place[1]}: "
        raise InputError(f"{path}: {claim}{first_complaint(error)}") from None


def read_ledger(folder: Path) -> Ledger:
    """Read a claim file, or all ``*.yml`` files of a folder, in alphabetical order."""
    folder = Path(folder)
    if folder.is_file():
        return Ledger([read_chapter(folder)])
    files = sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])
    if not files:
        raise InputError(f"{folder}: no claim file (*.yml) there")
    return Ledger([read_chapter(path) for path in files])
