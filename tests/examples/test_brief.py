"""The brief of the embedded target names places that are there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

FindDefinitions = Callable[[Path], dict[str, tuple[int, int]]]

BRIEF = Path(__file__).resolve().parents[2] / "prompts/ptycho_mini_persistence.md"
ROW = re.compile(
    r"^\| `(?P<path>[^`:]+)(?::(?P<lines>\d+-\d+))?`(?P<section>[^|]*)\|(?P<why>.*)\|$"
)
SECTIONS = (
    "Context",
    "Analysis Question for Callchain Prompt",
    "Recommended Prompt Parameters",
    "Key Documentation & Code Anchors",
    "Deliverable Expectations for Ralph",
    "Findings Ledger Check",
    "Risks & Notes",
    "Next-Step Gating",
)


def _rows() -> list[re.Match[str]]:
    lines = BRIEF.read_text("utf-8").splitlines()
    return [match for line in lines if (match := ROW.match(line))]


def test_the_brief_has_the_usual_sections() -> None:
    """The headings, in the order in which such briefs have them."""
    headings = re.findall(r"^## (.+)$", BRIEF.read_text("utf-8"), re.MULTILINE)
    assert tuple(headings) == SECTIONS


def test_the_brief_has_rows() -> None:
    """The control: the pattern below does match."""
    assert len(_rows()) == 8


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["path"] + (row["lines"] or ""))
def test_anchor_is_true(row: re.Match[str], mini: Path, find_definitions: FindDefinitions) -> None:
    """The file is there; the range holds the whole of each definition that the rationale names."""
    file = mini / row["path"]
    text = file.read_text("utf-8")
    if section := re.search(r"§([\d.]+)–([\d.]+)", row["section"]):
        numbers = re.findall(r"^#+ ([\d.]+\d)\.? ", text, re.MULTILINE)
        assert section[1] in numbers
    if phase := re.search(r"Phase \d|Attempt #\d+", row["section"]):
        assert phase[0] in text
    if row["lines"]:
        first, last = map(int, row["lines"].split("-"))
        definitions = find_definitions(file)
        named = re.findall(r"`(\w+)`", row["why"])
        assert named, "a row with lines says what stands there"
        for name in named:
            start, end = definitions[name]
            assert first <= start <= end <= last, f"{name} stands at {start}-{end}"
        outer = [definitions[name] for name in named]
        assert min(start for start, _ in outer) == first
        assert max(end for _, end in outer) == last


def test_ledger_and_gate_are_there(mini: Path) -> None:
    """The findings that the brief counts, and the attempt that waits for the answer."""
    brief = BRIEF.read_text("utf-8")
    (line,) = re.findall(r"^- `docs/findings.md`.*$", brief, re.MULTILINE)
    listed = re.findall(r"[A-Z]+(?:-[A-Z]+)*-\d{3}", line)
    ledger = (mini / "docs/findings.md").read_text("utf-8")
    assert listed == re.findall(r"^\| ([A-Z-]+-\d{3}) ", ledger, re.MULTILINE)
    (attempt,) = re.findall(r"`docs/fix_plan.md` (Attempt #\d+)", brief)
    assert attempt in (mini / "docs/fix_plan.md").read_text("utf-8")
