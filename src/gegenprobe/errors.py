"""The two things that can go wrong in ways a caller must tell apart."""

from __future__ import annotations


class InputError(Exception):
    """Something the user gave is wrong: said in one line (what, where, what to do), exit status 2."""


class NoData(Exception):
    """The figures that would decide a question are not in the store on that day; the text says which."""
