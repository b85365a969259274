"""Entries of a ledger that name the answer are found, and their claims are judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tracer.brief.question import question_brief
from tracer.model.brief import Brief
from tracer.model.memory import LedgerCheck
from tracer.model.source import FunctionId, function_id
from tracer.model.verification import ClaimVerdict
from tracer.pipeline.progress import Silent, StageClock
from tracer.pipeline.reading import read_sources
from tracer.verify.ledgers import check_ledgers, reference_claims
from tracer.verify.reading import Reading

CODE = """\
class Store:
    def keep(self, parts):
        return pack(parts)


def pack(parts):
    return len(parts)


def main():
    return Store().keep([1])
"""
FINDINGS = """\
# Findings

| ID | What | Where |
| --- | --- | --- |
| STORE-001 | `Store.keep` packs at once | `pkg/store.py:3` |
| STORE-002 | `pack` counts | `pkg/store.py:60` |
| OTHER-001 | merged to `main`, and the store keeps | `docs/other.md` |
| KEY-001 | read under `archive_key` | none |

## PLAN-007: the store

- Attempt #1: looks at
  `pkg/store.py`.
- Attempt #2: nothing of it.

```text
| NOT-001 | `Store.keep` | a fence is no table |
```
"""
ANSWER = [function_id("pkg/store.py", name) for name in ("Store.keep", "pack", "main")]


def _check(root: Path, brief: Brief, functions: list[FunctionId] = ANSWER) -> LedgerCheck:
    reading = read_sources(root, (), StageClock(Silent()))
    (found,) = check_ledgers(brief, reading.tree, reading.graph, functions, ["archive_key"])
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "pkg/store.py").write_text(CODE)
    (tmp_path / "docs/findings.md").write_text(FINDINGS)
    return tmp_path


BRIEF = replace(question_brief("How does the store keep?"), ledgers=("docs/findings.md",))


def test_entries_that_name_the_answer(root: Path) -> None:
    """Rows, items with their second line, keys; prose and branches of git name nothing."""
    found = _check(root, BRIEF)
    assert [(each.title, each.line, each.end_line) for each in found.entries] == [
        ("STORE-001", 5, 5),
        ("STORE-002", 6, 6),
        ("KEY-001", 8, 8),
        ("PLAN-007, Attempt #1", 12, 13),
    ]
    assert [each.names for each in found.entries] == [
        ("Store.keep", "pkg/store.py:3"),
        ("pack", "pkg/store.py:60"),
        ("archive_key",),
        ("pkg/store.py",),
    ]
    assert [each.is_near for each in found.entries] == [True, True, False, False]
    assert found.entries_read == 8  # six rows and items, two headings


def test_the_claims_of_an_entry_are_judged(root: Path) -> None:
    """The right one holds; the place beyond the end of the file does not."""
    good, bad, *_ = _check(root, BRIEF).entries
    assert good.checked >= 1 and good.wrong == ()
    (wrong,) = bad.wrong
    assert (wrong.line, wrong.text, wrong.is_of_answer) == (6, "pkg/store.py:60", True)


def test_another_answer_has_other_entries(root: Path) -> None:
    """Control: of functions that no entry names, none speaks."""
    assert _check(root, BRIEF, [function_id("pkg/other.py", "run")]).entries[0].title == "KEY-001"


def test_a_gate_is_what_the_gating_names(root: Path) -> None:
    """Control: a ledger of findings alone waits for nothing."""
    gated = replace(BRIEF, gating=("Wait until `docs/findings.md` names it.",))
    assert _check(root, gated).is_gate
    assert not _check(root, BRIEF).is_gate
    assert not _check(root, replace(BRIEF, gating=("See `old/docs/findings.md`.",))).is_gate


def test_a_reference_to_the_summary(root: Path) -> None:
    """Under any time stamp; and the verifier looks again."""
    brief = replace(BRIEF, output_folder="plans/A-1/reports/<timestamp>/chain/")
    assert _check(root, brief).references == ()
    with (root / "docs/findings.md").open("a") as file:
        file.write("See `plans/A-1/reports/2026-01-02T030405Z/chain/summary.md`.\n")
        file.write("Not `plans/A-1/reports/2026-01-02T030405Z/chain2/summary.md`.\n")
    found = _check(root, brief)
    assert [str(each) for each in found.references] == ["docs/findings.md:19"]
    reading = Reading(read_sources(root, (), StageClock(Silent())).tree)
    assert [each.verdict for each in reference_claims((found,), reading)] == [ClaimVerdict.VERIFIED]
    text = (root / "docs/findings.md").read_text()
    (root / "docs/findings.md").write_text("# One line more\n" + text)
    reading = Reading(reading.tree)
    assert [each.verdict for each in reference_claims((found,), reading)] == [ClaimVerdict.CHANGED]


def test_a_ledger_that_is_not_there_is_said_to_be(root: Path) -> None:
    """One outside the root is not looked for."""
    assert _check(root, replace(BRIEF, ledgers=("docs/no.md",))).problem
    assert _check(root, replace(BRIEF, ledgers=("../secret.md",))).problem


@pytest.mark.parametrize("text", ["", "Prose of `Store.keep` alone.\n"])
def test_prose_alone_has_no_entry(root: Path, text: str) -> None:
    """A ledger that nobody has begun is read as one."""
    (root / "docs/findings.md").write_text(text)
    found = _check(root, BRIEF)
    assert (found.entries_read, found.entries, found.problem) == (0, (), "")
