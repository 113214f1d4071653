"""The real command on a little project and on the real one: findings, and one line for every mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gegenprobe.cli import main
from project import claim, definition, monthly, write_claims, write_project

ROOT = Path(__file__).resolve().parents[1]
COMMAND = str(Path(sys.executable).with_name("gegenprobe"))
RECORD = {
    "claim",
    "chapter",
    "definition",
    "as_of",
    "verdict",
    "measured",
    "unit",
    "stated",
    "pseudo_real_time",
    "series",
}
VERDICTS = {"supported", "roughly-supported", "outdated", "contradicted", "open", "not-checkable", "no-data"}
ROWS = monthly("2025-01-01", [4.0, 5.0, 5.2, 7.0])
MEASURE = {"measure": "level", "of": {"series": "S"}, "at": "2025-03"}


def gegenprobe(*arguments, root: Path | None = None, cwd: Path | None = None, **environment):
    command = [COMMAND, *map(str, arguments)]
    env = {key: value for key, value in os.environ.items() if key not in ("GEGENPROBE_ROOT", "NO_COLOR", "COLUMNS")}
    env |= {"COLUMNS": "100", "PYTHONUTF8": "1", **environment}
    if root is not None:
        env["GEGENPROBE_ROOT"] = str(root)
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=60)


@pytest.fixture
def mistaken(monkeypatch, capsys):
    """Return ``mistaken(arguments, root)``: the one line, from the same entry point without a process of its own."""

    def run(arguments, root) -> str:
        monkeypatch.setenv("GEGENPROBE_ROOT", str(root))
        with pytest.raises(SystemExit) as end:
            main(arguments)
        out, err = capsys.readouterr()
        return refused(subprocess.CompletedProcess(arguments, end.value.code, out, err))

    return run


@pytest.fixture
def root(tmp_path) -> Path:
    """A project of one series, two facts and one chapter."""
    claims = {
        "a-chapter": [
            claim(id="it-is-5", definitions=[definition(measure=MEASURE)]),
            claim(id="felt", checkable=False, reason="A feeling.", searched=["x"], definitions=[]),
        ]
    }
    facts = [{"fact_id": "f-1", "known_since": "2025-02-01", "value": "3"}]
    write_project(tmp_path / "book", series={"S": ROWS, "T": ROWS}, facts=facts, claims=claims)
    return tmp_path / "book"


def refused(result) -> str:
    """Return the one line a mistake is answered with."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert result.stderr.endswith("\n")
    (line,) = result.stderr.splitlines()
    assert line.startswith("gegenprobe")
    assert "Traceback" not in line
    assert len(line) < 500
    return line


def test_findings_as_records(root):
    result = gegenprobe("check", "--json", root=root)
    assert (result.returncode, result.stderr) == (0, "")
    first, second = json.loads(result.stdout)
    assert first.keys() >= RECORD
    assert (first["claim"], first["verdict"], first["measured"], first["as_of"]) == (
        "it-is-5",
        "supported",
        5.2,
        "2025-05-01",
    )
    assert (second["claim"], second["verdict"], second["definition"]) == ("felt", "not-checkable", None)


def test_as_known_on_a_day(root):
    (finding,) = json.loads(
        gegenprobe("check", "--json", "--as-of", "2025-03-30", "--claim", "it-is-5", root=root).stdout
    )
    assert (finding["verdict"], finding["as_of"]) == ("no-data", "2025-03-30")


def test_a_table_for_people(root):
    result = gegenprobe("check", root=root)
    assert result.returncode == 0
    assert "As known on 1 May 2025" in result.stdout
    assert "● supported" in result.stdout
    assert "5.2\u202f%" in result.stdout
    assert "\x1b[" not in result.stdout  # no colours in a file
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_a_new_claim_file_in_a_folder_of_its_own_needs_no_code(root, tmp_path):
    """What the ledger's description promises, with quantities and measures put together anew."""
    rise = {
        "measure": "growth",
        "of": {"quantity": "ratio", "of": [{"series": "S"}, {"series": "T"}]},
        "start": "first",
    }
    runs = {
        "measure": "count-where",
        "of": {"quantity": "change", "of": {"series": "S"}, "over": "1m"},
        "is": "above",
        "level": 0,
    }
    fact = {"measure": "difference-of", "of": [{"measure": "fact", "fact": "f-1"}, MEASURE]}
    folder = tmp_path / "mine"
    folder.mkdir()
    exactly = [{"sense": "exactly", "value": value} for value in (0, 3)]
    path = write_claims(
        folder / "new.yml",
        "new",
        [
            claim(id="flat", definitions=[definition(measure=rise)], test=exactly[0]),
            claim(id="rose-thrice", definitions=[definition(measure=runs)], test=exactly[1]),
            claim(id="less", definitions=[definition(measure=fact)], test={"sense": "less-than", "value": 0}),
        ],
    )
    for where in (path, folder):
        findings = json.loads(gegenprobe("check", "--json", "--claims", where, root=root, cwd=tmp_path).stdout)
        assert [(each["claim"], each["verdict"]) for each in findings] == [
            ("flat", "supported"), ("rose-thrice", "supported"), ("less", "supported"),
        ]  # fmt: skip


BAD_ARGUMENTS = {
    "unknown claim": (["--claim", "it-is-6"], "unknown claim 'it-is-6' (did you mean 'it-is-5'?)"),
    "no date": (["--as-of", "yesterday"], "'yesterday' is not a date; write YYYY-MM-DD or 'latest'"),
    "impossible date": (["--as-of", "2025-02-30"], "'2025-02-30' is not a date"),
    "empty date": (["--as-of", ""], "'' is not a date"),
    "too early": (["--as-of", "1899-01-01"], "lies before the first observation"),
    "year 1": (["--as-of", "0001-01-01"], "lies before the first observation"),
    "video day": (["--video-day", "soon"], "'soon' is not a date"),
    "video day too early": (["--video-day", "0001-01-01"], "lies before the first observation"),
    "empty video day": (["--video-day", ""], "'' is not a date"),
    "no claim file": (["--claims", "nowhere.yml"], "nowhere.yml: no claim file"),
    "unknown option": (["--as-off", "latest"], "No such option"),
    "missing value": (["--as-of"], "requires an argument"),
    "surplus": (["it-is-5"], "unexpected extra argument"),
    "odd bytes": (["--claim", "\udcff\n\x1b[31m"], "unknown claim"),
}


@pytest.mark.parametrize(("arguments", "complaint"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
def test_a_wrong_argument_is_one_line(root, mistaken, arguments, complaint):
    line = mistaken(["check", *arguments], root)
    assert complaint in line
    assert "\x1b" not in line


def with_claim(**fields):
    return lambda root: write_claims(root / "data" / "claims" / "a-chapter.yml", "a-chapter", [claim(**fields)])


def put(name: str, content: bytes | None):
    def do(root: Path):
        path = root / "data" / name
        path.unlink() if content is None else path.write_bytes(content)

    return do


DEEP = {"series": "S"}
for _ in range(300):
    DEEP = {"quantity": "growth", "of": DEEP, "over": "1m"}

BAD_PROJECTS = {
    "wrong field": (with_claim(verdikt="x"), "claims/a-chapter.yml: claim a-claim: claims.0.verdikt: Extra inputs"),
    "unknown series": (
        with_claim(definitions=[definition(measure={"measure": "level", "of": {"series": "SS"}})]),
        "claim a-claim, definition as-said: unknown series 'SS' (did you mean 'S'?); see data/catalogue.yml",
    ),
    "unknown fact": (
        with_claim(definitions=[definition(measure={"measure": "fact", "fact": "f-2"})]),
        "claim a-claim, definition as-said: unknown fact 'f-2' (did you mean 'f-1'?); see data/facts.csv",
    ),
    "path as series": (
        with_claim(definitions=[definition(measure={"measure": "level", "of": {"series": "../../../etc/passwd"}})]),
        "unknown series '../../../etc/passwd'",
    ),
    "nested without end": (
        with_claim(definitions=[definition(measure={"measure": "level", "of": DEEP})]),
        "a-chapter.yml: ",
    ),
    "brackets without end": (put("claims/a-chapter.yml", b"[" * 10**6), "a-chapter.yml: nested more than 100 levels"),
    "claims not YAML": (put("claims/a-chapter.yml", b"claims: ["), "a-chapter.yml line 2: not valid YAML"),
    "claims empty": (put("claims/a-chapter.yml", b""), "a-chapter.yml: Input should be a valid dictionary"),
    "no claims": (put("claims/a-chapter.yml", None), "no claim file (*.yml) there"),
    "no catalogue": (put("catalogue.yml", None), "holds no data/catalogue.yml"),
    "broken catalogue": (put("catalogue.yml", b"series: 5\n"), "catalogue.yml: series: Input should be"),
    "no facts": (put("facts.csv", None), "facts.csv: no such file; restore it from git"),
    "broken facts": (put("facts.csv", b"id,value\n"), "facts.csv: the first line must be fact_id,"),
    "no provenance": (put("provenance.csv", None), "provenance.csv: no such file; restore it from git"),
    "broken provenance": (put("provenance.csv", b"\x00\xff"), "provenance.csv: "),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "complaint"), BAD_PROJECTS.values(), ids=BAD_PROJECTS)
def test_a_spoilt_project_is_one_line(root, mistaken, spoil, complaint):
    spoil(root)
    assert complaint in mistaken(["check"], root)


def test_mistakes_of_the_real_command(root):
    refused(gegenprobe("check", "--as-of", "\udcff\x1b[31m", root=root))
    with_claim(verdikt="x")(root)
    refused(gegenprobe("check", root=root))


def test_a_broken_file_of_figures_costs_only_its_claims(root):
    put("observations/S.csv", b"date,known_since,value\n2025-01-01,2025-01-31,NaN\n")(root)
    result = gegenprobe("check", "--json", root=root)
    assert result.returncode == 0
    first, second = json.loads(result.stdout)
    assert (first["verdict"], second["verdict"]) == ("no-data", "not-checkable")
    assert first["reason"].startswith("S: data/observations/S.csv is broken (line 2 is ")


def test_a_changed_figure_is_said_on_stderr(root):
    path = root / "data" / "observations" / "S.csv"
    path.write_text(path.read_text().replace("5.2", "5.3"))
    result = gegenprobe("check", "--json", root=root)
    assert result.returncode == 0
    (line,) = result.stderr.splitlines()
    assert "data/observations/S.csv is not the file recorded in data/provenance.csv" in line
    assert json.loads(result.stdout)[0]["measured"] == 5.3


def test_the_project_is_found(root, tmp_path):
    line = refused(gegenprobe("check", root=tmp_path / "nowhere"))
    assert "GEGENPROBE_ROOT=" in line
    assert "point it at a checkout" in line
    deep = root / "notebooks" / "deep"
    deep.mkdir(parents=True)
    assert "it-is-5" in gegenprobe("check", cwd=deep).stdout  # the nearest one upward
    assert "it-is-5" not in gegenprobe("check", "--claim", "yield-5-12", cwd=tmp_path).stdout  # the installed one


def test_a_working_directory_that_is_gone(root, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {gone} && rmdir {gone} && exec {COMMAND} check --json --claim yield-5-12"
    env = {key: value for key, value in os.environ.items() if key != "GEGENPROBE_ROOT"}
    result = subprocess.run(["sh", "-c", script], env=env, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in result.stderr
    assert json.loads(result.stdout)


def test_a_reader_that_stops_reading(root):
    script = f"{COMMAND} check --json | head -c 10"
    env = {**os.environ, "GEGENPROBE_ROOT": str(ROOT)}
    result = subprocess.run(["sh", "-c", script], env=env, capture_output=True, text=True, timeout=60)
    assert result.stderr == ""


def test_a_terminal_without_our_signs(root):
    findings = gegenprobe("check", "--json", root=root, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert json.loads(findings.stdout)[0]["verdict"] == "supported"
    line = refused_or_shown(gegenprobe("check", root=root, PYTHONUTF8="0", PYTHONIOENCODING="ascii"))
    assert "Traceback" not in line


def refused_or_shown(result) -> str:
    assert result.returncode in (0, 2)
    return result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["-h"]])
def test_help_reads_well(arguments):
    result = gegenprobe(*arguments, cwd=Path("/"))
    assert result.returncode == 0
    assert "Usage: gegenprobe" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100
    for option in ["--as-of", "--claims", "--claim", "--json"] if arguments[0] == "check" else ["check"]:
        assert option in result.stdout


def test_no_command_is_help_and_a_mistake():
    result = gegenprobe()
    assert result.returncode == 2
    assert "Usage: gegenprobe" in result.stdout + result.stderr


@pytest.mark.parametrize("as_of", ["latest", "2025-06-12"])
def test_the_real_book_judges_every_claim(as_of, data):
    import csv

    result = gegenprobe("check", "--json", "--as-of", as_of, root=ROOT)
    assert (result.returncode, result.stderr) == (0, "")
    findings = json.loads(result.stdout)
    with (ROOT / "tests" / "inventory.csv").open(encoding="utf-8", newline="") as stream:
        inventory = {row["claim_id"] for row in csv.DictReader(stream)}
    assert {each["claim"] for each in findings} == inventory
    for each in findings:
        assert each.keys() >= RECORD
        assert each["verdict"] in VERDICTS
        assert (each["measured"] is None) <= (each["verdict"] in ("no-data", "not-checkable", "open"))
    assert json.loads(result.stdout, parse_constant=lambda text: pytest.fail(f"{text} is no JSON")) == findings


def test_the_real_book_as_a_table():
    result = gegenprobe("check", "--all", root=ROOT)
    assert (result.returncode, result.stderr) == (0, "")
    for chapter in ("yen-boj", "us-deficit", "treasury-demand", "cptpp-trade", "context"):
        assert chapter in result.stdout


def test_nothing_is_written(root):
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    gegenprobe("check", "--json", root=root)
    gegenprobe("check", "--as-of", "never", root=root)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_pandera_is_not_loaded_for_files_on_record(tmp_path):
    """What a quick answer depends on."""
    script = (
        "import sys\nfrom gegenprobe.cli import main\nsys.argv = ['gegenprobe', 'check', '--json']\n"
        "try:\n    main()\nfinally:\n"
        "    heavy = {'pandera', 'altair', 'requests', 'jinja2', 'papermill', 'rich.table'} & set(sys.modules)\n"
        "    print(sorted(heavy), file=sys.stderr)\n"
    )
    env = {**os.environ, "GEGENPROBE_ROOT": str(ROOT)}
    result = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60)
    assert result.stderr.splitlines()[-1] == "[]"
