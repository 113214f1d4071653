"""Write licences.csv: the licence of every locked package, from the metadata of what is installed.

    .venv/bin/python .ci/licences.py

A package for another system or another Python keeps the row it has; one that has none is named, to be looked up once.
"""

from __future__ import annotations

import csv
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "licences.csv"
COLUMNS = ("package", "licence", "stated_in")
_NAME = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)
READ = {"axe-playwright-python": "MIT", "fredapi": "Apache-2.0"}
"""Packages whose metadata name no licence; the file of the licence they carry was read."""
SPDX = {
    "apache 2.0": "Apache-2.0", "bsd": "BSD-3-Clause", "bsd 3-clause license": "BSD-3-Clause",
    "isc license": "ISC", "mit license": "MIT", "dual license": "Apache-2.0 OR BSD-3-Clause",
}  # fmt: skip
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0", "BSD License": "BSD-3-Clause", "ISC License (ISCL)": "ISC",
    "GNU General Public License (GPL)": "GPL-3.0-or-later", "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "Public Domain": "LicenseRef-Public-Domain",
    "Python Software Foundation License": "PSF-2.0",
}  # fmt: skip


def locked(text: str) -> list[str]:
    """Return the names of all packages of a lock."""
    return sorted(set(_NAME.findall(text)))


def stated(package: str) -> tuple[str, str]:
    """Return the licence of an installed package and where it says so; two empty texts if it says nothing."""
    told = metadata.metadata(package)
    if expression := told.get("License-Expression"):
        return expression, "expression"
    first = (told.get("License") or "").strip().split("\n")[0].strip()
    first = SPDX.get(first.casefold(), first)
    if re.fullmatch(r"[A-Za-z0-9.-]+( (AND|OR) [A-Za-z0-9.-]+)*", first) and first not in ("UNKNOWN", "Copyright"):
        return first, "field"
    names = [each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or () if each.startswith("License ::")]
    found = [CLASSIFIERS[name] for name in names if name in CLASSIFIERS]
    if found:
        return " AND ".join(found), "classifier"
    return (READ[package], "licence file") if package in READ else ("", "")


def rows(lock: str, former: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return licence and place by package, in alphabetical order."""
    found = {}
    for package in locked(lock):
        try:
            found[package] = stated(package)
        except metadata.PackageNotFoundError:
            found[package] = former.get(package, ("", ""))
    return found


def read(path: Path) -> dict[str, tuple[str, str]]:
    """Return the list as it stands."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["package"]: (row["licence"], row["stated_in"]) for row in csv.DictReader(stream)}


def main() -> int:
    """Write the list; return 1 if a licence is not known."""
    found = rows((ROOT / "requirements.lock").read_text(encoding="utf-8"), read(LIST))
    with LIST.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([COLUMNS, *((name, *told) for name, told in found.items())])
    unknown = [name for name, (licence, _) in found.items() if not licence]
    if unknown:
        print(f"licences.csv: look up {', '.join(unknown)}", file=sys.stderr)
    return bool(unknown)


if __name__ == "__main__":
    sys.exit(main())
