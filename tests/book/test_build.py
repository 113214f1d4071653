"""The build on a small book: what runs again, what fails how, what reaches the site."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from gegenprobe.book.layout import Places
from gegenprobe.book.means import Means
from gegenprobe.book.tasks import Plan

pytestmark = pytest.mark.xdist_group("small-book")


def states(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return what each task came to: done, unchanged or failed."""
    return dict(re.findall(r"^([\w:-]+): (done|unchanged|failed)", done.stdout, flags=re.MULTILINE))


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """Assert that a mistake was answered with one line and status 2, and return the line."""
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 2, done.stderr
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_the_last_line_says_where_the_book_is(small_book):
    done = small_book.run("build")
    assert done.returncode == 0
    path = done.stdout.strip().splitlines()[-1].removeprefix("The book: file://")
    assert Path(path).is_file()


def test_a_second_build_does_nothing(small_book):
    done = small_book.run("build")
    assert "nothing changed" in done.stdout
    assert states(done) == {}


def test_numbers_and_anchors_reach_the_page(small_book):
    page = small_book.page("chapters/one.html")
    finding = next(f for f in json.loads(small_book.run("check", "--json").stdout) if f["claim"] == "one-claim")
    assert 'id="one-claim"' in page
    assert f"{finding['measured']:.1f}" in re.sub(r"<[^>]+>", "", page)


def test_one_observation_changed_runs_only_its_chapter(small_book):
    path = small_book.root / "data/observations/DGS30.csv"
    before = path.read_bytes()
    path.write_bytes(before + b"2026-07-01,2026-07-02,5.01\n")
    assert "not as recorded" in one_line(small_book.run("build"))
    assert small_book.run("seal", "DGS30").returncode == 0
    found = states(small_book.run("build"))
    assert found["chapter:one"] == "done"
    # The newest day of knowledge moved, and `latest` means that day in every chapter.
    assert found["chapter:two"] == "done"
    older = before.replace(b"\n1977-02-16,1977-02-17,7.67\n", b"\n1977-02-16,1977-02-17,7.63\n", 1)
    assert older != before
    path.write_bytes(older)
    assert small_book.run("seal").returncode == 0
    small_book.run("build")
    path.write_bytes(older.replace(b"1977-02-17,7.63", b"1977-02-17,7.62", 1))
    assert small_book.run("seal").returncode == 0
    found = states(small_book.run("build"))
    assert found["chapter:one"] == "done"
    assert found["chapter:two"] == "unchanged"


def test_a_sentence_changed_runs_no_chapter(small_book):
    path = small_book.root / "book/index.md"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "\nAnother sentence.\n", encoding="utf-8")
    found = states(small_book.run("build"))
    assert (found["chapter:one"], found["chapter:two"], found["site"]) == ("unchanged", "unchanged", "done")
    assert "Another sentence." in small_book.page("index.html")


def test_a_changed_script_reaches_the_site_and_nothing_else_goes(small_book):
    path = small_book.root / "book/_static/explore.js"
    before, files = path.read_bytes(), set(published(small_book.root))
    path.write_bytes(before + b"// One line more.\n")
    found = states(small_book.run("build"))
    assert (found["chapter:one"], found["rendering"], found["site"]) == ("unchanged", "done", "done")
    assert "// One line more." in small_book.page("_static/explore.js")
    assert set(published(small_book.root)) == files


def test_a_page_that_comes_while_the_renderer_waits_is_rendered(small_book):
    places = Places(small_book.root)
    chapters = places.chapter_names()
    plan = Plan(places, {"as_of": "latest", "video_day": "2025-06-12"}, chapters, means=Means(places))
    contents, late = places.book / "_toc.yml", places.book / "late.md"
    before = contents.read_text(encoding="utf-8")
    try:
        plan.begin_rendering()
        late.write_text("# A late page\n\nText.\n", encoding="utf-8")
        contents.write_text(before + "  - file: late\n", encoding="utf-8")
        plan.make_rendering()
        assert "A late page" in (places.pages / "late.html").read_text(encoding="utf-8")
        assert "late.html" in (places.pages / "chapters/one.html").read_text(encoding="utf-8")
    finally:
        plan.means.renderer.close()
        late.unlink(missing_ok=True)
        contents.write_text(before, encoding="utf-8")
        small_book.run("build")


@pytest.mark.parametrize(("given", "status"), [("now\n", 0), ("", 1)])
def test_a_renderer_that_waits_ends_with_its_build(given, status):
    command = [sys.executable, "-c", "from gegenprobe.book.waiting import wait; wait()"]
    assert subprocess.run(command, input=given, text=True, check=False, timeout=60).returncode == status


def test_a_failing_chapter_is_named_and_nothing_is_published(small_book):
    before = small_book.page("chapters/one.html")
    small_book.write("one", 'raise ValueError("the sky fell")')
    done = small_book.run("build")
    assert done.returncode == 1
    assert "chapter one failed: cell 4: ValueError: the sky fell" in done.stderr
    assert "Traceback" not in done.stderr
    assert states(done)["chapter:two"] == "unchanged"
    assert small_book.page("chapters/one.html") == before


def test_a_warning_of_the_renderer_fails_the_build(small_book):
    path = small_book.root / "book/index.md"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "\n[nowhere](no-such-page.md)\n", encoding="utf-8")
    done = small_book.run("build")
    assert done.returncode == 1
    assert "no-such-page" in done.stderr
    assert "no-such-page" not in small_book.page("index.html")


def test_keys_and_machine_paths_stay_out(small_book):
    small_book.write("one", "import os\nsorted(os.environ)", 'chapter.check("one-claim")')
    done = small_book.run("build", FRED_API_KEY="planted-key-1234567890", SECRET_TOKEN="planted-token")
    assert done.returncode == 0, done.stderr
    published = [path for path in (small_book.root / "book").rglob("*") if path.is_file()]
    for path in published:
        content = path.read_bytes()
        assert b"planted" not in content, path
        assert b"FRED_API_KEY" not in content, path
    site = [path for path in (small_book.root / "book/_build/html").rglob("*") if path.is_file()]
    assert not [path for path in site if str(small_book.root).encode() in path.read_bytes()]
    small_book.write("one", "import os\nos.getcwd()", 'chapter.check("one-claim")')
    done = small_book.run("build")
    assert done.returncode == 1
    assert "would reach the page" in done.stderr


def published(root: Path) -> dict[str, str]:
    """Return every text of the site by its path, without the time of building."""
    site = root / "book/_build/html"
    kinds = {".html", ".svg", ".json", ".csv", ".xml", ".js", ".css", ".bib"}
    texts = {path.relative_to(site).as_posix(): path.read_text() for path in site.rglob("*") if path.suffix in kinds}
    return {name: re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC|\d\d:\d\d UTC", "…", text) for name, text in texts.items()}


def test_neither_number_nor_order_nor_kind_of_workers_changes_the_site(small_book):
    """One at a time, more at once than there are, and in a process started for each: the order differs in all three."""
    sites = []
    for given in (["--jobs", "1"], ["--jobs", "4"], ["--jobs", "1", "--plain-kernels"]):
        done = small_book.run("build", "--force", *given)
        assert done.returncode == 0, done.stderr
        sites.append(published(small_book.root))
    assert len(sites[0]) > 20
    assert "chapters/two.html" in sites[0]
    for other in sites[1:]:
        assert other.keys() == sites[0].keys()
        assert not [name for name in other if other[name] != sites[0][name]]


def test_as_of_is_told_on_the_page(small_book):
    assert small_book.run("build", "--as-of", "2025-12-31").returncode == 0
    assert "as known on 31 December 2025" in small_book.page("chapters/one.html")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--chapter", "oen"], "did you mean 'one'"),
        (["--as-of", "yesterday"], "'yesterday' is not a date"),
        (["--as-of", "1066-10-14"], "before the first observation"),
        (["--jobs", "none"], "not a valid integer"),
    ],
)
def test_bad_input_is_one_line(small_book, arguments, said):
    assert said in one_line(small_book.run("build", *arguments))


def test_a_notebook_without_parameters_is_refused_before_anything_runs(small_book):
    path = small_book.root / "notebooks/one.ipynb"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace('"parameters"', '"other"'), encoding="utf-8")
    assert "no cell is tagged 'parameters'" in one_line(small_book.run("build"))
    small_book.write("one", parameters="as_of: int = 3\nvideo_day: str = 'x'")
    assert "parameter as_of is int" in one_line(small_book.run("build"))
    small_book.write("one", parameters="day: str = 'x'")
    assert "no parameter 'as_of'" in one_line(small_book.run("build"))


def test_a_missing_kernel_is_one_line(small_book):
    path = small_book.root / "notebooks/one.ipynb"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace('"name": "python3"', '"name": "cobol"'), encoding="utf-8")
    assert "no kernel named 'cobol'" in one_line(small_book.run("build"))


def test_two_builds_at_once_do_not_mix(small_book):
    with FileLock(small_book.root / "book/_build/.lock"):
        assert "another build is running" in one_line(small_book.run("build", "--force"))


def test_a_missing_file_costs_its_claims_not_the_book(small_book):
    (small_book.root / "data/observations/DGS30.csv").unlink()
    done = small_book.run("build")
    assert done.returncode == 0, done.stderr
    assert "DGS30.csv is missing" in done.stderr
    assert "no data here" in small_book.page("chapters/one.html")
    assert "no data here" not in small_book.page("chapters/two.html")


def test_an_interrupted_publication_leaves_a_whole_site(small_book):
    site = small_book.root / "book/_build/html"
    site.rename(site.with_name("html.old"))
    assert small_book.run("build").returncode == 0
    assert (site / "index.html").is_file()
    assert not site.with_name("html.old").exists()


def test_serve_gives_the_site(small_book):
    from urllib.request import urlopen

    server = small_book.start("serve", "--port", "0")
    try:
        address = server.stdout.readline().split()[2]
        with urlopen(address) as answer:
            assert b"A small book" in answer.read()
    finally:
        server.terminate()
        server.wait(10)


def test_a_page_that_did_not_change_is_not_rendered_again(small_book):
    path, other = small_book.root / "book/corrections.md", Places(small_book.root).pages / "chapters/two.html"
    before = path.read_text(encoding="utf-8")
    for text in ("One sentence.", "Another sentence."):
        rendered = other.stat().st_mtime_ns
        path.write_text(f"{before}\n{text}\n", encoding="utf-8")
        assert states(small_book.run("build"))["rendering"] == "done"
        assert text in small_book.page("corrections.html")
        assert other.stat().st_mtime_ns == rendered


def test_the_site_has_pages_and_files_and_nothing_of_how_they_were_put_together(small_book):
    site = small_book.root / "book/_build/html"
    assert (site / "downloads/observations/DGS30.csv").is_file()
    assert (site / "_static/gegenprobe.css").is_file()
    assert (site / "chapters/one.html").is_file()
    # The site before lies ready to become the next.
    assert {each.name for each in site.parent.glob("html.*")} <= {"html.next"}


def test_what_is_saved_while_the_book_is_built_is_not_taken_for_built(small_book):
    """A page while it is rendered, and an input of a chapter while it is executed: both are in the next build."""
    page = small_book.root / "book/corrections.md"
    before = page.read_text(encoding="utf-8")
    places = Places(small_book.root)
    plan = Plan(places, {"as_of": "latest", "video_day": "2025-06-12"}, places.chapter_names(), means=Means(places))
    page.write_text(before + "\nOne sentence.\n", encoding="utf-8")
    render = plan.means.renderer.render

    def saved_meanwhile():
        render()
        page.write_text(before + "\nSaved meanwhile.\n", encoding="utf-8")

    plan.means.renderer.render = saved_meanwhile
    plan.make_rendering()
    plan.make_finish()
    plan.make_site()
    assert "One sentence." in small_book.page("corrections.html")
    assert states(small_book.run("build"))["site"] == "done"
    assert "Saved meanwhile." in small_book.page("corrections.html")
    touch = "import pathlib\npathlib.Path('data/facts.csv').touch()"
    small_book.write("one", touch, 'chapter.check("one-claim")')
    assert states(small_book.run("build"))["chapter:one"] == "done"
    assert states(small_book.run("build"))["chapter:one"] == "done", "its facts were saved while it ran"
