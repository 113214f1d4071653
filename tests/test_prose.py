"""No number in the prose is typed: it comes from data, or it is a date, a year, a maturity, a name."""

from __future__ import annotations

import ast
import json
import re

import pytest

from gegenprobe.paths import project_root

ROOT = project_root()
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
YEAR = r"(?:19|20)\d\d"
NAMES = (
    r"CC BY(?:-SA)? 4\.0",
    r"BSD-3-Clause",
    r"sha256|SHA-256",
    r"G7|G20",
    r"Python 3(?:\.\d+)?",
    r"P\.L\. \d+-\d+",
    r"H\.R\. \d+",
    r"Section \d+",
    r"H\.15|H\.10|G\.5A?|FT-900|GFDEBTN|DGS\d+",
    r"CPTPP-?(?:9|11|12)",
    r"GL ?\d+",
)
ALLOWED = (
    *NAMES,
    rf"\d{{1,2}} (?:{MONTHS})(?: {YEAR})?",
    rf"(?:{MONTHS}) {YEAR}",
    rf"{YEAR}-\d\d-\d\d",
    rf"{YEAR} ?Q[1-4]",
    rf"{YEAR}(?:s|/\d\d)?",
    r"(?:2|5|7|10|20|30|40)-year",
    r"(?:2|5|7|10|20|30|40)- (?:or|and|to) (?:2|5|7|10|20|30|40)-year",
)
# A word may not begin or go on at either side: 2025 in 12025 or in 2025.4 is no year.
_ALLOWED = re.compile(rf"(?<![\w.,])(?:{'|'.join(ALLOWED)})(?!\w|[.,]\d)")
_NOT_PROSE = (
    re.compile(r"^(`{3,}|:{3,}).*?^\1\s*$", re.MULTILINE | re.DOTALL),
    re.compile(r"\]\([^)\s]*\)"),
    re.compile(r"^\([\w-]+\)=$", re.MULTILINE),
    re.compile(r"<[a-z][^>]*>"),
)
_LOOKUP = re.compile(r"(?:now|then|fact)\s*[\[(]\s*(['\"])[\w/-]+\1\s*[\])]")
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_STEP = re.compile(r"(?:round|first|last|indent)\s*\(\s*-?\d\s*\)|\[-?\d\]|(['\"])%\.\df\1\s*\|\s*format")
_ID = re.compile(r"(['\"])[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?:/[a-z0-9-]+)?\1")


def typed_numbers(text: str) -> list[str]:
    """Return the numbers in a text that no allowed pattern covers, with a little of what stands around them.

    What a template looks up by name is not typed; any other number in a template is, also inside its quotes.
    """
    for pattern in _NOT_PROSE:
        text = pattern.sub(
            lambda found: "\n" * found.group().count("\n") if "glossary" not in found.group()[:20] else found.group(),
            text,
        )
    text = _EXPRESSION.sub(lambda found: " " + _ID.sub("", _STEP.sub("", _LOOKUP.sub("", found.group()))) + " ", text)
    text = _ALLOWED.sub(" ", text)
    return [text[max(0, found.start() - 25) : found.end() + 25].strip() for found in re.finditer(r"\d[\d.,]*", text)]


def _told(source: str) -> list[str]:
    """Return the templates that a cell gives to ``tell``."""
    texts = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tell":
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                texts += [
                    part.value
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
    return texts


PAGES = sorted((ROOT / "book").glob("*.md"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_have_no_typed_number(path):
    assert typed_numbers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_chapters_have_no_typed_number(path):
    found = []
    for place, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], start=1):
        source = "".join(cell["source"])
        texts = [source] if cell["cell_type"] == "markdown" else _told(source) if cell["cell_type"] == "code" else []
        found += [f"cell {place}: {each}" for text in texts for each in typed_numbers(text)]
    assert found == []


def test_there_is_prose_to_look_at():
    assert len(PAGES) >= 7
    assert len(NOTEBOOKS) >= 5


@pytest.mark.parametrize(
    "text",
    [
        "The yield was 4.844 %.",
        "It rose by 12 percent.",
        "Debt is 36 trillion dollars.",
        "covered 2.43 times",
        "the number 2025.4 is no year",
        "12025 bonds",
        "12 Junes",
        "a 31-year bond",
        '{{ now["yield-5-12"].found }} against 5.12 %',
        "{{ 4.84 }}",
        '{{ "5.12 %" if now["a"].value else "less" }}',
        "{% if now['a'].value > 5.12 %}more{% endif %}",
        "| a | 17 |",
        "```{glossary}\nterm\n  About 7 of them.\n```",
    ],
)
def test_a_typed_number_is_found(text):
    assert typed_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "The auction of 12 June 2025, or 2025-06-12, in June 2025, in 2025 Q1, in 2025Q1.",
        "From 1977 to 2024, and in the 1980s.",
        "The 30-year bond, the 10- and 30-year bonds.",
        "Text under CC BY 4.0; code under BSD-3-Clause.",
        'It was {{ now["yield-5-12"].found }}, {{ then["a-1/b-2"].value | round(1) }}, {{ fact("toyota-002").value }}.',
        "[a page](chapters/x.html#yield-5-12)",
        "```console\n$ papermill x.ipynb -p n 5\n```",
        "(section-2)=",
    ],
)
def test_what_is_no_typed_number_passes(text):
    assert typed_numbers(text) == []


def test_templates_are_found_in_code():
    assert _told('chapter.tell("up by 5 %")\nchapter.tell(text=f"down by 6 {x}")\nchapter.check("yield-5-12")') == [
        "up by 5 %",
        "down by 6 ",
    ]
