"""What can go wrong in ways a caller must tell apart, and how a misspelt name is answered."""

from __future__ import annotations

from collections.abc import Iterable


class _Said(Exception):
    """An error whose text may repeat what stands in a file, and is harmless in a terminal all the same."""

    def __init__(self, text: str = ""):
        super().__init__("".join(each if each.isprintable() or each.isspace() else "\ufffd" for each in text))


class InputError(_Said):
    """Something the user gave is wrong: said in one line (what, where, what to do), exit status 2."""


class BuildFailed(_Said):
    """A chapter, a page or the rendering did not come about; the text says where and why."""


class NoData(_Said):
    """The figures that would decide a question are not in the store on that day; the text says which."""


def shown(name: object, most: int = 80) -> str:
    """Return a name somebody wrote so that it fits into one line: quoted where it is text, and cut."""
    text = repr(name)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ``" (did you mean …?)"`` for the likeliest of `names`, or an empty string."""
    import difflib

    found = difflib.get_close_matches(str(name), list(names), n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""
