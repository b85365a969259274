"""The hand-written summary is wrong where `expected.json` says so, and nowhere else."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.model.verification import ClaimVerdict

Lines = tuple[int, int]
FindDefinitions = Callable[[Path], dict[str, Lines]]
FindFunctions = Callable[[str], list[tuple[Path, Lines]]]

FOLDER = Path(__file__).resolve().parents[2] / "examples/hand_written"
DOCUMENT = (FOLDER / "ptycho_mini_summary.md").read_text("utf-8").splitlines()
PLANTED = json.loads((FOLDER / "expected.json").read_text("utf-8"))
PLANTED_LINES = {item["line"] for item in PLANTED}

ANCHOR = re.compile(r"`(?P<path>[\w/]+\.py):(?P<lines>\d[\d,-]*)(?:::(?P<symbol>[\w.]+))?`")
EDGE = re.compile(r"^\| `(?P<caller>[^`]+)` \| `(?P<callee>[^`]+)` \|.*\| `(?P<anchor>[^`]+)` \|$")


def _right_anchors() -> list[tuple[int, re.Match[str]]]:
    return [
        (number, match)
        for number, line in enumerate(DOCUMENT, 1)
        if number not in PLANTED_LINES
        for match in ANCHOR.finditer(line)
    ]


def _right_edges() -> list[tuple[int, re.Match[str]]]:
    return [
        (number, match)
        for number, line in enumerate(DOCUMENT, 1)
        if number not in PLANTED_LINES and (match := EDGE.match(line))
    ]


def _numbers(lines: str) -> list[int]:
    numbers: list[int] = []
    for part in lines.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def test_seven_errors_are_planted() -> None:
    """Each of another kind or place, and each with a verdict that counts as bad."""
    assert len(PLANTED) == len(PLANTED_LINES) == 7
    assert all(ClaimVerdict(item["verdict"]).is_bad for item in PLANTED)
    assert "seven errors planted" in DOCUMENT[2]


@pytest.mark.parametrize("item", PLANTED, ids=lambda item: f"line {item['line']}")
def test_planted_claim_stands_on_its_line(item: dict[str, str | int]) -> None:
    """The list and the document do not drift apart."""
    assert str(item["claim"]) in DOCUMENT[int(item["line"]) - 1]


def test_there_are_more_right_claims_than_planted_errors() -> None:
    """A verifier that refuses everything would be found out."""
    assert len(_right_edges()) >= 15
    assert len(_right_anchors()) >= 20


@pytest.mark.parametrize("found", _right_anchors(), ids=lambda found: found[1][0])
def test_right_anchor_exists(
    found: tuple[int, re.Match[str]], mini: Path, find_definitions: FindDefinitions
) -> None:
    """The file has the lines, and a symbol beside them is defined there."""
    match = found[1]
    file = mini / match["path"]
    numbers = _numbers(match["lines"])
    assert max(numbers) <= len(file.read_text("utf-8").splitlines())
    if match["symbol"]:
        assert find_definitions(file)[match["symbol"]] == (numbers[0], numbers[-1])


@pytest.mark.parametrize(
    "found", _right_edges(), ids=lambda found: f"{found[1]['caller']} - {found[1]['callee']}"
)
def test_right_edge_is_a_call_in_its_caller(
    found: tuple[int, re.Match[str]], mini: Path, find_functions: FindFunctions
) -> None:
    """One function has the caller's name, holds the lines, and calls the callee there."""
    match = found[1]
    ((file, (first, last)),) = find_functions(match["caller"])
    path, _, lines = match["anchor"].partition(":")
    assert file == mini / path
    numbers = _numbers(lines)
    assert first <= min(numbers) <= max(numbers) <= last
    name = match["callee"].partition("(")[0].rpartition(".")[2]
    assert name in _called(file, numbers)


def test_planted_errors_are_errors(mini: Path, find_definitions: FindDefinitions) -> None:
    """What the document claims there is not so in the tree."""
    false = {item["line"]: item["claim"] for item in PLANTED}
    for number, claim in false.items():
        for match in ANCHOR.finditer(DOCUMENT[number - 1]):
            if match[0] not in claim:
                continue
            file = mini / match["path"]
            if not file.is_file():
                continue
            numbers = _numbers(match["lines"])
            if max(numbers) > len(file.read_text("utf-8").splitlines()):
                continue
            if match["symbol"]:
                assert find_definitions(file)[match["symbol"]] != (numbers[0], numbers[-1])
                continue
            edge = EDGE.match(DOCUMENT[number - 1])
            assert edge is not None, f"line {number}: nothing says why this should be wrong"
            assert edge["callee"].rpartition(".")[2] not in _called(file, numbers)
    components = mini / "ptycho/workflows/components.py"
    everywhere = range(1, len(components.read_text("utf-8").splitlines()) + 1)
    assert "save" not in _called(components, list(everywhere))
    methods = find_definitions(mini / "ptycho/model_manager.py")
    assert "ModelManager.collect_custom_objects" not in methods
    first, last = methods["ModelManager.save_model"]
    called = _called(mini / "ptycho/model_manager.py", list(range(first, last + 1)))
    assert "save_multiple_models" not in called


def _called(file: Path, numbers: list[int]) -> set[str]:
    """Last names of what is called by expressions that begin on one of the lines."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.lineno in numbers:
            written = ast.unparse(node.func)
            names.add(written.rpartition(".")[2])
    return names
