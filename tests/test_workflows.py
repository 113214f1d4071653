"""The workflows: well formed, safe by zizmor, and made of commands that exist and can be run anywhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import jsonschema
import pytest
import yaml

from gegenprobe.cli import cli
from gegenprobe.issue import SCHEDULED
from gegenprobe.sources import MODULES
from replay import ROOT

FOLDER = ROOT / ".github" / "workflows"
NAMES = ["freshness", "publish", "refresh", "sources", "test"]
TOOLS = Path(sys.executable).parent

STEP = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z_]+$"},
        "uses": {"type": "string", "pattern": r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$"},
        "with": {"type": "object", "additionalProperties": {"type": ["string", "boolean", "number"]}},
        "run": {"type": "string", "pattern": r"^[^\n]+$"},
        "env": {"type": "object", "additionalProperties": {"type": "string"}},
        "continue-on-error": {"type": "boolean"},
    },
    "oneOf": [{"required": ["uses"]}, {"required": ["run"]}],
}
PERMISSIONS = {
    "type": "object",
    "additionalProperties": {"enum": ["read", "write"]},
    "propertyNames": {"enum": ["actions", "contents", "id-token", "issues", "pages", "pull-requests"]},
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "on", "permissions", "concurrency", "jobs"],
    "properties": {
        "name": {"type": "string"},
        "on": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "push": {"type": "object", "required": ["branches"]},
                "pull_request": {"type": "null"},
                "workflow_dispatch": {"type": "null"},
                "schedule": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"cron": {"type": "string", "pattern": r"^\d+ \d+ \* \* (\*|[0-6])$"}},
                    },
                },
            },
        },
        "permissions": {"type": "object", "maxProperties": 0},
        "concurrency": {"type": "object", "required": ["group", "cancel-in-progress"]},
        "jobs": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z]+$"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "runs-on", "timeout-minutes", "permissions", "steps"],
                "properties": {
                    "name": {"type": "string"},
                    "needs": {"type": "string"},
                    "runs-on": {"const": "ubuntu-24.04"},
                    "timeout-minutes": {"type": "integer", "maximum": 60},
                    "environment": {"type": ["string", "object"]},
                    "permissions": PERMISSIONS,
                    "strategy": {"type": "object", "required": ["fail-fast", "matrix"]},
                    "steps": {"type": "array", "minItems": 1, "items": STEP},
                },
            },
        },
    },
}


def workflow(name: str) -> dict:
    # YAML 1.1 reads the key `on` as true; as text it is what GitHub sees.
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    return yaml.safe_load(re.sub(r"^on:", '"on":', text, flags=re.MULTILINE))


def jobs():
    return [(name, key, job) for name in NAMES for key, job in workflow(name)["jobs"].items()]


def test_these_are_all_workflows():
    assert sorted(path.stem for path in FOLDER.iterdir()) == NAMES
    assert all((FOLDER / name).is_file() for name in SCHEDULED)


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_is_well_formed(name):
    found = workflow(name)
    jsonschema.validate(found, SCHEMA)
    for job in found["jobs"].values():
        assert job.get("needs", next(iter(found["jobs"]))) in found["jobs"]


def test_zizmor_finds_nothing():
    command = [TOOLS / "zizmor", "--offline", "--no-progress", "--quiet", str(ROOT / ".github")]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_pinned_by_commit_and_say_their_version(name):
    lines = [line for line in (FOLDER / f"{name}.yml").read_text().splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_one_action_has_one_pin():
    pins = {}
    for name in NAMES:
        for action, commit in re.findall(r"uses: ([\w./-]+)@(\w{40})", (FOLDER / f"{name}.yml").read_text()):
            assert pins.setdefault(action, commit) == commit


def test_no_checkout_keeps_its_credentials():
    for name, key, job in jobs():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"] == {"persist-credentials": False}, f"{name}.{key}"


def test_keys_are_only_where_sources_are_asked_and_nothing_is_built_there():
    for name, key, job in jobs():
        runs = [step["run"] for step in job["steps"] if "run" in step]
        if "secrets." in yaml.safe_dump(job):
            assert job["environment"] == "sources", f"{name}.{key}"
            assert job["permissions"] == {"contents": "read"}
            assert all(re.match(r"make setup|\.venv/bin/gegenprobe refresh", run) for run in runs)
            for step in job["steps"]:
                if "secrets." in yaml.safe_dump(step):
                    assert "gegenprobe refresh" in step["run"]
        elif any(each == "write" for each in job["permissions"].values()):
            assert not any("make book" in run or "make test" in run for run in runs)


def test_every_shell_step_is_a_command_that_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    seen = set()
    for name, key, job in jobs():
        for step in job["steps"]:
            if "run" not in step:
                continue
            where = f"{name}.{key}: {step['run']}"
            assert "${{" not in step["run"], where
            program, command, *arguments = shlex.split(step["run"])
            seen.add((program, command))
            if program == "make":
                assert command in targets, where
                assert all(re.fullmatch(r"(PYTHON|ARGS)=\S+", argument) for argument in arguments), where
            else:
                assert program == ".venv/bin/gegenprobe", where
                found = cli.commands[command]
                # Parsed as the command line is, with the names that the environment holds put in.
                arguments = [argument.replace("$SOURCE", "fred") for argument in arguments]
                assert isinstance(found.make_context(command, arguments), click.Context), where
    assert {("make", "setup"), ("make", "book"), ("make", "test")} <= seen
    assert {(".venv/bin/gegenprobe", name) for name in ("refresh", "freshness")} <= seen


def test_every_live_source_is_asked_each_day():
    matrix = workflow("sources")["jobs"]["ask"]["strategy"]["matrix"]["source"]
    assert matrix == sorted(MODULES)


def test_the_refresh_carries_what_it_wrote_from_job_to_job():
    found = workflow("refresh")["jobs"]
    written = {"data/observations", "data/provenance.csv", "data/checked.csv"}
    up = next(step for step in found["refresh"]["steps"] if step.get("with", {}).get("name") == "data")
    made = found["propose"]["steps"][-1]["with"]
    assert set(up["with"]["path"].split()) == written
    assert set(made["add-paths"].split()) == written
    assert made["body-path"] == "refresh-report/refresh.md"
