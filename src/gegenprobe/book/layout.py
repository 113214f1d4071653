"""Where the build puts what: every path of the book in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gegenprobe.errors import InputError, nearest


@dataclass(frozen=True)
class Places:
    """The folders of one checkout.

    Attributes
    ----------
    root : Path
        The checkout. ``book/chapters``, ``book/generated`` and ``book/_build`` are made here and not kept in git.
    """

    root: Path

    @property
    def notebooks(self) -> Path:
        """The chapters as written."""
        return self.root / "notebooks"

    @property
    def data(self) -> Path:
        """Figures, catalogue, facts and ledger."""
        return self.root / "data"

    @property
    def book(self) -> Path:
        """The source folder of jupyter-book."""
        return self.root / "book"

    @property
    def work(self) -> Path:
        """Everything the build keeps between runs."""
        return self.book / "_build"

    @property
    def executed(self) -> Path:
        """Executed copies as papermill leaves them, with a record of their inputs."""
        return self.work / "executed"

    @property
    def drawn(self) -> Path:
        """Pictures as drawn, with the hash of what each was drawn from."""
        return self.work / "drawn"

    @property
    def finished(self) -> Path:
        """Finished pages, with the hash of what each was made from."""
        return self.work / "finished"

    @property
    def chapters(self) -> Path:
        """Executed copies as jupyter-book reads them."""
        return self.book / "chapters"

    @property
    def generated(self) -> Path:
        """Pages and files made from the data."""
        return self.book / "generated"

    @property
    def extra(self) -> Path:
        """Files that go to the root of the site as they are."""
        return self.generated / "extra"

    @property
    def rendered(self) -> Path:
        """Where jupyter-book works."""
        return self.work / "jupyter-book"

    @property
    def pages(self) -> Path:
        """The pages as jupyter-book leaves them."""
        return self.rendered / "_build" / "html"

    @property
    def site(self) -> Path:
        """The published site."""
        return self.work / "html"

    def chapter_names(self) -> list[str]:
        """Return the ids of all chapters: notebooks that have a ledger file."""
        names = sorted(
            path.stem
            for path in self.notebooks.glob("*.ipynb")
            if (self.data / "claims" / f"{path.stem}.yml").is_file()
        )
        if not names:
            raise InputError(f"{self.notebooks}: no notebook there that has a file of claims in data/claims")
        return names

    def wanted(self, chapters: list[str]) -> list[str]:
        """Return the chapters asked for, all of them if none is named."""
        names = self.chapter_names()
        for name in chapters:
            if name not in names:
                raise InputError(f"unknown chapter {name!r}{nearest(name, names)}; there are {', '.join(names)}")
        return [name for name in names if name in chapters] if chapters else names
