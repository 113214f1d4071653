"""One atomic step for many files: after a kill at any moment the folder is as before, or can only become as after.

New contents are written beside the old ones and forced to disk; then one small file, the journal, is moved into place,
and that single move is the decision. Whatever was killed before it leaves no trace in the folder; whatever was killed
after it is carried on by the next one who looks. Moving a file into place again is harmless, so this may be repeated.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from gegenprobe.errors import InputError, shown

WORK = ".refresh"
_STAGED, _JOURNAL, _LOCK = "staged", "journal.json", "lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep every other refresh out of a folder, and first finish the step of one that was killed.

    Raises
    ------
    InputError
        If another refresh is at work there, or the folder cannot be written to.
    """
    with ExitStack() as held:
        try:
            held.enter_context(FileLock(_work(folder) / _LOCK, timeout=0))
            recover(folder)
        except Timeout:
            raise InputError(f"another refresh is at work in {folder}; let it finish") from None
        except OSError as error:
            raise _unwritten(folder, error) from None
        yield


def commit(folder: Path, files: dict[str, bytes]) -> None:
    """Replace files of a folder in one step.

    Parameters
    ----------
    folder : Path
        The folder; the caller holds `alone`.
    files : dict
        New content by path below the folder.

    Raises
    ------
    InputError
        If the disk is full or not to be written to: before the decision nothing is changed, after it the next run
        carries on.
    """
    work = folder / WORK
    staged, fresh = work / _STAGED, work / f"{_JOURNAL}.new"
    try:
        shutil.rmtree(staged, ignore_errors=True)
        for name, content in files.items():
            _write(staged / name, content)
        journal = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        _write(fresh, json.dumps(journal, indent=1).encode())
        fresh.replace(work / _JOURNAL)
        _force(work)
        recover(folder)
    except OSError as error:
        if not pending(folder):
            shutil.rmtree(staged, ignore_errors=True)
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        raise _unwritten(folder, error) from None


def recover(folder: Path) -> bool:
    """Finish the step of a killed run, or clear away what it had only prepared; tell whether there was one to finish.

    Raises
    ------
    InputError
        If a file the journal names is neither prepared nor in place: then a person has to look.
    """
    work = folder / WORK
    staged = work / _STAGED
    try:
        journal = _journal(work / _JOURNAL)
    except FileNotFoundError:
        shutil.rmtree(staged, ignore_errors=True)
        return False
    except ValueError as error:
        raise InputError(f"{work / _JOURNAL}: {error}; look at git diff, then remove it") from None
    for name, seal in journal.items():
        try:
            (staged / name).replace(folder / name)
        except FileNotFoundError:
            place = folder / name
            if not place.is_file() or hashlib.sha256(place.read_bytes()).hexdigest() != seal:
                raise InputError(f"{place}: a killed refresh cannot be finished; restore data/ from git") from None
    for parent in {(folder / name).parent for name in journal}:
        _force(parent)
    (work / _JOURNAL).unlink()
    _force(work)
    shutil.rmtree(staged, ignore_errors=True)
    return True


def pending(folder: Path) -> bool:
    """Tell whether a killed refresh waits to be finished: until then some files may be as before and some as after."""
    return (folder / WORK / _JOURNAL).exists()


def _unwritten(folder: Path, error: OSError) -> InputError:
    """Return the line for a folder that cannot be written to."""
    reason = error.strerror or str(error)
    if pending(folder):
        half = f"a refresh is decided and half in place ({reason})"
        return InputError(f"{folder}: {half}; make room, or make it writable, then run it again")
    return InputError(f"{folder}: {reason}; nothing was changed: make room, or make it writable, and run again")


def _journal(path: Path) -> dict[str, str]:
    """Return what a journal says; one that this module did not write is a `ValueError`."""
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise ValueError("is no journal") from None
    if not isinstance(found, dict):
        raise ValueError("is no journal")
    for name in found:
        if Path(name).is_absolute() or ".." in Path(name).parts or not isinstance(found[name], str):
            raise ValueError(f"names {shown(name)}, which is no file of this folder")
    return found


def _work(folder: Path) -> Path:
    work = folder / WORK
    work.mkdir(exist_ok=True)
    mark = work / ".gitignore"
    if not mark.exists() or not mark.stat().st_size:
        mark.write_text("*\n", encoding="utf-8")
    return work


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _force(folder: Path) -> None:
    """Force the names in a folder to disk; Windows knows no such thing and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
