"""One environment, told in three files: pyproject.toml asks, requirements.lock answers, environment.yml repeats."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))

PYTHONS = ["3.11", "3.12", "3.13"]
PLATFORMS = ["linux", "darwin", "win32"]


def direct_requirements() -> list[Requirement]:
    texts = [
        *PROJECT["project"]["dependencies"],
        *itertools.chain(*PROJECT["project"]["optional-dependencies"].values()),
        *itertools.chain(*PROJECT["dependency-groups"].values()),
        *PROJECT["build-system"]["requires"],
    ]
    return [Requirement(text) for text in texts]


def lock_entries() -> list[tuple[Requirement, list[str]]]:
    """Each locked requirement with its hashes."""
    logical_lines = re.sub(r"\\\n", " ", LOCK).splitlines()
    entries = []
    for line in logical_lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        requirement, *hashes = line.split("--hash=")
        entries.append((Requirement(requirement.strip()), [h.strip() for h in hashes]))
    return entries


def conda_pip_lines() -> list[str]:
    (section,) = (entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict))
    return section


def told(requirement: Requirement) -> tuple[str, str, str]:
    return canonicalize_name(requirement.name), str(requirement.specifier), str(requirement.marker or "")


def locked_version(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    return specifier.version


def test_every_locked_package_has_one_exact_version_and_its_hashes():
    entries = lock_entries()
    assert len(entries) > len(direct_requirements())
    for requirement, hashes in entries:
        assert [s.operator for s in requirement.specifier] == ["=="], f"{requirement} is not pinned"
        assert hashes, f"{requirement} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes), f"{requirement} has a malformed hash"


def test_the_lock_names_no_host_and_no_path_of_a_machine():
    for number, line in enumerate(LOCK.splitlines(), 1):
        where = f"requirements.lock, line {number}: {line}"
        assert "://" not in line, where
        assert " @ " not in line, where
        assert "file:" not in line, where
        assert not re.search(r"(?:^|[\s=\"'])(?:/|~/|[A-Za-z]:\\)\w", line), where
        assert not line.startswith("-"), where


@pytest.mark.parametrize("requirement", direct_requirements(), ids=str)
def test_the_lock_answers_every_direct_dependency(requirement):
    answers = [entry for entry, _ in lock_entries() if told(entry)[0] == canonicalize_name(requirement.name)]
    assert answers, f"{requirement} is not locked: run `make lock`"
    for answer in answers:
        version = locked_version(answer)
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement}, but {version} is locked"


@pytest.mark.parametrize(("python", "platform"), list(itertools.product(PYTHONS, PLATFORMS)))
def test_the_lock_serves_every_python_and_system(python, platform):
    system = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": platform}
    active = [told(e)[0] for e, _ in lock_entries() if e.marker is None or e.marker.evaluate(system)]
    assert len(active) == len(set(active)), "one package is locked twice for the same system"
    assert {canonicalize_name(r.name) for r in direct_requirements()} <= set(active)


def test_conda_repeats_the_lock_exactly():
    lines = conda_pip_lines()
    repeated = {told(Requirement(line)) for line in lines if not line.startswith("-")}
    locked = {told(entry) for entry, _ in lock_entries()}
    assert repeated == locked, "environment.yml and requirements.lock differ: run `make lock`"


def test_conda_installs_this_checkout_and_takes_nothing_else_from_conda():
    assert [line for line in conda_pip_lines() if line.startswith("-")] == ["-e ."]
    python, *others = (entry for entry in CONDA["dependencies"] if isinstance(entry, str))
    assert others == ["pip"]
    name, _, version = python.partition("=")
    assert name == "python"
    assert version in PYTHONS
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(version)


def test_jupyter_book_stays_below_the_version_that_is_another_program():
    (requirement,) = (r for r in direct_requirements() if r.name == "jupyter-book")
    assert not requirement.specifier.contains("2.0.0")
    assert requirement.specifier.contains("1.0.4.post1")
