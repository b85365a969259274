"""What comes out of pairs of programs stands beside their lines."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contrast.conftest import (
    PAIRS,
    PROGRAMS,
    came_out,
    compared,
    compared_anew,
    expected,
)
from tracer.bundle.codec import decode, encode
from tracer.model.contrast import Contrast, Role, RowVerdict
from tracer.pipeline.contrast import ContrastRequest, contrast_two

_MIRRORED = {RowVerdict.ONLY_A: RowVerdict.ONLY_B, RowVerdict.ONLY_B: RowVerdict.ONLY_A}


@pytest.mark.parametrize("pair", PAIRS)
def test_every_row_is_the_one_beside_its_line(pair: str) -> None:
    """No row is missing, and none comes out that no line asks for."""
    wanted = set(expected(pair))
    assert len(wanted) > 3
    assert set(came_out(compared(pair))) == wanted


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("side", ["a", "b"])
def test_a_program_is_the_same_as_itself(pair: str, side: str) -> None:
    """Every row is `same`, and nothing is lacking."""
    found = compared(pair, side, side)
    assert {row.verdict for row in found.rows} == {RowVerdict.SAME}
    assert found.hooks == ()
    assert found.exchange == tuple(
        replace(finding, text=f"{sides}: {finding.text}")
        for sides in ("A writes, B reads", "B writes, A reads")
        for finding in found.a.findings
    )


@pytest.mark.parametrize("pair", PAIRS)
def test_swapping_the_sides_mirrors_the_verdicts(pair: str) -> None:
    """What is only in A is then only in B; all else stays, with the texts the other way round."""
    there, back = compared(pair), compared(pair, "b", "a")
    assert _rows(there, mirrored=False) == _rows(back, mirrored=True)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_same_bytes_twice_and_after_reading(pair: str) -> None:
    """Nothing depends on the order of sets, and the encoding loses nothing."""
    found = compared(pair)
    text = encode(found)
    assert encode(compared_anew(pair)) == text
    assert decode(text, Contrast, name="x") == found


def test_what_b_lacks_is_told_with_its_place() -> None:
    """The restore of state, a key, a member: each a hook with the line of A."""
    hooks = {(hook.touchpoint, hook.anchors[0].line) for hook in compared("bundles").hooks}
    assert ("global state", 43) in hooks
    assert ("custom objects", 22) in hooks
    assert ("manifest", 20) in hooks
    assert ("parameter snapshot", 40) in hooks
    (manifest,) = [h for h in compared("bundles").hooks if h.touchpoint == "manifest"]
    assert "lacks keys `format`" in manifest.text


def test_what_b_has_besides_is_no_hook() -> None:
    """A swallowed error in B alone is a row, and nothing that B lacks."""
    found = compared("exits")
    assert [row.verdict for row in found.rows if row.touchpoint == "errors caught"] == [
        RowVerdict.ONLY_B
    ]
    assert found.hooks == ()


def test_conditions_tell_early_returns_and_leave_out_checks() -> None:
    """`if …: return` decides what runs behind it; `if …: raise` has a row of its own."""
    (row,) = [row for row in compared("exits").rows if row.touchpoint == "files and serialisation"]
    (condition,) = [each for each in row.differences if each.what == "condition"]
    assert condition.a == "none around it"
    assert condition.b == 'unless model == "skip"'


def test_differences_name_what_is_on_one_side_alone() -> None:
    """Keys, values and origins, side by side."""
    rows = {(row.touchpoint, row.role, row.subject): row for row in compared("bundles").rows}
    snapshot = rows["parameter snapshot", Role.LOAD, "params.pkl"]
    assert [(each.what, each.a, each.b) for each in snapshot.differences] == [
        ("keys asked for", "version", "size")
    ]
    weights = rows["weights", Role.SAVE, "model.pkl / model.bin"]
    assert [(each.what, each.a, each.b) for each in weights.differences] == [
        ("name", "model.pkl", "model.bin")
    ]
    version = rows["version", Role.SAVE, "params.pkl: version"]
    assert [(each.what, each.a, each.b) for each in version.differences] == [
        ("value", "'1'", "'2-b'")
    ]
    returned = rows["return", Role.LOAD, ""]
    assert [(each.what, each.a, each.b) for each in returned.differences] == [
        ("part 2", "settings.cfg.copy()", "parameters['size']")
    ]


def test_what_cannot_be_aligned_is_an_open_question() -> None:
    """Two and three changes of one object: both sides are told, with the run that would decide."""
    found = compared("unaligned")
    (row,) = [row for row in found.rows if row.verdict is RowVerdict.UNKNOWN]
    assert (len(row.a), len(row.b)) == (2, 3)
    assert row.why
    (question,) = [each for each in found.questions if each.text.startswith("global state")]
    assert "--watch a:CFG" in question.next_step
    places = {(anchor.path, anchor.line) for anchor in question.anchors}
    assert places == {("a.py", 11), ("a.py", 12), ("b.py", 10), ("b.py", 11), ("b.py", 12)}


def test_entry_points_stand_for_those_of_their_role() -> None:
    """Two against one: the one that reads is compared with the one that reads, no other."""
    root = PROGRAMS / "renamed"
    found = contrast_two(ContrastRequest("a.keep,a.find", "b.find", root))
    told = {(row.role, row.verdict) for row in found.rows if row.touchpoint == "arguments"}
    assert told == {(Role.SAVE, RowVerdict.ONLY_A), (Role.LOAD, RowVerdict.DIFFERS)}


def test_where_no_role_is_known_the_number_must_agree(tmp_path: Path) -> None:
    """Two functions without effects against one: nobody knows which it stands for."""
    (tmp_path / "m.py").write_text(
        "def f(a):\n    return 1\n\n\ndef g(b):\n    return 2\n\n\ndef h(a):\n    return 1\n"
    )
    found = contrast_two(ContrastRequest("m.f,m.g", "m.h", tmp_path))
    verdicts = [row.verdict for row in found.rows if row.touchpoint == "arguments"]
    assert verdicts == [RowVerdict.ONLY_A, RowVerdict.ONLY_A, RowVerdict.ONLY_B]
    found = contrast_two(ContrastRequest("m.f", "m.h", tmp_path))
    (row,) = [row for row in found.rows if row.touchpoint == "arguments"]
    assert row.verdict is RowVerdict.SAME


def test_a_file_that_cannot_be_parsed_says_so(tmp_path: Path) -> None:
    """Its arguments and returns are unknown, which is told; they are not left out."""
    (tmp_path / "a.py").write_text("def f(x):\n    return x\n")
    (tmp_path / "b.py").write_text("type Pair[T] = tuple[T, T]\n\n\ndef g(x):\n    return x\n")
    found = contrast_two(ContrastRequest("a.f", "b.g", tmp_path))
    rows = {row.touchpoint: row for row in found.rows}
    if sys.version_info >= (3, 12):
        assert rows["return"].verdict is RowVerdict.SAME
    else:
        assert rows["return"].verdict is RowVerdict.UNKNOWN
        assert rows["return"].why == ("B: `b.py::g` is no function that this interpreter can parse")


def _rows(contrast: Contrast, *, mirrored: bool) -> set[tuple[object, ...]]:
    found = set()
    for row in contrast.rows:
        verdict = _MIRRORED.get(row.verdict, row.verdict) if mirrored else row.verdict
        a, b = (row.b, row.a) if mirrored else (row.a, row.b)
        differences = {
            (each.what, each.b, each.a) if mirrored else (each.what, each.a, each.b)
            for each in row.differences
        }
        found.add((row.touchpoint, row.role, verdict, a, b, frozenset(differences)))
    return found


def test_what_was_read_is_followed_to_those_who_ask_it() -> None:
    """Into the function that it is passed to, and back to the caller, as one part of a tuple."""
    rows = {(row.touchpoint, row.subject): row for row in compared("handed").rows}
    snapshot = rows["parameter snapshot", "params.json"]
    assert [(each.what, each.a, each.b) for each in snapshot.differences] == [
        ("keys asked for", "colour", "depth"),
        ("keys added after reading", "", "kept"),
    ]
    version = rows["version", "params.json: version"]
    assert [(each.what, each.a, each.b) for each in version.differences] == [
        ("use", "taken out", "read"),
        ("default", "'1'", "none"),
    ]
    (fact,) = version.b
    assert fact.anchors[0].symbol == "load"


def test_checks_of_the_same_keys_are_one_row() -> None:
    """One tests what it got for each key, the other goes through a list of them."""
    found = compared("handed")
    (row,) = [each for each in found.rows if each.touchpoint == "checks" and each.a and each.b]
    assert [each.what for each in row.differences] == ["condition"]
    lacking = [hook.text for hook in found.hooks if hook.touchpoint == "checks"]
    assert len(lacking) == 1
    assert "no colour in" in lacking[0]


def test_keywords_only_are_told_behind_a_star() -> None:
    """`strict` cannot be given by position."""
    (row,) = [row for row in compared("handed").rows if row.touchpoint == "arguments"]
    (fact,) = row.b
    assert fact.text == "`load(folder, *, strict=True)`"


def test_a_check_tells_all_conditions_around_it() -> None:
    """The loop, the branches before its own, and none of the checks that are passed first."""
    rows = [row for row in compared("around").rows if row.touchpoint == "checks"]
    told = {row.subject: row.a[0].text.partition("`save`, ")[2] for row in rows}
    assert told == {
        "ValueError": "if not folder",
        "KeyError": "for each in models, unless each, unless each is None",
    }


def test_what_has_alternatives_shares_their_condition() -> None:
    """The loop around both ways to write a member, and neither of the two ways."""
    (row,) = [row for row in compared("around").rows if row.touchpoint == "weights"]
    assert [
        (each.what, each.a, each.b) for each in row.differences if each.what == "condition"
    ] == [("condition", "for each in models", "none around it")]
