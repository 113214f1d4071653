"""What a picture is: a finding in words, the data behind it, and a way to draw it for a given page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import altair as alt
import pandas as pd

from gegenprobe.errors import NoData

WIDE, NARROW = 720, 340


@dataclass(frozen=True)
class Layout:
    """Width in pixels and the colours of the ground a picture stands on.

    `accent` is for what the claim is about, `second` for one rival of it, `context` for everything else.
    """

    width: int = WIDE
    dark: bool = False

    @property
    def narrow(self) -> bool:
        """True on a phone: fewer ticks, shorter labels."""
        return self.width < 500

    @property
    def height(self) -> int:
        """A height that suits the width; a picture may take its own."""
        return 260 if self.narrow else 320

    @property
    def ink(self) -> str:
        """Text."""
        return "#e8eaed" if self.dark else "#1f2328"

    @property
    def muted(self) -> str:
        """Axis labels and notes."""
        return "#a9b1ba" if self.dark else "#5b6570"

    @property
    def grid(self) -> str:
        """Grid lines."""
        return "#363c44" if self.dark else "#e3e6ea"

    @property
    def context(self) -> str:
        """Lines and bars that give the context."""
        return "#7d8792" if self.dark else "#9aa3ad"

    @property
    def accent(self) -> str:
        """What the claim is about."""
        return "#5fb3f0" if self.dark else "#0b63a8"

    @property
    def second(self) -> str:
        """The one thing set against it."""
        return "#f0a35e" if self.dark else "#b3541e"

    @property
    def third(self) -> str:
        """A third line, where there must be one."""
        return "#c39be8" if self.dark else "#7048a8"

    @property
    def stated(self) -> str:
        """The value the video states."""
        return "#f08a92" if self.dark else "#a8323e"

    @property
    def ground(self) -> str:
        """The page behind the picture."""
        return "#14181e" if self.dark else "#ffffff"


@dataclass(frozen=True)
class Picture:
    """One picture of the book.

    Attributes
    ----------
    name : str
        Slug, unique in the book: the name of its files.
    title : str
        The finding in plain words, made from the data.
    subtitle : str
        Quantity, unit, place and time.
    description : str
        What the picture shows, with the numbers, for those who do not see it.
    source : str
        Source and vintage.
    data : DataFrame
        Tidy table behind the picture; published as csv.
    draw : callable
        ``Layout -> altair chart``, without title, width set by the layout.
    """

    name: str
    title: str
    subtitle: str
    description: str
    source: str
    data: pd.DataFrame
    draw: Callable[[Layout], alt.TopLevelMixin]


@dataclass(frozen=True)
class Missing:
    """A picture that cannot be drawn, because the figures it needs were not known on the day."""

    name: str
    reason: str


def drawn(function: Callable[..., Picture]) -> Callable[..., Picture | Missing]:
    """Let a picture whose figures are missing cost itself, not its chapter.

    What a picture looks up by date and does not find is a gap of the day too; that no picture is missing from the book
    as known now is the site's test.
    """

    @functools.wraps(function)
    def attempt(*arguments, **options) -> Picture | Missing:
        try:
            return function(*arguments, **options)
        except NoData as missing:
            reason = str(missing)
        except (LookupError, ValueError):
            reason = "not all the figures it needs were known on that day"
        return Missing(function.__name__.replace("_", "-"), reason)

    return attempt
