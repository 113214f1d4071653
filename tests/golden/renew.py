"""Write the golden findings anew, after a change that was meant: ``python tests/golden/renew.py --why "…"``.

Each row that changed takes the reason given; the others keep theirs.
"""

import argparse
import csv
import sys
from pathlib import Path

from gegenprobe.claims import read_ledger
from gegenprobe.findings import judge_ledger
from gegenprobe.observations import LATEST, Store, as_day
from gegenprobe.video import VIDEO_DAY

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).with_name("findings.csv")
COLUMNS = ["claim", "as_of", "definition", "verdict", "measured", "why"]
Key = tuple[str, str]


def current(data: Path = ROOT / "data") -> dict[Key, dict[str, str]]:
    """Return the primary finding of every claim at both dates, as plain text, without `why`."""
    store, ledger = Store(data), read_ledger(data / "claims")
    found = {}
    for as_of in (VIDEO_DAY, LATEST):
        for finding in judge_ledger(ledger, store, as_of, as_day(VIDEO_DAY)):
            record = finding.record()
            if record["primary"]:
                measured = "" if record["measured"] is None else f"{record['measured']:.6g}"
                row = [record["claim"], as_of, record["definition"] or "", record["verdict"], measured]
                found[record["claim"], as_of] = dict(zip(COLUMNS, row, strict=False))
    return found


def recorded() -> dict[Key, dict[str, str]]:
    """Return the golden rows, by claim and day of knowledge; empty where there are none yet."""
    if not GOLDEN.is_file():
        return {}
    with GOLDEN.open(encoding="utf-8", newline="") as stream:
        return {(row["claim"], row["as_of"]): row for row in csv.DictReader(stream)}


def differences(old: dict[Key, dict[str, str]], new: dict[Key, dict[str, str]]) -> list[str]:
    """Return one line for each row that changed, came or went."""
    lines = []
    for key in sorted(old.keys() | new.keys()):
        name = f"{key[0]} as known on {key[1]}"
        before, after = (_words(rows[key]) if key in rows else "" for rows in (old, new))
        if before != after:
            lines.append(f"{name}: {before or 'not there'} -> {after or 'gone'}")
    return lines


def _words(row: dict[str, str]) -> str:
    return f"{row['verdict']} ({row['definition'] or 'no definition'}: {row['measured'] or 'nothing measured'})"


def renew(why: str) -> list[str]:
    """Write the file, and return what changed."""
    old, new = recorded(), current()
    changed = differences(old, new)
    with GOLDEN.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for key in sorted(new):
            kept = key in old and _words(old[key]) == _words(new[key])
            writer.writerow({**new[key], "why": old[key]["why"] if kept else why})
    return changed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--why", required=True, help="why the findings changed, in one sentence")
    reason = " ".join(parser.parse_args().why.split())
    if not reason:
        parser.error("say why the findings changed")
    for line in renew(reason) or ["nothing changed"]:
        print(line, file=sys.stdout)
