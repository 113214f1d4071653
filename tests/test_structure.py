"""The house: imports go down only, measures do no I/O, modules stay small, notebooks hold no code of their own."""

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "gegenprobe"
FLOORS = {
    0: "catalogue characters compiled observations files facts door errors interrupts paths words days video calendars"
    " rows reading tables values",
    1: "claims measures verdicts findings charts cbo_record curve upcoming",
    2: "chapter cards display sources",
    3: "book refresh freshness report sweep merge journal checks issue gates grow",
    4: "cli commands",
}
FLOOR = {name: floor for floor, names in FLOORS.items() for name in names.split()}
LARGEST = 15 * 1024
MODULES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
AT_THE_DOOR = {"gegenprobe.commands.serve", "gegenprobe.issue"}
"""The site on localhost, and the one issue about figures grown old: neither brings a figure in."""
PURE = ("measures", "verdicts", "charts")
WORLD = {"requests", "urllib", "urllib3", "http", "socket", "subprocess", "os", "pathlib", "shutil", "tempfile", "io"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def part_of(module: str) -> str:
    """Return the part of the house a module belongs to: the name under ``gegenprobe``."""
    return [*module.split("."), ""][1]


def imports(path: Path) -> list[tuple[str, str, int]]:
    """Return module, imported name and line of each import of ours in a file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(each.name, "", node.lineno) for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: {node.lineno} imports by dots"
            found += [(node.module, each.name, node.lineno) for each in node.names]
    return found


def ours(path: Path) -> list[tuple[str, str, int]]:
    found = []
    for module, name, line in imports(path):
        if module == "gegenprobe" and name and (PACKAGE / f"{name}.py").exists() | (PACKAGE / name).is_dir():
            found.append((f"gegenprobe.{name}", "", line))
        elif module.split(".")[0] == "gegenprobe":
            found.append((module, name, line))
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_down_only(path):
    own = part_of(name_of(path))
    if not own:  # the package itself opens the chapter
        return
    assert own in FLOOR, f"{own}: say in FLOORS where it belongs"
    for module, _, line in ours(path):
        other = part_of(module)
        if other:
            assert FLOOR[other] <= FLOOR[own], f"{path}:{line}: {own} (floor {FLOOR[own]}) imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nobody_reaches_into_anothers_private_parts(path):
    for module, name, line in ours(path):
        parts = [*module.split("."), name]
        private = [each for each in parts if each.startswith("_") and not each.startswith("__")]
        assert not private, f"{path}:{line}: {module} {name}"


def test_only_refresh_asks_the_sources():
    for path in MODULES:
        if part_of(name_of(path)) in ("sources", "refresh"):
            continue
        users = [module for module, name, _ in ours(path) if part_of(module) == "sources"]
        allowed = name_of(path) == "gegenprobe.commands.refresh"
        assert not users or allowed, f"{path}: {users}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_network_is_for_sources_only(path):
    if part_of(name_of(path)) == "sources" or name_of(path) in AT_THE_DOOR:
        return
    network = {"requests", "urllib3", "http.client", "socket", "fredapi", "sdmx", "urllib.request"}
    found = {module for module, _, _ in imports(path)} & network
    assert not found, f"{path}: {found}"


@pytest.mark.parametrize("path", [each for each in MODULES if part_of(name_of(each)) in PURE], ids=name_of)
def test_measures_rules_and_charts_do_no_io(path):
    reached = {module.split(".")[0] for module, _, _ in imports(path)} & WORLD
    assert not reached, f"{path}: {reached}"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert called not in ("open", "print", "input", "exec", "eval"), f"{path}:{node.lineno}: {called}"
            assert not re.match(r"(read_[a-z]+|to_(csv|excel|parquet|pickle|sql)|write_[a-z]+)$", called), (
                f"{path}:{node.lineno}: {called}"
            )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_small_enough_to_read(path):
    assert path.stat().st_size <= LARGEST


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


# --- notebooks ----------------------------------------------------------------------------------------------------


def cells(path: Path, kind: str) -> list[dict]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def test_there_is_a_notebook_for_every_chapter(real_ledger):
    assert [path.stem for path in NOTEBOOKS] == sorted(real_ledger.chapters)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> Path:
    return request.param


def test_a_notebook_carries_no_outputs(notebook):
    for cell in cells(notebook, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
    kernel = json.loads(notebook.read_text(encoding="utf-8"))["metadata"].get("kernelspec", {})
    assert kernel.get("name", "python3") == "python3"


def test_a_notebook_defines_nothing_and_does_no_sums(notebook):
    for cell in cells(notebook, "code"):
        tree = ast.parse(source(cell))
        for node in ast.walk(tree):
            assert not isinstance(
                node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.Try)
            ), source(cell)
        assert len(tree.body) <= 6, source(cell)


def test_a_notebook_has_one_cell_of_parameters_typed_and_explained(notebook):
    tagged = [cell for cell in cells(notebook, "code") if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    tree = ast.parse(source(tagged[0]))
    assert {node.target.id for node in tree.body} == {"as_of", "video_day"}
    assert all(isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant) for node in tree.body)
    assert all("#" in line for line in source(tagged[0]).splitlines() if line.strip())


def test_a_notebook_checks_each_of_its_claims_once(notebook, real_ledger):
    checked = []
    for cell in cells(notebook, "code"):
        for node in ast.walk(ast.parse(source(cell))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "check":
                checked += [each.value for each in node.args]
    assert sorted(checked) == sorted(claim.id for claim in real_ledger.chapter(notebook.stem).claims)


def test_a_notebook_imports_only_the_package(notebook):
    for cell in cells(notebook, "code"):
        for node in ast.walk(ast.parse(source(cell))):
            if isinstance(node, ast.Import):
                assert [each.name for each in node.names] == ["gegenprobe"]
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[:2] == ["gegenprobe", "charts"]
