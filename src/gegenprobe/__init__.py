"""Gegenprobe: a research book that decides the checkable claims of one video by rule, from official figures."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["open_chapter"]


def __getattr__(name: str):
    if name == "open_chapter":
        from gegenprobe.chapter import open_chapter

        return open_chapter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
