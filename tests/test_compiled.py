"""Compiled templates are kept, and used only for the source, the settings and the engine they were made with."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest

from gegenprobe.compiled import template_cache


@pytest.fixture
def maker(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    (tmp_path / "environment").mkdir()
    path = tmp_path / "maker.py"
    path.write_text("settings = 1\n", encoding="utf-8")
    return path


def compiled(maker: Path, source: str, monkeypatch) -> tuple[str, int]:
    """Return what a template says, and how often something was compiled for it."""
    times: list[str] = []
    compile_ = jinja2.Environment.compile
    with monkeypatch.context() as patched:
        patched.setattr(
            jinja2.Environment, "compile", lambda *given, **named: times.append("") or compile_(*given, **named)
        )
        loader = jinja2.DictLoader({"page": source})
        environment = jinja2.Environment(loader=loader, bytecode_cache=template_cache("own", maker))
        return environment.get_template("page").render(a="ä"), len(times)


def test_a_template_is_compiled_once_for_what_it_says(maker, monkeypatch):
    assert compiled(maker, "{{ a }}", monkeypatch) == ("ä", 1)
    assert compiled(maker, "{{ a }}", monkeypatch) == ("ä", 0)
    assert compiled(maker, "{{ a }}!", monkeypatch) == ("ä!", 1)


def test_other_settings_or_another_engine_compile_anew_and_leave_nothing_behind(maker, monkeypatch):
    compiled(maker, "{{ a }}", monkeypatch)
    (former,) = maker.parent.glob("environment/share/gegenprobe/*")
    maker.write_text("settings = 2\n", encoding="utf-8")
    assert compiled(maker, "{{ a }}", monkeypatch) == ("ä", 1)
    monkeypatch.setattr(jinja2, "__version__", "another")
    assert compiled(maker, "{{ a }}", monkeypatch) == ("ä", 1)
    (newest,) = maker.parent.glob("environment/share/gegenprobe/*")
    assert newest != former


def test_what_was_cut_short_is_compiled_anew(maker, monkeypatch):
    compiled(maker, "{{ a }}", monkeypatch)
    (kept,) = maker.parent.glob("environment/share/gegenprobe/*/*")
    kept.write_bytes(kept.read_bytes()[:40])
    assert compiled(maker, "{{ a }}", monkeypatch) == ("ä", 1)


def test_what_cannot_be_kept_is_compiled_each_time(maker, monkeypatch):
    cache = template_cache("own", maker)
    Path(cache.directory).rmdir()
    Path(cache.directory).write_text("no folder", encoding="utf-8")
    loader = jinja2.DictLoader({"page": "{{ a }}"})
    assert jinja2.Environment(loader=loader, bytecode_cache=cache).get_template("page").render(a=1) == "1"


def test_in_a_closed_environment_nothing_is_kept(maker, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(maker.parent / "gone"))
    assert template_cache("own", maker) is None
    (maker.parent / "environment/share").write_text("no folder", encoding="utf-8")
    monkeypatch.setattr(sys, "prefix", str(maker.parent / "environment"))
    assert template_cache("own", maker) is None
