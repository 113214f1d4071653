"""The ledger's form: a wrong field is one line that names file, claim and field."""

import pytest
import yaml

from gegenprobe.claims import read_chapter, read_ledger
from gegenprobe.errors import InputError
from project import claim, definition, write_claims


@pytest.fixture
def refusal(tmp_path):
    """Return ``refusal(claims)``: what reading a file of these claims is answered with."""

    def read(claims) -> str:
        path = write_claims(tmp_path / "a-chapter.yml", "a-chapter", claims)
        with pytest.raises(InputError) as error:
            read_chapter(path)
        text = str(error.value)
        assert text.startswith(f"{path}: ")
        assert "\n" not in " ".join(text.split("\n")[:1])
        return text

    return read


def without(entry: dict, *names: str) -> dict:
    return {key: value for key, value in entry.items() if key not in names}


LEVEL = {"measure": "level", "of": {"series": "S"}}
SECOND = definition(id="other", primary=False)
WRONG = {
    "unknown field": (claim(verdict="supported"), "verdict: Extra inputs are not permitted"),
    "no gist": (without(claim(), "gist"), "gist: Field required"),
    "no German": (claim(gist={"en": "x"}), "gist.de: Field required"),
    "empty gist": (claim(gist={"en": " ", "de": "x"}), "gist.en: String should have at least 1 character"),
    "position": (claim(position=101), "position: Input should be less than or equal to 100"),
    "kind": (claim(kind="guess"), "kind: Input should be"),
    "stated": (claim(stated="5 %"), "stated: Input should be a valid dictionary"),
    "no primary": (claim(definitions=[definition(primary=False)]), "exactly one must be primary"),
    "two primaries": (claim(definitions=[definition(), definition(id="b")]), "exactly one must be primary"),
    "primary without why": (claim(definitions=[definition(why="")]), "the primary definition needs a why"),
    "same definition twice": (claim(definitions=[definition(), definition(primary=False)]), "an id stands twice"),
    "no definitions": (claim(definitions=[]), "a checkable claim needs at least one, or lacking says what is missing"),
    "no test": (without(claim(), "test"), "test: missing, and not every definition has its own"),
    "one without a test": (
        {**without(claim(), "test"), "definitions": [definition(test={"sense": "exactly", "value": 5}), SECOND]},
        "test: missing, and not every definition has its own",
    ),
    "own tolerance": (claim(test={"sense": "equals", "value": 5, "rough": 9}), "needs a written reason"),
    "not checkable without reason": (claim(checkable=False, searched=["x"]), "needs reason and searched"),
    "not checkable without search": (claim(checkable=False, reason="x"), "needs reason and searched"),
    "forecast without due": (claim(forecast={"why": "x"}), "forecast.due: Field required"),
    "forecast without why": (claim(forecast={"due": "2026-06-12"}), "forecast.why: Field required"),
    "forecast due on no day": (claim(forecast={"due": "soon", "why": "x"}), "forecast.due: "),
    "measure": (claim(definitions=[definition(measure={"measure": "levle"})]), "measure: Input tag 'levle'"),
    "period": (claim(definitions=[definition(measure={**LEVEL, "at": "soon"})]), "'soon' is no period"),
    "series id": (claim(definitions=[definition(measure={**LEVEL, "of": {"serie": "S"}})]), "series: Field required"),
    "documented test": (claim(test={"sense": "documented"}), "definition as-said: the measure documented and the test"),
    "documented measure": (
        claim(definitions=[definition(measure={"measure": "documented", "supports": ["f"], "because": "x"})]),
        "definition as-said: the measure documented and the test",
    ),
    "digits": (claim(definitions=[definition(digits=9)]), "definitions.0.digits: "),
    "due without a forecast": (
        claim(definitions=[definition(), {**SECOND, "due": "2025-01-01"}]), "due is for readings of a forecast"
    ),
    "due of the forecast itself": (
        claim(definitions=[definition(due="2025-01-01")], forecast={"due": "2026-06-12", "why": "x"}),
        "due is for readings of a forecast",
    ),
    "due after the forecast": (
        claim(definitions=[definition(), {**SECOND, "due": "2027-01-01"}], forecast={"due": "2026-06-12", "why": "x"}),
        "due is for readings of a forecast",
    ),
    "lookback": (claim(definitions=[definition(lookback_months=-1)]), "definitions.0.lookback_months: "),
    "nan": (claim(test={"sense": "equals", "value": float("nan")}), "test.value: Input should be a finite number"),
    "id": (claim(id="A Claim"), "id: String should match pattern"),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "complaint"), WRONG.values(), ids=WRONG)
def test_a_wrong_field_is_named(refusal, entry, complaint):
    text = refusal([claim(id="the-first-one"), entry])
    assert f"claim {entry['id']}: " in text
    assert complaint in text


@pytest.mark.parametrize("claims", [None, [], "text", [5], [[]], {"a": 1}])
def test_a_file_without_claims_is_refused(refusal, claims):
    assert "claims" in refusal(claims)


FILES = {
    "empty": (b"", "Input should be a valid dictionary"),
    "text": (b"claims", "Input should be a valid dictionary"),
    "list": (b"- a\n- b\n", "Input should be a valid dictionary"),
    "not YAML": (b"claims: [", "line 2: not valid YAML"),
    "tab": (b"claims:\n\t- a\n", "line 2: not valid YAML"),
    "code": (b"claims: !!python/object/apply:os.system ['true']\n", "line 1: not valid YAML"),
    "no such day": (b"claims: 2025-02-30\n", "not valid YAML (day is out of range for month)"),
    "key twice": (b"chapter: a\ntitle: b\nchapter: c\n", "line 3: not valid YAML ('chapter' stands twice)"),
    "latin-1": ("chapter: ä".encode("latin-1"), "cannot be read"),
    "zeros": (b"\x00\x01", "not valid YAML"),
    "deep": (b"[" * 5000 + b"]" * 5000, ""),  # said in one line by whichever part meets its limit first
    "itself": (b"&a [*a]", "Input should be a valid dictionary"),
    "claims are themselves": (b"chapter: a\ntitle: b\nclaims: &a [*a]\n", "claims"),
}


@pytest.mark.parametrize(("content", "complaint"), FILES.values(), ids=FILES)
def test_what_is_no_claim_file_is_refused_in_one_line(tmp_path, content, complaint):
    path = tmp_path / "c.yml"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_chapter(path)
    assert str(error.value).startswith(str(path))
    assert complaint in str(error.value)


def test_the_ids_of_claims_and_chapters_are_their_own(tmp_path):
    write_claims(tmp_path / "a.yml", "a", [claim()])
    write_claims(tmp_path / "b.yml", "b", [claim()])
    with pytest.raises(InputError, match="claim a-claim stands twice: in chapter a and in b"):
        read_ledger(tmp_path)
    write_claims(tmp_path / "b.yml", "a", [claim(id="another")])
    with pytest.raises(InputError, match="two claim files call themselves chapter a"):
        read_ledger(tmp_path)


def test_a_folder_without_claims(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=r"no claim file \(\*\.yml\) there"):
            read_ledger(folder)


def test_unknown_names_are_answered_with_near_ones(tmp_path):
    ledger = read_ledger(write_claims(tmp_path / "a.yml", "a-chapter", [claim()]))
    with pytest.raises(InputError, match=r"unknown claim 'a-clam' \(did you mean 'a-claim'\?\)"):
        ledger.claim("a-clam")
    with pytest.raises(InputError, match=r"unknown chapter 'b' *.*; there are a-chapter"):
        ledger.chapter("b")


def test_words_of_yaml_are_words(tmp_path):
    """`on`, `no` and `off` are not truth values here: a measure has a field of that name, and Norway a code."""
    text = yaml.safe_dump({"chapter": "a", "title": "no", "claims": [claim(definitions=[])]}, sort_keys=False)
    members = (
        "  definitions:\n  - {id: a, primary: true, title: off, why: yes, measure: {measure: members, on: latest}}\n"
    )
    path = tmp_path / "a.yml"
    path.write_text(text.replace("title: 'no'", "title: no").replace("  definitions: []\n", members))
    chapter = read_chapter(path)
    assert (chapter.title, chapter.claims[0].primary.title) == ("no", "off")
    assert chapter.claims[0].primary.measure.on == "latest"
    assert chapter.claims[0].primary.primary is True


@pytest.mark.parametrize(
    ("fields", "months"),
    [
        ({}, 36),
        ({"test": {"sense": "at-least", "value": 1}}, 0),
        ({"lookback_months": 6}, 6),
        ({"lookback_months": 0}, 0),
        ({"test": {"sense": "at-least", "value": 1}, "lookback_months": 6}, 6),
        ({"measure": {**LEVEL, "at": "2025-06-12"}}, 0),
        ({"measure": {**LEVEL, "at": "2025-06-12"}, "lookback_months": 6}, 0),
    ],
)
def test_how_far_back_a_claim_may_have_been_true(tmp_path, fields, months):
    chapter = read_chapter(write_claims(tmp_path / "a.yml", "a", [claim(definitions=[definition(**fields)])]))
    assert chapter.claims[0].lookback_of(chapter.claims[0].primary) == months


def test_a_claim_all_of_whose_documents_must_hold(tmp_path):
    parts = [{"measure": "documented", "supports": ["f"], "because": "x"}] * 2
    whole = definition(measure={"measure": "smallest-of", "of": parts}, test={"sense": "documented"})
    chapter = read_chapter(write_claims(tmp_path / "a.yml", "a", [claim(definitions=[whole])]))
    assert chapter.claims[0].test_of(chapter.claims[0].primary).sense == "documented"
