"""What a refresh found, for people (Markdown, the body of a pull request) and for programs (JSON)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from gegenprobe.findings import Finding
from gegenprobe.merge import Difference
from gegenprobe.words import MARKS

MOST_REVISIONS = 5
"""Revisions shown of one series in Markdown; JSON has all."""


@dataclass(frozen=True)
class Outcome:
    """What came of one series: ``changed``, ``unchanged``, ``failed`` (nothing taken) or ``skipped`` (not asked)."""

    series: str
    source: str
    status: str
    reason: str = ""
    difference: Difference | None = None

    @property
    def added(self) -> int:
        """Number of new dates."""
        return len(self.difference.added) if self.difference else 0

    @property
    def revised(self) -> int:
        """Number of revisions."""
        return len(self.difference.revised) if self.difference else 0

    def record(self) -> dict:
        """Return plain values only."""
        found = {
            "series": self.series, "source": self.source, "status": self.status, "reason": self.reason,
            "added": self.added, "revised": self.revised,
            "notes": self.difference.notes if self.difference else [],
        }  # fmt: skip
        if self.added:
            dates = self.difference.added["date"]
            found["added_from"], found["added_to"] = f"{dates.min():%Y-%m-%d}", f"{dates.max():%Y-%m-%d}"
        if self.revised:
            rows = by_size(self.difference.revised)
            found["largest_revision"] = _revision(rows.iloc[0])
            found["revisions"] = [_revision(row) for _, row in rows.iterrows()]
        return found


@dataclass(frozen=True)
class Flip:
    """One verdict that the new figures turned."""

    claim: str
    chapter: str
    definition: str | None
    primary: bool
    before: str
    after: str
    measured_before: float | None
    measured_after: float | None
    unit: str


@dataclass
class Report:
    """All outcomes of one run, and the verdicts that flipped."""

    day: pd.Timestamp
    dry_run: bool
    outcomes: list[Outcome] = field(default_factory=list)
    flips: list[Flip] = field(default_factory=list)

    def of(self, status: str) -> list[Outcome]:
        """Return the outcomes of one status."""
        return [each for each in self.outcomes if each.status == status]

    def summary(self) -> str:
        """Return one line."""
        added, revised = sum(each.added for each in self.outcomes), sum(each.revised for each in self.outcomes)
        parts = [
            f"{len(self.outcomes) - len(self.of('skipped'))} series asked", f"{added} observations added",
            f"{revised} revised", f"{len(self.flips)} verdicts flipped", f"{len(self.of('failed'))} failed",
            f"{len(self.of('skipped'))} skipped",
        ]  # fmt: skip
        return ", ".join(parts)

    def lines(self, status: str) -> list[str]:
        """Return one line for each reason that series of one status share."""
        groups: dict[tuple[str, str], list[str]] = {}
        for each in self.of(status):
            groups.setdefault((each.source, each.reason), []).append(each.series)
        return [f"{source}: {_names(series)}: {reason}" for (source, reason), series in groups.items()]

    def json(self) -> str:
        """Return the whole report as JSON."""
        found = {
            "day": f"{self.day:%Y-%m-%d}",
            "dry_run": self.dry_run,
            "summary": self.summary(),
            "flipped": [vars(each) for each in self.flips],
            "series": [each.record() for each in self.outcomes],
        }
        return json.dumps(found, ensure_ascii=False, indent=1)

    def markdown(self) -> str:
        """Return the report as a page."""
        title = f"# Refresh of {self.day:%Y-%m-%d}" + (" (dry run: nothing written)" if self.dry_run else "")
        parts = [title, f"{self.summary()}."]
        parts += ["## Verdicts that flipped", *_flips(self.flips)]
        changed = self.of("changed")
        if changed:
            parts += ["## New and revised", _table(changed)]
        for each in changed:
            if each.revised:
                rows = by_size(each.difference.revised).head(MOST_REVISIONS)
                more = f" (the {len(rows)} largest of {each.revised})" if each.revised > len(rows) else ""
                parts.append(
                    f"`{each.series}`: revised{more}: " + "; ".join(_change(row) for _, row in rows.iterrows())
                )
        if self.of("failed"):
            parts += ["## Failed: nothing of these was taken", *(f"- {line}" for line in self.lines("failed"))]
        noted = [each for each in self.outcomes if each.difference and each.difference.notes]
        if noted:
            parts += ["## Notes", *(f"- {each.series}: {'; '.join(each.difference.notes)}" for each in noted)]
        if self.of("skipped"):
            parts += ["## Not asked", *(f"- {line}" for line in self.lines("skipped"))]
        return "\n\n".join(parts).replace("\n\n- ", "\n- ") + "\n"


def flips_between(before: Iterable[Finding], after: Iterable[Finding]) -> list[Flip]:
    """Return the findings whose verdict is not the same, those of primary definitions first."""
    earlier = {_name(each): each for each in before}
    found = []
    for each in after:
        old = earlier.get(_name(each))
        if old is not None and old.verdict is not each.verdict:
            found.append(
                Flip(
                    each.claim.id, each.chapter, each.definition.id if each.definition else None,
                    each.definition is None or each.definition.primary, str(old.verdict), str(each.verdict),
                    round(old.measurement.value, 6) if old.measurement else None,
                    round(each.measurement.value, 6) if each.measurement else None, each.unit,
                )
            )  # fmt: skip
    return sorted(found, key=lambda flip: not flip.primary)


def by_size(revised: pd.DataFrame) -> pd.DataFrame:
    """Return revisions, the largest first."""
    size = (revised["value"] - revised["before"]).abs()
    return revised.loc[size.sort_values(ascending=False, kind="stable").index]


def _name(finding: Finding) -> tuple[str, str | None]:
    return finding.claim.id, finding.definition.id if finding.definition else None


def _revision(row: pd.Series) -> dict:
    return {
        "area": row["area"], "date": f"{row['date']:%Y-%m-%d}", "known_since": f"{row['known_since']:%Y-%m-%d}",
        "before": row["before"], "after": row["value"],
    }  # fmt: skip


def _change(row: pd.Series) -> str:
    area = f"{row['area']} " if row["area"] else ""
    return f"{area}{row['date']:%Y-%m-%d} {row['before']:.10g} → {row['value']:.10g}"


def _flips(flips: list[Flip]) -> list[str]:
    if not flips:
        return ["None."]
    lines = ["| claim | definition | before | after | measured |", "| --- | --- | --- | --- | --- |"]
    for each in flips:
        name = (each.definition or "") + ("" if each.primary else " (alternative)")
        numbers = " → ".join(
            "–" if value is None else f"{value:.6g}" for value in (each.measured_before, each.measured_after)
        )
        before, after = (f"{MARKS[verdict]} {verdict}" for verdict in (each.before, each.after))
        lines.append(f"| {each.claim} | {name} | {before} | **{after}** | {numbers} {each.unit} |")
    return ["\n".join(lines)]


def _table(changed: list[Outcome]) -> str:
    lines = [
        "| series | source | added | newest | revised | largest revision |",
        "| --- | --- | --: | --- | --: | --- |",
    ]
    for each in changed:
        newest = f"{each.difference.added['date'].max():%Y-%m-%d}" if each.added else ""
        largest = _change(by_size(each.difference.revised).iloc[0]) if each.revised else ""
        lines.append(f"| {each.series} | {each.source} | {each.added} | {newest} | {each.revised} | {largest} |")
    return "\n".join(lines)


def _names(series: list[str]) -> str:
    if len(series) <= 3:
        return ", ".join(series)
    counts = Counter(name.rpartition(".")[0] or name for name in series)
    if len(counts) == 1 and next(iter(counts)) not in series:
        return f"{next(iter(counts))}.* ({len(series)} series)"
    return ", ".join(series)
