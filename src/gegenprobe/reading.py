"""Reading files that may be wrong or hostile: plain ones only, no larger than they can be, and YAML without its traps.

Each function answers a file that is not as it should be with one line; none of them ever waits, or works for long.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import yaml

from gegenprobe.characters import unseen
from gegenprobe.errors import InputError

MOST_BYTES = 32 * 2**20
"""The largest file of the store has less than one million bytes."""
MOST_YAML_BYTES = 4 * 2**20
MOST_LEVELS = 100
"""Far below what the YAML library's own recursion in C bears, which ends the process without a word."""
MOST_NODES = 50_000
"""Values in one YAML file when every alias is written out: nine lines of aliases can stand for a thousand million."""


def read_plain(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the content of a plain file.

    Raises
    ------
    OSError
        If it is missing or cannot be read.
    ValueError
        For a link that leads elsewhere, a pipe, a device, a folder, or more than `most` bytes.
    """
    plain = (
        path.is_file() and not path.is_symlink()
    )  # as nearly all are: to resolve a path takes longer than to read it
    if not plain and path.exists() and (path.resolve().parent != path.parent.resolve() or not path.is_file()):
        raise ValueError("not a plain file of this folder")
    with path.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ValueError(f"larger than {most // 2**20} MB")
    return content


def read_text(path: Path, remedy: str = "; restore it from git", most: int = MOST_BYTES) -> str:
    """Return the text of a plain file in UTF-8; `remedy` ends the line that says why there is none.

    Raises
    ------
    InputError
        One line naming the file.
    """
    try:
        return read_plain(path, most).decode("utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file{remedy}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InputError(f"{path}: cannot be read ({reason}){remedy}") from None


def read_rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header of a csv file, and its rows with the number of the line each ends on.

    Raises
    ------
    InputError
        One line naming file and line, for a row of another length than the header as well: its cells would stand in
        the wrong columns.
    """
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    rows = []
    try:
        header = next(reader, [])
        for cells in reader:
            if len(cells) != len(header):
                where = f"{path} line {reader.line_num}"
                raise InputError(f"{where}: {len(header)} columns are needed, no more and no less")
            for column, cell in zip(header, cells, strict=True):
                if sign := unseen(cell):
                    raise InputError(f"{path} line {reader.line_num}: {column} holds {sign}; take it out")
            rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise InputError(f"{path} line {reader.line_num}: cannot be read ({error}); restore it from git") from None
    if len(set(header)) != len(header):
        raise InputError(f"{path}: a column stands twice in the first line; restore it from git")
    return header, rows


class _TooMuch(Exception):
    """A file deeper or larger than any honest one."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Safe YAML without its traps.

    No key may stand twice in one mapping; ``on`` and ``no`` are words; ``010`` and ``1:30`` are no numbers (of base 8
    and 60); levels are counted, and aliases weighed, before anything is built; no text holds what nobody sees.
    """

    _level = 0

    def descend_resolver(self, node, index):
        self._level += 1
        if self._level > MOST_LEVELS:
            raise _TooMuch(f"nested more than {MOST_LEVELS} levels deep")
        super().descend_resolver(node, index)

    def ascend_resolver(self):
        self._level -= 1
        super().ascend_resolver()

    def get_single_data(self):
        node = self.get_single_node()
        if node is None:
            return None
        _weigh(node, {})
        return self.construct_document(node)

    def construct_scalar(self, node):
        text = super().construct_scalar(node)
        if sign := unseen(text):
            raise yaml.constructor.ConstructorError(None, None, f"a text holds {sign}; take it out", node.start_mark)
        return text

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be one word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _weigh(node, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Return how many values a node stands for with its aliases written out, and how many levels."""
    if isinstance(node, yaml.ScalarNode):
        return 1, 1
    if id(node) not in known:
        known[id(node)] = (1, 1)  # what contains itself is refused later, by its form
        parts = node.value
        if isinstance(node, yaml.MappingNode):
            parts = [part for pair in parts for part in pair]
        size, levels = 1, 0
        for part in parts:
            more, below = _weigh(part, known)
            size, levels = size + more, max(levels, below)
        if size > MOST_NODES:
            raise _TooMuch(f"more than {MOST_NODES} values, aliases written out")
        if levels >= MOST_LEVELS:
            raise _TooMuch(f"nested more than {MOST_LEVELS} levels deep, aliases written out")
        known[id(node)] = (size, levels + 1)
    return known[id(node)]


_TAG = "tag:yaml.org,2002:"
_FORMS = {
    _TAG + "int": re.compile(r"[-+]?(?:0|[1-9][0-9]*)$"),
    _TAG + "float": re.compile(
        r"(?:[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    ),
}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, _FORMS.get(tag, form)) for tag, form in forms if tag != _TAG + "bool" or first in "tTfF"]
    for first, forms in _Loader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path):
    """Read one YAML file.

    Raises
    ------
    InputError
        One line that names the file and, where there is one, the place.
    """
    return parse_yaml(path, yaml_text(path))


def yaml_text(path: Path) -> str:
    """Return the text of a YAML file; for `parse_yaml`."""
    return read_text(path, "", MOST_YAML_BYTES)


def parse_yaml(path: Path, text: str):
    """Return what a text holds that was read from a YAML file; `InputError` as `read_yaml` raises it."""
    try:
        return yaml.load(text, Loader=_Loader)
    except _TooMuch as error:
        raise InputError(f"{path}: {error}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputError(f"{path}{where}: not valid YAML ({problem})") from None
    except ValueError as error:  # a day such as 2025-02-30
        raise InputError(f"{path}: not valid YAML ({error})") from None
