"""The specification curve of a claim: what each reading finds, in order of size, above the choices each makes.

Only places are worked out here; the drawing is `templates/readings.html`. Widths are shares of the picture, heights are
pixels, so that one drawing serves a phone and a desk with letters of one size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from gegenprobe.charts.choices import choices_made
from gegenprobe.findings import Finding
from gegenprobe.observations import View
from gegenprobe.verdicts import Test, holding_span
from gegenprobe.words import WORDS, amount, number, plain_unit

FEWEST = 3
"""Readings below which a curve shows nothing that the card does not."""
HEIGHT = 190
_EDGE = 16  # pixels above the highest mark and below the lowest
_WIDTHS = (250.0, 430.0)  # of the drawing on a phone and on a desk, for placing labels
_LETTER, _LINE = 6.6, 15.0
_MOST_LARGE = 14  # marks of full size on a phone
_MOST_TICKS = 4
_THINNEST = 6  # pixels of a band that can be told from its line
_STEPS = (1, 2, 2.5, 5, 10)
_WHOLE = ("rank", "count", "year")
_SHORT = ("percent", "rank", "year")
"""Units written at each number; any other stands once, above the picture."""
_BAR = {"at-least": "holds from", "more-than": "holds above", "at-most": "holds up to", "less-than": "holds below"}


@dataclass(frozen=True)
class Label:
    """A text at the left or right end, or beside a point: share of the width, shift and height in pixels."""

    text: str
    x: float
    dx: int
    y: int
    anchor: str

    def box(self, width: float) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom at one width of the drawing."""
        length = _LETTER * len(self.text)
        left = self.x * width + self.dx - (length if self.anchor == "end" else 0)
        return left, self.y - 0.75 * _LINE, left + length, self.y + 0.25 * _LINE


@dataclass(frozen=True)
class Point:
    """One reading: its number in the table, share of the width, height in pixels."""

    finding: Finding
    n: int
    x: float
    y: int
    found: str
    word: str
    bar: int | None = None
    """Height of a bar of its own."""

    @property
    def verdict(self) -> str:
        """The verdict's name."""
        return str(self.finding.verdict)

    @property
    def primary(self) -> bool:
        """True for the primary reading."""
        return self.finding.definition.primary


@dataclass(frozen=True)
class Curve:
    """What `templates/readings.html` draws."""

    points: list[Point]
    rows: list[tuple[str, list[int]]]
    ticks: list[tuple[str, int]]
    lines: list[int]
    zone: tuple[int, int] | None
    unit: str
    said: Label | None
    named: Label | None
    description: str
    words: dict[str, str] = field(default_factory=dict)
    height: int = HEIGHT

    @property
    def dense(self) -> bool:
        """True where the marks must be small to stand side by side on a phone."""
        return len(self.points) > _MOST_LARGE

    @property
    def ids(self) -> list[str]:
        """Ids of the definitions drawn, in their order."""
        return [each.finding.definition.id for each in self.points]


def comparable(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that one axis can hold, smallest number first.

    Those have a number in the unit of the stated value and the primary reading's bar. Where fewer than `FEWEST` share
    that bar, those with bars of their own count too.
    """
    unit = findings[0].claim.stated.unit
    held = [each for each in findings if each.definition and each.measurement and each.unit == unit != "documents"]
    held = [each for each in held if _test(each).sense != "documented"]
    if held:
        common = _test(findings[0])
        alike = [each for each in held if _test(each) == common]
        held = alike if len(alike) >= FEWEST else held
    return sorted(held, key=lambda each: (each.measurement.value, each.definition.id))


def specification_curve(findings: Sequence[Finding], view: View) -> Curve | None:
    """Return the curve of one claim, None where fewer than three readings can be compared.

    Parameters
    ----------
    findings : sequence of Finding
        One a definition, the primary one first, as known on one day.
    view : View
        For the words of the choices.
    """
    held = comparable(findings)
    if len(held) < FEWEST:
        return None
    unit, tests = held[0].unit, [_test(each) for each in held]
    shared = tests[0] if len(set(tests)) == 1 else None
    values = [each.measurement.value for each in held]
    bars = [bar for test in tests for bar in (test.value, test.high) if bar is not None]
    scale = _Scale([*values, *bars])
    points = [
        Point(
            each, n, round((n - 0.5) / len(held), 5), scale.y(each.measurement.value),
            amount(each.measurement.value, unit, each.definition.digits), WORDS[str(each.verdict)][0],
            None if shared else scale.y(_test(each).value),
        )
        for n, each in enumerate(held, 1)
    ]  # fmt: skip
    lines = [scale.y(bar) for bar in (shared.value, shared.high) if bar is not None] if shared else []
    taken = [(each.x, each.y) for each in points]
    said = _free(_ends(_bar(shared, unit if unit in _SHORT else ""), lines), taken, [], []) if shared else None
    ringed = next((each for each in points if each.primary), None)
    named = _free(_beside(ringed), taken, [said] if said else [], lines) if ringed else None
    return Curve(
        points=points,
        rows=choices_made(held, view),
        ticks=_ticks(scale, unit),
        lines=lines,
        zone=_zone(shared, scale) if shared else None,
        unit="" if unit in (*_SHORT, "count", "ratio") else plain_unit(unit),
        said=said,
        named=named,
        description=_description(points, _bar(shared, unit) if shared else ""),
        words={each.verdict: each.word for each in points},
    )


def _test(finding: Finding) -> Test:
    return finding.claim.test_of(finding.definition)


class _Scale:
    """From numbers to heights in pixels."""

    def __init__(self, numbers: list[float]):
        low, high = min(numbers), max(numbers)
        if low == high:
            low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
        self._pixel = (high - low) / (HEIGHT - 2 * _EDGE)
        self.low, self.high = low - _EDGE * self._pixel, high + _EDGE * self._pixel

    def y(self, value: float) -> int:
        """Return the height of a number, counted from above; beyond the picture, its edge."""
        return round(min(max((self.high - value) / self._pixel, 0), HEIGHT))


def ticks(low: float, high: float, whole: bool = False) -> list[float]:
    """Return two to four round numbers between two others, fewer only where whole numbers leave no more."""
    power = 10.0 ** math.floor(math.log10(high - low))
    for step in (power * each / 10 for each in (*_STEPS[:-1], *(10 * each for each in _STEPS))):
        if whole and step != int(step):
            continue
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first + 1 <= _MOST_TICKS:
            return [round(step * each, 10) for each in range(first, last + 1)]
    return []


def _ticks(scale: _Scale, unit: str) -> list[tuple[str, int]]:
    """Return words and height of each tick, all with the same decimals."""
    low = max(scale.low, 1) if unit == "rank" else scale.low
    places = ticks(low, scale.high, unit in _WHOLE)
    digits = max((_decimals(each) for each in places), default=0)
    plain = "year" if unit == "year" else ""
    return [
        (amount(each, unit, digits) if unit == "percent" else number(each, digits, plain), scale.y(each))
        for each in places
    ]


def _decimals(value: float) -> int:
    """Return how many decimals a number needs."""
    return next((each for each in range(6) if math.isclose(round(value, each), value, abs_tol=1e-9)), 6)


def _plain(value: float, unit: str, decimals: int = 0) -> str:
    return amount(value, unit, max(_decimals(value), decimals))


def _bar(test: Test, unit: str) -> str:
    """Return what the dashed line stands for: ``said 5.12 %``, ``holds above 0 %``."""
    decimals = 0 if test.sense in _BAR else max(test.decimals, 0)
    value = _plain(test.value, unit, decimals)
    if test.high is not None:
        return f"said {_plain(test.value, '', decimals)} to {_plain(test.high, unit, decimals)}"
    return f"{_BAR.get(test.sense, 'said')} {value}"


def _zone(test: Test, scale: _Scale) -> tuple[int, int] | None:
    """Return top and height of the band in which the claim holds at least roughly, None where that is a line."""
    low, high = holding_span(test)
    top, bottom = scale.y(min(high, scale.high)), scale.y(max(low, scale.low))
    return (top, bottom - top) if bottom - top >= _THINNEST else None


def _ends(text: str, lines: list[float]) -> list[Label]:
    """Return where a label may stand: at either end of the lines, above the upper or below the lower one."""
    above, below = min(lines) - 5, max(lines) + 13
    return [
        Label(text, 0.0, 4, above, "start"), Label(text, 1.0, -4, below, "end"), Label(text, 0.0, 4, below, "start"),
        Label(text, 1.0, -4, above, "end"),
    ]  # fmt: skip


def _beside(point: Point) -> list[Label]:
    text, x, y = "primary", point.x, point.y
    sides = [(15, 4), (-15, 4), (11, 17), (-11, -9), (11, -9), (-11, 17)]
    return [Label(text, x, dx, y + dy, "start" if dx > 0 else "end") for dx, dy in sides]


def _free(places: list[Label], points: list[tuple[float, float]], labels: list[Label], lines: list[float]) -> Label:
    """Return the place where a label hides least, on a phone and on a desk."""

    def hidden(label: Label) -> float:
        cost = 0.0
        for width in _WIDTHS:
            left, top, right, bottom = label.box(width)
            boxes = [(x * width - 8, y - 8, x * width + 8, y + 8) for x, y in points]
            boxes += [each.box(width) for each in labels] + [(0, y - 1, width, y + 1) for y in lines]
            for other in boxes:
                wide = min(right, other[2]) - max(left, other[0])
                tall = min(bottom, other[3]) - max(top, other[1])
                cost += wide * tall if wide > 0 and tall > 0 else 0
            out = max(-left, 0) + max(right - width, 0) + max(-top, 0) + max(bottom - HEIGHT, 0)
            cost += 100 * out
        return cost

    return min(places, key=hidden)


def _description(points: list[Point], bar: str) -> str:
    primary = "".join(f"; primary: {each.found}" for each in points if each.primary)
    return f"{len(points)} readings, from {points[0].found} to {points[-1].found}{primary}{'; ' if bar else ''}{bar}"
