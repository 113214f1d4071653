"""What we are given to build with: tampered packages, a network that is not to be used, licences, where to report."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from hostile_book import HOOK, built, helpers

ROOT = Path(__file__).resolve().parents[2]
WEAK = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LicenseRef-Public-Domain", "MIT", "MIT-0",
    "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
"""Licences under which a BSD-3-Clause book may use a package unchanged; MPL-2.0 binds the package's own files only."""
GPL_IN_PART = {"docutils": ".el"}
"""Packages of several licences of which the GPL covers only files of one kind, which must not be installed."""


# --- packages -----------------------------------------------------------------------------------------------------


def wheel(folder: Path, content: str) -> Path:
    """Make a wheel of one module."""
    path = folder / "gegenprobe_probe-1.0-py3-none-any.whl"
    info = "gegenprobe_probe-1.0.dist-info"
    files = {
        "gegenprobe_probe.py": content,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: gegenprobe-probe\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}"
        for name, text in files.items()
    ]
    with zipfile.ZipFile(path, "w") as target:
        for name, text in files.items():
            target.writestr(name, text)
        target.writestr(f"{info}/RECORD", "\n".join([*lines, f"{info}/RECORD,,"]) + "\n")
    return path


def install(folder: Path, digest: str) -> subprocess.CompletedProcess[str]:
    """Install the wheel as ``make setup`` installs the lock: with uv where it is, else with pip."""
    lock = folder / "requirements.lock"
    lock.write_text(f"gegenprobe-probe==1.0 \\\n    --hash=sha256:{digest}\n", encoding="utf-8")
    uv = shutil.which("uv")
    tool = (
        [uv, "pip", "install", "--no-cache", "--python", sys.executable]
        if uv
        else [sys.executable, "-m", "pip", "install"]
    )
    command = [
        *tool, "--no-index", "--find-links", str(folder), "--no-deps", "--target", str(folder / "target"),
        "--require-hashes", "--requirement", str(lock),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_package_with_another_hash_is_refused(tmp_path):
    path = wheel(tmp_path, "VALUE = 1\n")
    honest = hashlib.sha256(path.read_bytes()).hexdigest()
    wheel(tmp_path, "VALUE = 2\n")  # same name, same version, other content
    refused = install(tmp_path, honest)
    assert refused.returncode != 0
    assert "hash" in (refused.stdout + refused.stderr).lower()
    assert not (tmp_path / "target" / "gegenprobe_probe.py").exists()
    wheel(tmp_path, "VALUE = 1\n")
    taken = install(tmp_path, hashlib.sha256(path.read_bytes()).hexdigest())
    assert taken.returncode == 0, taken.stderr
    assert (tmp_path / "target" / "gegenprobe_probe.py").is_file()


def test_every_way_to_set_up_checks_hashes():
    lines = [
        line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if "requirements.lock" in line
    ]
    installing = [line for line in lines if re.search(r"pip (install|sync)", line)]
    assert len(installing) == 2
    assert all("--require-hashes" in line for line in installing)
    others = [
        line
        for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
        if re.search(r"pip\S* install", line)
    ]
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation --editable ." in line for line in others)


def test_licences_are_known_and_let_us_use_the_packages():
    licences = helpers(".ci/licences.py")
    listed = licences.read(ROOT / "licences.csv")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert list(listed) == licences.locked(lock), "licences.csv: run .venv/bin/python .ci/licences.py"
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"] == "BSD-3-Clause"
    for package, (licence, stated_in) in listed.items():
        assert licence, package
        assert stated_in in ("expression", "field", "classifier", "licence file"), package
        choices = [set(re.split(r" AND ", each.strip("()"))) for each in licence.split(" OR ")]
        if package in GPL_IN_PART:
            files = metadata.files(package)
            assert files
            assert not [each for each in files if each.suffix == GPL_IN_PART[package]], package
            choices = [choice - {"GPL-3.0-or-later"} for choice in choices]
        assert any(choice <= WEAK for choice in choices), (package, licence)


def test_the_list_of_licences_is_what_the_packages_say():
    licences = helpers(".ci/licences.py")
    listed = licences.read(ROOT / "licences.csv")
    assert licences.rows((ROOT / "requirements.lock").read_text(encoding="utf-8"), listed) == listed


def test_it_is_said_where_to_report_a_weakness():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "Report a vulnerability" in text
    assert "tests/hostile" in text
    assert "@" not in text  # nobody to write to is made up


# --- the network --------------------------------------------------------------------------------------------------


@pytest.mark.book
@pytest.mark.xdist_group("hostile-book")
def test_a_build_asks_no_network(tmp_path_factory):
    """In a network namespace of its own where that is permitted; everywhere under an audit hook in each process."""
    book = built(tmp_path_factory)
    events = book.events
    assert (book.site / "chapters/one.html").is_file()
    seen = [line for line in events if line.startswith("gegenprobe.seen")]
    assert len(seen) >= 3, "the hook must see the builder, the kernels' server and the renderer"
    assert not [line for line in events if not line.startswith("gegenprobe.seen")]


def test_the_hook_sees_a_connection(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    tries = (
        "import socket; s = socket.socket(); s.settimeout(.01)\ntry: s.connect(('192.0.2.1', 9))\nexcept OSError: pass"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "GEGENPROBE_SOCKETS": str(tmp_path / "log")}
    subprocess.run([sys.executable, "-c", tries], env=environment, check=True, timeout=30)
    assert "socket.connect" in (tmp_path / "log").read_text(encoding="utf-8")
