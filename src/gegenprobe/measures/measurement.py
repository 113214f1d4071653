"""What a measure gives: one number, the period it speaks of, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Rest:
    """One series a measurement rests on: the dates used, how many, and the newest vintage among them."""

    series: str
    area: str
    first: pd.Timestamp
    last: pd.Timestamp
    n: int
    known_since: pd.Timestamp
    pseudo_real_time: bool


@dataclass(frozen=True)
class Measurement:
    """One number with its reference.

    Attributes
    ----------
    value : float
        In the unit the definition names.
    date : Timestamp or None
        First day of the period the number speaks of.
    window : tuple of Timestamp or None
        First and last date that went into it.
    n : int
        Observations that went into it.
    note : str
        What a bare number would hide: the date of a crossing, the leader of a ranking, "of 121".
    """

    value: float
    date: pd.Timestamp | None = None
    window: tuple[pd.Timestamp, pd.Timestamp] | None = None
    n: int = 0
    note: str = ""
    rests: tuple[Rest, ...] = field(default=())
    facts: tuple[str, ...] = field(default=())

    @property
    def pseudo_real_time(self) -> bool:
        """True where an earlier day was read from values held in a later vintage only."""
        return any(rest.pseudo_real_time for rest in self.rests)
