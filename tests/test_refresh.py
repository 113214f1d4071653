"""``gegenprobe refresh`` against a real server on loopback: nothing lost, one clear line, the right exit status."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from gegenprobe.cli import main
from gegenprobe.journal import WORK, pending, recover
from gegenprobe.observations import Store
from replay import KEY, KEYS, ROOT, Replay, as_usual, changed, copy_data, cut, edited, html, silent, status

SERIES = ["DGS10", "BOPGSTB", "mof.jgb.10y", "tic.slt1.longterm.japan", "tic.slt1.longterm_net.japan", "cbo.actual.gdp"]
CLAIMS = """\
chapter: test
title: Test
claims:
- id: yield-below-five
  position: 1
  gist: {en: The yield is below five percent., de: Die Rendite liegt unter fünf Prozent.}
  kind: level
  stated: {text: below 5 percent, unit: percent}
  test: {sense: less-than, value: 5, decimals: 1}
  definitions:
  - id: newest
    primary: true
    title: Newest day
    why: The plain reading.
    measure: {measure: level, of: {series: DGS10}, at: latest}
  - id: japan
    title: Japan's
    measure: {measure: level, of: {series: mof.jgb.10y}, at: latest}
"""


@pytest.fixture
def store(tmp_path, monkeypatch):
    data = copy_data(tmp_path, SERIES, CLAIMS)
    monkeypatch.setenv("GEGENPROBE_ROOT", str(tmp_path))
    monkeypatch.setenv("GEGENPROBE_TODAY", "2026-07-01")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return data


@pytest.fixture
def server(store, tmp_path):
    found = Replay(store, "2026-07-01")
    found.sources(tmp_path / "sources.yml")
    yield found
    found.close()


@pytest.fixture
def run(store, tmp_path, capsys):
    """Run the command; return exit status, stdout, stderr."""

    def call(*arguments, today="2026-07-01"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GEGENPROBE_TODAY", today)
            with pytest.raises(SystemExit) as end:
                main(["refresh", "--sources", str(tmp_path / "sources.yml"), *arguments])
        found = capsys.readouterr()
        return end.value.code, found.out, found.err

    return call


def files(data: Path) -> dict[str, bytes]:
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in sorted(data.rglob("*"))
        if path.is_file() and WORK not in path.parts
    }


def news(server: Replay) -> None:
    server.add("DGS10", "2026-06-30", "2026-07-01", 5.25)
    server.add("BOPGSTB", "2026-04-01", "2026-06-25", -55900.0)
    server.add("BOPGSTB", "2026-05-01", "2026-06-30", -54000.0)
    server.add("mof.jgb.10y", "2026-06-30", "2026-07-01", 2.69)


def assert_nothing_lost(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    for name, content in before.items():
        if name.startswith("observations/"):
            assert set(content.splitlines()) <= set(after[name].splitlines()), name


def assert_provenance_true(data: Path) -> None:
    with (data / "provenance.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            content = (data / "observations" / f"{row['series']}.csv").read_bytes()
            assert row["sha256"] == hashlib.sha256(content).hexdigest()
            assert int(row["rows"]) == content.count(b"\n") - 1
            cells = [line.split(",") for line in content.decode().splitlines()[1:]]
            assert row["newest"] == max(line[-3] for line in cells)
            assert row["newest_known_since"] == max(line[-2] for line in cells)


def test_from_one_day_to_the_next_and_the_second_run_changes_nothing(store, server, run):
    code, out, _ = run()
    assert code == 0
    assert "0 observations added, 0 revised, 0 verdicts flipped, 0 failed" in out
    first = files(store)
    server.today = "2026-07-02"
    news(server)
    code, out, err = run("--json", today="2026-07-02")
    report = json.loads(out)
    assert code == 0
    by_name = {each["series"]: each for each in report["series"]}
    assert (by_name["DGS10"]["added"], by_name["BOPGSTB"]["added"], by_name["BOPGSTB"]["revised"]) == (1, 1, 1)
    assert by_name["BOPGSTB"]["largest_revision"] == {
        "area": "", "date": "2026-04-01", "known_since": "2026-07-02", "before": -55881.0, "after": -55900.0,
    }  # fmt: skip
    assert [(each["claim"], each["definition"], each["before"], each["after"]) for each in report["flipped"]] == [
        ("yield-below-five", "newest", "supported", "contradicted")
    ]
    assert "fred DGS10 changed +1 ~0" in err
    second = files(store)
    assert_nothing_lost(first, second)
    assert_provenance_true(store)
    lines = second["observations/DGS10.csv"].splitlines()
    assert lines[-1] == b"2026-06-30,2026-07-01,5.25"
    assert b"2026-04-01,2026-07-02,-55900" in second["observations/BOPGSTB.csv"]
    assert b"official source (fred)" in second["provenance.csv"]
    code, out, _ = run(today="2026-07-02")
    assert (code, files(store)) == (0, second)
    assert "0 observations added, 0 revised" in out
    code, _, _ = run(today="2026-07-03")
    third = files(store)
    assert code == 0
    assert {name for name in third if third[name] != second[name]} == {"checked.csv"}
    assert b"DGS10,2026-07-03" in third["checked.csv"]


def test_the_grown_store_reads_as_known_on_each_day(store, server, run):
    server.today = "2026-07-02"
    news(server)
    run(today="2026-07-02")
    found = Store(store)
    assert found.as_of("2026-06-30").series("DGS10").index.max().day == 29
    assert found.as_of("2026-07-01").series("DGS10").iloc[-1] == 5.25
    assert found.as_of("2026-06-24").series("BOPGSTB").iloc[-1] == -55881
    assert found.as_of("latest").series("BOPGSTB").loc["2026-04-01"] == -55900
    assert not found.unsealed


def test_dry_run_reports_and_writes_nothing(store, server, run):
    news(server)
    before = files(store)
    code, out, _ = run("--dry-run")
    assert code == 0
    assert "dry run: nothing written" in out
    assert "| DGS10 | fred | 1 | 2026-06-30 |" in out
    assert "| yield-below-five | newest |" in out
    assert files(store) == before
    assert not (store / WORK).exists()


def test_the_report_is_written_where_it_is_asked_for(store, server, run, tmp_path):
    news(server)
    _, out, _ = run("--report", str(tmp_path / "report"))
    assert (tmp_path / "report" / "refresh.md").read_text(encoding="utf-8") == out
    assert json.loads((tmp_path / "report" / "refresh.json").read_text(encoding="utf-8"))["flipped"]


def twice(body: bytes) -> bytes:
    lines = body.splitlines(keepends=True)
    return b"".join([*lines[:-3], lines[-4], *lines[-3:]])


def last_dates_gone(body: bytes) -> bytes:
    lines = body.splitlines(keepends=True)
    return b"".join(lines[:-12] + lines[-2:])


def in_trillions(body: bytes) -> bytes:
    header, *rows = body.decode().splitlines()
    pairs = (row.split(",") for row in rows)
    return "\n".join([header, *(f"{year},{float(value) / 1000}" for year, value in pairs), ""]).encode()


BAD = {
    "server error": ("fred/", [status(500, b"oops")], "status 500"),
    "too many requests": ("fred/", [status(429, b"", Retry_After="0")], "too many requests"),
    "web page": ("fred/", [html], "web page"),
    "cut short": ("fred/", [cut], "cut short"),
    "silence": ("fred/", [silent], "in time"),
    "empty": ("fred/", [edited(lambda body: b"")], "nothing"),
    "no rows": ("cbo/", [edited(lambda body: body.splitlines(keepends=True)[0])], "no rows"),
    "renamed column": ("cbo/", [changed("GDP", "gdp")], "no column 'GDP'"),
    "text for a number": ("cbo/", [changed("2025,", "2025,about ")], "not a number"),
    "shortened": ("mof-jgb/jgbcme.csv", [edited(last_dates_gone)], "shortened: ends with"),
    "duplicated rows": ("mof-jgb/", [edited(twice)], "stands twice"),
    "vintage ignored": ("fred/", [changed('realtime_start="', 'realtime_start="1999-01-01" x="', 1)], "was ignored"),
    "another unit": ("cbo/", [edited(in_trillions)], "unit jump: its values are 0.001 times"),
    "out of range": ("mof-jgb/jgbcme.csv", [changed("2.644", "264.4")], "lies outside"),
    "error in XML": (
        "fred/", [status(400, b'<?xml version="1.0"?><error code="400" message="Bad  Request.  <x>" />')], "XML",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_source_that_misbehaves_loses_nothing_and_holds_nobody_up(store, server, run, tmp_path, name):
    path, ways, words = BAD[name]
    server.sources(tmp_path / "sources.yml", timeout=0.3, tries=2)
    news(server)
    server.add("tic.slt1.longterm.japan", "2026-05-01", "2026-06-30", 1049582.0)
    before = files(store)
    server.misbehave(path, *ways)
    code, out, err = run()
    after = files(store)
    assert code == 1
    failing = [line for line in err.splitlines() if line.startswith("gegenprobe: ")]
    assert failing
    assert all(words in line for line in failing), failing
    assert len(failing) <= 2
    assert all(line.removeprefix("gegenprobe: ") in out for line in failing)
    assert "Traceback" not in err
    assert_nothing_lost(before, after)
    assert_provenance_true(store)
    source = path.split("/")[0]
    catalogue = Store(store).catalogue.series
    for series in SERIES:
        name_ = f"observations/{series}.csv"
        if catalogue[series].source == source:
            assert after[name_] == before[name_]
            assert f"{series},".encode() not in after["checked.csv"]
        else:
            assert f"{series},2026-07-01".encode() in after["checked.csv"]
    good = "mof.jgb.10y" if source != "mof-jgb" else "DGS10"
    assert after[f"observations/{good}.csv"] != before[f"observations/{good}.csv"]


def test_a_passing_failure_is_no_failure(server, run):
    server.misbehave("fred/", status(503), cut, as_usual)
    assert run()[0] == 0


def test_a_broken_file_of_the_store_is_not_built_upon(store, server, run):
    path = store / "observations" / "DGS10.csv"
    path.write_bytes(path.read_bytes() + b"2026-06-30,2026-07-01,5\n")
    before = path.read_bytes()
    code, _, err = run()
    assert code == 1
    assert "DGS10: the store's own file is broken" in err
    assert path.read_bytes() == before


def test_a_missing_file_of_the_store_is_said_without_the_machine_s_paths(store, server, run, tmp_path):
    (store / "observations" / "DGS10.csv").unlink()
    code, out, err = run()
    assert code == 1
    assert "DGS10: data/observations/DGS10.csv cannot be read (No such file or directory)" in err
    assert str(tmp_path) not in out + err


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_on_a_terminal_a_bar_runs_on_stderr_and_stdout_is_the_report(store, server, tmp_path):
    import pty

    above, below = pty.openpty()
    code = "import sys; from gegenprobe.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "refresh", "--source", "cbo", "--sources", str(tmp_path / "sources.yml")]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    environment.pop("CI", None)
    found = subprocess.run(command, stdout=subprocess.PIPE, stderr=below, env=environment, timeout=60)
    os.close(below)
    seen = os.read(above, 65536).decode("utf-8", "replace")
    os.close(above)
    assert found.returncode == 0
    assert found.stdout.decode().startswith("# Refresh of 2026-07-01")
    assert "refresh" in seen or "cbo.actual.gdp" in seen
    assert "1/1" in seen or "0/1" in seen


def test_names_choose_what_is_asked(store, server, run):
    code, out, _ = run("--series", "DGS10")
    assert (code, list(server.asked)) == (0, ["fred/series/observations"])
    assert "1 series asked" in out
    server.behave()
    run("--source", "cbo")
    assert list(server.asked) == ["cbo/actual_GDP.csv"]


def test_without_a_key_the_series_that_need_it_are_skipped_by_name(store, server, run, monkeypatch):
    monkeypatch.delenv("FRED_API_KEY")
    code, out, _ = run()
    assert code == 0
    assert "- fred: BOPGSTB, DGS10: needs a key: set FRED_API_KEY" in out or (
        "- fred: DGS10, BOPGSTB: needs a key: set FRED_API_KEY" in out
    )
    assert not any(name.startswith("fred/") for name in server.asked)
    code, _, err = run("--source", "fred")
    assert code == 2
    assert err == "gegenprobe: nothing to refresh: needs a key: set FRED_API_KEY\n"


WRONG = {
    ("--series", "DGS11"): "unknown series 'DGS11' (did you mean 'DGS10'?)",
    ("--source", "frd"): "unknown source 'frd' (did you mean 'fred'?)",
    ("--sources", "nowhere.yml"): "no such file",
    ("--nonsense",): "No such option",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_a_mistake_is_one_line_and_status_2(store, server, run, arguments):
    before = files(store)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert WRONG[arguments] in err
    assert err.count("\n") == 1
    assert files(store) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sources: {fred: {url: 'ftp://x'}}", "sources.fred.url"),
        ("sources: {fred: {url: 'http://x', key: abc}}", "sources.fred.key"),
        ("sources: {fed: {url: 'http://x'}}", "unknown source 'fed'"),
        ("sources: [", "not valid YAML"),
    ],
)
def test_a_broken_file_of_addresses_is_one_line(store, server, run, tmp_path, text, words):
    (tmp_path / "other.yml").write_text(text, encoding="utf-8")
    code, _, err = run("--sources", str(tmp_path / "other.yml"))
    assert code == 2
    assert words in err
    assert err.count("\n") == 1


def test_a_source_without_address_is_skipped(store, server, run, tmp_path):
    (tmp_path / "one.yml").write_text(f"sources: {{cbo: {{url: '{server.base}/cbo'}}}}", encoding="utf-8")
    code, out, _ = run("--sources", str(tmp_path / "one.yml"))
    assert code == 0
    assert "no address in the file of sources" in out


def test_the_key_is_nowhere(store, server, run, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    server.sources(tmp_path / "sources.yml", timeout=0.3, tries=2)
    printed = ""
    echo = edited(lambda body: f'<error code="400" message="api_key={KEY} is bad, {KEY}" />'.encode())
    for way in (status(500, KEY.encode()), status(429), html, cut, silent, echo, status(302, b"", Location=KEY)):
        server.misbehave("fred/", way)
        _, out, err = run("--report", str(tmp_path / "report"))
        printed += out + err
    server.close()
    _, out, err = run("--report", str(tmp_path / "report"))
    printed += out + err
    assert "failed" in printed
    assert "urllib3" in {record.name.split(".")[0] for record in caplog.records}
    everything = [
        printed,
        caplog.text,
        *(path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()),
    ]
    assert not any(KEY in text for text in everything)
    assert "api_key=***" in caplog.text


def test_an_exception_nobody_foresaw_shows_no_key_and_no_traceback(store, server, run, monkeypatch):
    def explode(asked, web):
        raise RuntimeError(f"http://x/?api_key={web.key}")

    monkeypatch.setattr("gegenprobe.sources.fred.fetch", explode)
    code, out, err = run()
    assert code == 1
    assert "a form not foreseen (RuntimeError" in err
    assert KEY not in out + err
    assert "Traceback" not in err


def test_only_one_refresh_at_a_time(store, server, run):
    (store / WORK).mkdir()
    with FileLock(store / WORK / "lock"):
        code, _, err = run()
    assert code == 2
    assert "another refresh is at work" in err
    assert err.count("\n") == 1


def test_a_killed_refresh_is_finished_by_the_next_one_and_seen_by_a_dry_run(store, server, run, monkeypatch):
    news(server)
    before = files(store)

    def killed(folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        # Stopped right after the decision, before the first file is moved.
        patch.setattr("gegenprobe.journal.recover", lambda folder: killed(folder) if pending(folder) else None)
        assert run()[0] == 130
    assert pending(store)
    assert files(store) == before
    code, _, err = run("--dry-run")
    assert code == 2
    assert "a killed refresh waits to be finished" in err
    code, out, _ = run()
    assert code == 0
    assert "0 observations added" in out
    assert_nothing_lost(before, files(store))
    assert b"2026-06-30,2026-07-01,5.25" in files(store)["observations/DGS10.csv"]
    assert_provenance_true(store)


def test_lines_of_untouched_series_stay_byte_for_byte(store, server, run):
    (store / "provenance.csv").write_bytes((ROOT / "data" / "provenance.csv").read_bytes())
    header, *lines = (store / "provenance.csv").read_bytes().splitlines(keepends=True)
    server.add("cbo.actual.gdp", "2025-01-01", "2026-06-30", 30363.0)
    assert run("--source", "cbo")[0] == 0
    after = (store / "provenance.csv").read_bytes().splitlines(keepends=True)
    assert after[0] == header
    assert [line for line in lines if line not in after] == [
        line for line in lines if line.startswith(b"cbo.actual.gdp,")
    ]


FORKER = """\
import os, signal, sys, time
from gegenprobe.cli import main
import gegenprobe.commands.refresh, pandera.pandas, holidays, rich.progress, pandas as pd
from gegenprobe.sources import MODULES, module_of
[module_of(name) for name in MODULES]
holidays.country_holidays("US").get("2026-07-03"), holidays.financial_holidays("XJPX").get("2026-07-03")
pd.to_datetime(["2026-01-01"], format="%Y-%m-%d")
print("ready", flush=True)
for line in sys.stdin:
    delay, root = line.split(" ", 1)
    child = os.fork()
    if child == 0:
        os.environ["GEGENPROBE_ROOT"] = root.strip()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1), os.dup2(null, 2)
        main(["refresh", "--sources", sys.argv[1]])
    if float(delay) > 0:
        time.sleep(float(delay))
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            pass
    _, code = os.waitpid(child, 0)
    print(code, flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_random_points_the_store_is_before_or_after(tmp_path):
    """Kill whole runs of the command, at random and near their end; each time the next run finishes the work."""
    names = ["mof.jgb.2y", "mof.jgb.10y", "tic.slt1.longterm.japan", "tic.slt1.longterm_net.japan"]
    store = copy_data(tmp_path, names, since="2026-01-01")
    server = Replay(store, "2026-07-01")
    server.sources(tmp_path / "sources.yml")
    for name in names[:2]:
        server.add(name, "2026-06-30", "2026-07-01", 2.0)
    server.add(names[2], "2026-05-01", "2026-06-30", 1049582.0)
    server.add(names[3], "2026-05-01", "2026-06-30", -2838.0)
    before = files(store)
    environment = {**os.environ, "GEGENPROBE_TODAY": "2026-07-01"}
    forker = subprocess.Popen(
        [sys.executable, "-c", FORKER, str(tmp_path / "sources.yml")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip

    def go(delay: float) -> tuple[int, float]:
        start = time.monotonic()
        forker.stdin.write(f"{delay} {tmp_path}\n")
        forker.stdin.flush()
        return int(forker.stdout.readline()), time.monotonic() - start

    assert forker.stdout.readline() == "ready\n"
    code, whole = go(0)
    after = files(store)
    assert code == 0
    assert after != before
    generator = random.Random(4)
    ends = []
    stop = time.monotonic() + 8
    while time.monotonic() < stop and len(ends) < 60:
        for name, content in before.items():
            (store / name).write_bytes(content)
        (store / "checked.csv").unlink(missing_ok=True)
        # Most of a run is asking; half of the kills go to its last third, where the writing is.
        delay = (
            whole * generator.uniform(0.02, 1.1) if generator.random() < 0.5 else whole * generator.uniform(0.7, 1.05)
        )
        go(delay)
        # After a kill files may be mixed only while the journal says so; finishing it makes them as after.
        if not pending(store):
            assert files(store) in (before, after)
            ends.append(files(store) == after)
        else:
            recover(store)
            assert files(store) == after
            ends.append(True)
    for name, content in before.items():
        (store / name).write_bytes(content)
    (store / "checked.csv").unlink(missing_ok=True)
    assert go(0)[0] == 0
    assert files(store) == after
    forker.stdin.close()
    forker.wait(10)
    server.close()
    assert len(ends) >= 5
    assert False in ends
