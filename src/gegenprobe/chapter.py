"""What a notebook imports: open a chapter, show its cards and pictures, tell its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from gegenprobe.cards import badge, card, side, templates
from gegenprobe.charts.picture import Picture
from gegenprobe.claims import Chapter, Claim, read_chapter
from gegenprobe.display import Shown, figure, tables
from gegenprobe.errors import InputError, NoData, nearest
from gegenprobe.findings import Finding, judge_claim
from gegenprobe.observations import LATEST, Store, View, as_day
from gegenprobe.paths import project_root
from gegenprobe.verdicts import Verdict
from gegenprobe.video import VIDEO_DAY
from gegenprobe.words import WORDS, long_date, plain_markdown, plain_period


class OpenChapter:
    """One chapter, as known on a day, beside what was known on the day of the video.

    Attributes
    ----------
    view, then : View
        The store as known on `as_of` and on the video's day.
    video_day : Timestamp
        The day the video is judged on.
    """

    def __init__(self, name: str, as_of: str, video_day: str):
        data = project_root() / "data"
        self.store = Store(data)
        self._chapter = _chapter(data / "claims", name)
        self.name = name
        self.video_day = as_day(video_day)
        self.view: View = self.store.as_of(as_of)
        self.then: View = self.store.as_of(self.video_day)
        self.now_label = "as known now" if as_of == LATEST else f"as known on {long_date(self.view.day)}"

    def __repr__(self) -> str:
        return f"<chapter {self.name}, {self.now_label}, judged on {self.video_day:%Y-%m-%d}>"

    @cached_property
    def _now(self) -> dict[str, list[Finding]]:
        return self._judge(self.view)

    @cached_property
    def _then(self) -> dict[str, list[Finding]]:
        return self._judge(self.then)

    def _judge(self, view: View) -> dict[str, list[Finding]]:
        return {each.id: judge_claim(each, self.name, view, self.video_day) for each in self._chapter.claims}

    def claim(self, name: str) -> Claim:
        """Return one claim of the chapter, for a picture that needs what was said."""
        for each in self._chapter.claims:
            if each.id == name:
                return each
        raise InputError(f"unknown claim {name!r}{nearest(name, self._now)} in chapter {self.name}")

    def check(self, *claims: str) -> Shown:
        """Return the cards of these claims, in this order.

        Raises
        ------
        InputError
            If a claim is not one of this chapter's.
        """
        for name in claims:
            if name not in self._now:
                raise InputError(f"unknown claim {name!r} in chapter {self.name}; there are {', '.join(self._now)}")
        cards = [card(self._then[name], self._now[name], self.view, self.now_label) for name in claims]
        text = "\n".join(f"{name}: {self._now[name][0].verdict}" for name in claims)
        return Shown({"text/html": "\n".join(cards), "text/plain": text}, self.store, claims=list(claims))

    def show(self, *pictures: Picture) -> Shown:
        """Return pictures, one under the other."""
        return figure(pictures, self.store)

    def tables(self, frames: Mapping[str, pd.DataFrame]) -> Shown:
        """Return tables, each folded under its heading; their cells are shown as they are."""
        return tables(frames, self.store)

    def tell(self, text: str) -> Shown:
        """Return a paragraph of Markdown in which ``{{ … }}`` stands for numbers from the data.

        ``now["claim"]`` and ``then["claim"]``, or ``now["claim/definition"]``, have ``found``, ``verdict``, ``said``,
        ``period``, ``note``, ``value``; ``fact("id")`` has the columns of ``facts.csv``; ``| long_date`` writes a day.
        Where a figure was not known on the day, the paragraph says so instead. The text may be Markdown; what is put
        into it is not, whatever stands in the data.

        Raises
        ------
        InputError
            If the text names a claim, definition or fact that is not there.
        """
        environment = jinja2.Environment(undefined=jinja2.StrictUndefined, finalize=plain_markdown)
        environment.filters["long_date"] = long_date
        try:
            told = environment.from_string(text).render(
                now=_Sides(self._now), then=_Sides(self._then), fact=self.view.fact, now_label=self.now_label,
                video_day=long_date(self.video_day), as_of=long_date(self.view.day),
            )  # fmt: skip
        except jinja2.TemplateError as error:
            raise InputError(f"chapter {self.name}, tell({text[:40]!r}…): {error.message}") from None
        except (NoData, TypeError):  # a number that is not there cannot be formatted
            told = f"*(Not all figures this paragraph tells of were known on {long_date(self.view.day)}.)*"
        return Shown({"text/markdown": told, "text/plain": told}, self.store)

    def overview(self) -> Shown:
        """Return how the chapter's claims came out, by verdict, at both dates, with the oldest input."""
        rows = []
        counted = [Counter(each[0].verdict for each in side_.values()) for side_ in (self._then, self._now)]
        for verdict in Verdict:
            numbers = [each[verdict] for each in counted]
            if any(numbers):
                rows.append(
                    {"verdict": str(verdict), "word": WORDS[str(verdict)][0], "then": numbers[0], "now": numbers[1]}
                )
        html = templates().get_template("overview.html").render(
            rows=rows, badge=badge, total=len(self._now), then_day=long_date(self.then.day), now_label=self.now_label,
            oldest=self._oldest(), newest=long_date(self.view.day), title=self._chapter.title,
            claims=[
                {"id": name, "gist": self.claim(name).gist.en, "then": side(self._then[name][0]), "now": side(now[0])}
                for name, now in self._now.items()
            ],
        )  # fmt: skip
        text = "; ".join(f"{row['word']}: {row['then']} then, {row['now']} now" for row in rows)
        return Shown({"text/html": html, "text/plain": text}, self.store)

    def _oldest(self) -> dict[str, str] | None:
        """Return the series of this chapter whose newest figure is the oldest, leaving out those that are frozen."""
        used = {
            (rest.series, rest.area)
            for findings in self._now.values()
            for each in findings
            if each.measurement
            for rest in each.measurement.rests
            if self.store.catalogue[rest.series].freshness is not None
        }
        if not used:
            return None
        day, series = min((self.view.newest(series, area), series) for series, area in used)
        entry = self.store.catalogue[series]
        return {"title": entry.title, "day": plain_period(day, entry.frequency)}


class _Sides:
    """Findings by ``claim`` or ``claim/definition``, as the words of `side`."""

    def __init__(self, findings: dict[str, list[Finding]]):
        self._findings = findings

    def __getitem__(self, name: str) -> dict[str, Any]:
        claim, _, definition = name.partition("/")
        if claim not in self._findings:
            raise InputError(f"unknown claim {claim!r} in a text of this chapter")
        for each in self._findings[claim]:
            if not definition or (each.definition and each.definition.id == definition):
                words = side(each)
                return {**words, "verdict": words["word"]}
        raise InputError(f"claim {claim} has no definition {definition!r}")


def _chapter(folder: Path, name: str) -> Chapter:
    """Read one chapter's claims and no other file: what a chapter does not read cannot make it stale."""
    path = folder / f"{name}.yml"
    if not path.is_file():
        names = sorted(each.stem for each in folder.glob("*.yml"))
        raise InputError(f"unknown chapter {name!r}{nearest(name, names)}; there are {', '.join(names)}")
    return read_chapter(path)


def open_chapter(name: str, as_of: str = LATEST, video_day: str = VIDEO_DAY) -> OpenChapter:
    """Open a chapter as known on a day.

    Parameters
    ----------
    name : str
        Chapter id, the name of its file under ``data/claims``.
    as_of : str
        Day of knowledge, ``YYYY-MM-DD`` or ``latest``.
    video_day : str
        The day the video is judged on.

    Raises
    ------
    InputError
        If there is no such chapter, or a day is not valid.
    """
    return OpenChapter(name, as_of, video_day)
