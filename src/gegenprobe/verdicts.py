"""Rules: from what was said and what was measured to a verdict. The tolerance is policy and stands here only."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

HALF = 0.5
"""A value counts as the one said within this many units of its last stated digit: that is what rounding does."""
ROUGH_DIGITS = 2.0
ROUGH_SHARE = 0.01
"""Beyond that it still counts as roughly the one said within two units of the last digit, or one percent of it."""


class Verdict(StrEnum):
    """What a rule can say."""

    SUPPORTED = "supported"
    ROUGHLY_SUPPORTED = "roughly-supported"
    OUTDATED = "outdated"
    CONTRADICTED = "contradicted"
    OPEN = "open"
    NOT_CHECKABLE = "not-checkable"
    NO_DATA = "no-data"


class Test(BaseModel):
    """What would make a claim true of a measured number.

    Attributes
    ----------
    sense : str
        ``equals`` (a value said with `decimals` decimals), ``exactly`` (a rank, a count, a legal rate: no rounding),
        ``at-least``, ``at-most``, ``more-than``, ``less-than``, ``between`` (`value` to `high`), or ``documented``
        (documents: 1 supports, 0.5 in substance, -1 contradicts).
    decimals : int
        Decimals the value was stated with; -3 for one stated in thousands.
    rough : float or None
        A half-width of its own for ``roughly-supported``, in the unit of the value; needs `reason`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    __test__ = False

    sense: Literal["equals", "exactly", "at-least", "at-most", "more-than", "less-than", "between", "documented"]
    value: float | None = None
    high: float | None = None
    decimals: int = Field(default=0, ge=-12, le=6)
    rough: float | None = Field(default=None, ge=0)
    reason: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Test:
        if self.sense != "documented" and self.value is None:
            raise ValueError(f"{self.sense} needs a value")
        if self.sense == "between" and (self.high is None or self.high < self.value):
            raise ValueError("between needs value and a high not below it")
        if self.rough is not None and not self.reason:
            raise ValueError("a tolerance of its own needs a written reason")
        return self

    @property
    def fine_width(self) -> float:
        """Half-width within which a value rounds to the one said."""
        return HALF * 10.0**-self.decimals

    @property
    def rough_width(self) -> float:
        """Half-width within which a value is still roughly the one said."""
        if self.rough is not None:
            return self.rough
        return max(ROUGH_DIGITS * 10.0**-self.decimals, ROUGH_SHARE * abs(self.value or 0.0))

    @property
    def is_sign(self) -> bool:
        """True for a plain direction (more or less than zero), which knows no roughly."""
        return self.sense in ("more-than", "less-than") and self.value == 0 and self.rough is None


_EPSILON = 1e-9


def decide(test: Test, measured: float, factor: float = 1.0) -> Verdict:
    """Return the verdict of `test` on a measured number, in the same unit.

    `factor` multiplies both widths of the tolerance, for those who ask what another policy would have said.

    Raises
    ------
    ValueError
        If `measured` is not finite.
    """
    if measured != measured or measured in (float("inf"), float("-inf")):
        raise ValueError(f"cannot judge {measured}")
    if test.sense == "documented":
        says = {1: Verdict.SUPPORTED, 0.5: Verdict.ROUGHLY_SUPPORTED, -1: Verdict.CONTRADICTED}
        return says.get(measured, Verdict.NOT_CHECKABLE)
    value = test.value
    slack = _EPSILON * max(1.0, abs(value))
    fine = factor * test.fine_width + slack
    match test.sense:
        case "exactly":
            distance = abs(measured - value)
            allowed = test.rough is not None
            return Verdict.SUPPORTED if distance <= slack else _rough(test, distance, slack, factor, allowed)
        case "equals":
            distance = abs(measured - value)
            return Verdict.SUPPORTED if distance <= fine else _rough(test, distance, slack, factor)
        case "between":
            distance = max(value - measured, measured - test.high, 0.0)
            return Verdict.SUPPORTED if distance <= fine else _rough(test, distance, slack, factor)
        case "at-least" | "more-than":
            distance = value - measured
        case "at-most" | "less-than":
            distance = measured - value
    strict = test.sense in ("more-than", "less-than")
    if distance < -slack or (not strict and distance <= slack):
        return Verdict.SUPPORTED
    return _rough(test, distance, slack, factor, allowed=not test.is_sign)


def _rough(test: Test, distance: float, slack: float, factor: float, allowed: bool = True) -> Verdict:
    near = distance <= factor * test.rough_width + slack
    return Verdict.ROUGHLY_SUPPORTED if allowed and near else Verdict.CONTRADICTED


def holding_span(test: Test) -> tuple[float, float]:
    """Return the lowest and the highest number under which a claim holds at least roughly, in the unit of the value.

    Either may be infinite. For what `decide` says with a factor of one; a documented claim has no numbers.
    """
    wide = 0.0 if test.is_sign else test.rough_width
    match test.sense:
        case "exactly":
            wide = 0.0 if test.rough is None else test.rough
            return test.value - wide, test.value + wide
        case "equals" | "between":
            wide = max(wide, test.fine_width)
            return test.value - wide, (test.value if test.high is None else test.high) + wide
        case "at-least" | "more-than":
            return test.value - wide, float("inf")
        case "at-most" | "less-than":
            return float("-inf"), test.value + wide
    raise ValueError("a documented claim has no numbers")
