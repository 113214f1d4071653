"""How numbers, dates and verdicts are written, everywhere the same."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

THIN = "\u202f"
MARKS = {
    "supported": "●", "roughly-supported": "◐", "outdated": "◷", "contradicted": "◆",
    "open": "○", "not-checkable": "◌", "no-data": "┄",
}  # fmt: skip
WORDS = {
    "supported": ("holds", "stimmt"),
    "roughly-supported": ("roughly holds", "stimmt ungefähr"),
    "outdated": ("out of date", "überholt"),
    "contradicted": ("does not hold", "stimmt nicht"),
    "open": ("still open", "noch offen"),
    "not-checkable": ("cannot be checked", "nicht prüfbar"),
    "no-data": ("no data here", "keine Daten hier"),
}
_SHORT = {"percent": "%", "ratio": "times", "rank": "", "count": "", "year": "", "": ""}
_SCALED = {"thousands": "thousand", "millions": "million", "billions": "billion", "trillions": "trillion"}
_MONEY = {"USD": "dollars", "JPY": "yen"}
_SAID = {"JPY per USD": "yen per dollar", "million persons": "million people"}
_SINGLE = ("days", "months", "quarters", "years", "percentage points", "basis points", "index points")
_DOCUMENTED = {
    1: "documents say so", 0.5: "documents say so in substance",
    -1: "documents say otherwise", 0: "documents do not decide it",
}  # fmt: skip


def number(value: float, digits: int = 1, unit: str = "") -> str:
    """Return a number with a thin space between thousands and a true minus sign; years stay plain."""
    if unit == "year":
        return f"{value:.0f}"
    text = f"{abs(value):,.{digits}f}".replace(",", THIN)
    negative = value < 0 and any(character in "123456789" for character in text)
    return ("\u2212" if negative else "") + text


def amount(value: float, unit: str, digits: int = 1) -> str:
    """Return a number with its unit, as the cards and the terminal write it."""
    if unit == "documents":
        return _DOCUMENTED.get(value, number(value, digits))
    if unit == "rank":
        return f"rank{THIN}{value:.0f}"
    text, plain = number(value, digits, unit), plain_unit(unit)
    if not plain:
        return text
    if text in ("1", "\u22121") and plain in _SINGLE:
        plain = plain[:-1]
    return f"{text}{THIN}{plain}" if plain.startswith("%") else f"{text} {plain}"


def plain_unit(unit: str) -> str:
    """Return a unit as one says it: ``billion dollars`` for ``USD billions``, ``% of GDP`` for ``percent of GDP``."""
    if (said := (_SHORT | _SAID).get(unit)) is not None:
        return said
    if unit.startswith("percent of "):
        return unit.replace("percent", "%", 1)
    money, _, scale = unit.partition(" ")
    if money in _MONEY and (not scale or scale in _SCALED):
        return f"{_SCALED[scale]} {_MONEY[money]}" if scale else _MONEY[money]
    return unit


def long_date(day: pd.Timestamp) -> str:
    """Return ``12 June 2025``."""
    return f"{day.day} {day:%B %Y}"


def plain_period(date: pd.Timestamp, frequency: str) -> str:
    """Return a period in words: ``12 June 2025``, ``May 2025``, ``2025 Q1``, ``2025``, ``fiscal 2025``."""
    match frequency:
        case "monthly":
            return f"{date:%B %Y}"
        case "quarterly":
            return f"{date.year} Q{date.quarter}"
        case "annual":
            return f"{date.year}"
        case "fiscal-year":
            return f"fiscal {date.year}"
    return long_date(date)


def counted(n: int, word: str) -> str:
    """Return a number with its noun in the right number: ``1 claim``, ``2 claims``."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


_MARKS = re.compile(r"[\\`*_{}\[\]<>()|~$^#@&!]")
_OPENING = re.compile(r"([-+=:%]|[0-9]+(?=[.)](?:\s|$)))")
_BREAK = re.compile(r"[ \t]*[\r\n]+[ \t]*")


def plain_markdown(value: Any) -> Any:
    """Return a text so that Markdown shows it as it stands, in one line and without meaning; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    text = _BREAK.sub(" ", _MARKS.sub(r"\\\g<0>", value))
    if opening := _OPENING.match(text):  # a list, a comment, an underline, where the text begins a paragraph
        word = opening.group()
        text = (f"{word}\\" if word.isdigit() else f"\\{word}") + text[len(word) :]
    return text
