"""The few settings of ``_config.yml`` that the build itself reads: the book's address, and where its code lives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from gegenprobe.errors import InputError
from gegenprobe.reading import read_yaml


@dataclass(frozen=True)
class Settings:
    """What the book says of itself.

    Attributes
    ----------
    title, author : str
        As on the title page; the author is the project, not a person.
    address : str
        Where the site is published, with a slash at the end; empty where nobody has said so. What needs an absolute
        address (sitemap, ``og:url``, ``og:image``) is then left out.
    repository : str
        Where the code lives, without a slash at the end; empty where nobody has said so. Then nothing links to Colab or
        Binder.
    branch : str
        The branch these open.
    """

    title: str = "Gegenprobe"
    author: str = "The Gegenprobe contributors"
    address: str = ""
    repository: str = ""
    branch: str = "main"

    def absolute(self, path: str) -> str:
        """Return the address of a page or file of the site; empty where the site has none."""
        return self.address + path if self.address else ""

    def colab(self, notebook: str) -> str:
        """Return where Colab opens a notebook of the repository; empty unless it lies on GitHub."""
        place = urlsplit(self.repository)
        if place.netloc != "github.com":
            return ""
        return f"https://colab.research.google.com/github{place.path}/blob/{quote(self.branch)}/{quote(notebook)}"

    def binder(self, notebook: str) -> str:
        """Return where Binder opens a notebook of the repository, in the environment that ``environment.yml`` locks."""
        if not self.repository:
            return ""
        place = urlsplit(self.repository)
        branch, path = quote(self.branch, safe=""), quote(notebook, safe="")
        where = f"gh{place.path}" if place.netloc == "github.com" else f"git/{quote(self.repository, safe='')}"
        return f"https://mybinder.org/v2/{where}/{branch}?labpath={path}"


def read_settings(path: Path) -> Settings:
    """Read the settings from ``_config.yml``; without the file, the settings of a book without an address.

    Raises
    ------
    InputError
        If an address is none, in one line that says which.
    """
    if not path.is_file():
        return Settings()
    content = read_yaml(path) or {}
    repository = _part(content, "repository")
    return Settings(
        title=str(content.get("title") or Settings.title),
        author=str(content.get("author") or Settings.author),
        address=_address(path, "html.baseurl", _part(content, "html").get("baseurl"), "/"),
        repository=_address(path, "repository.url", repository.get("url"), "").removesuffix(".git"),
        branch=str(repository.get("branch") or Settings.branch),
    )


def _part(content: dict[str, Any], name: str) -> dict[str, Any]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def _address(path: Path, name: str, value: Any, end: str) -> str:
    text = str(value or "").strip().rstrip("/")
    if not text:
        return ""
    parts = urlsplit(text)
    clean = parts.scheme in ("https", "http") and parts.netloc and not parts.query and not parts.fragment
    if not clean or any(mark.isspace() or mark in "<>\"'`\\" for mark in text):
        raise InputError(f"{path}: {name} {text!r} is no address; write https://example.org/book/ or leave it empty")
    return text + end
