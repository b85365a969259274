"""What the answer's functions do, and no chain of the answer leads to, is told all the same."""

from __future__ import annotations

from pathlib import Path

from tracer.pipeline.run import BundleRequest, run_brief
from tracer.pipeline.workloads import RunRequest
from tracer.report.summary import render_summary

STORE = """
def load():
    with open("notes.txt") as file:
        return file.read()


class Keeper:
    def close(self):
        with open("notes.txt", "w") as file:
            file.write("x")
"""
BRIEF = """
**Analysis question**: {question}
- **scope_hints:** `["Keeper"]`
"""


def _lines(folder: Path, question: str) -> list[str]:
    (folder / "tree").mkdir()
    (folder / "tree" / "store.py").write_text(STORE)
    (folder / "brief.md").write_text(BRIEF.format(question=question))
    request = BundleRequest(folder / "tree", runs=RunRequest(is_off=True), dry_run=True)
    result = run_brief(folder / "brief.md", request)
    return render_summary(result.evidence, "").splitlines()


def test_a_question_of_reading_does_not_hide_who_writes(tmp_path: Path) -> None:
    """There is no chain to the other side, and yet a function of the answer does it."""
    lines = _lines(tmp_path, "How is the archive `notes.txt` loaded?")
    (produce,) = (line for line in lines if line.startswith("- **Produce**"))
    assert "no chain of the answer ends in such a sink; without one: `Keeper.close`" in produce
    assert "line 9 `builtins.open`" in produce
    (consume,) = (line for line in lines if line.startswith("- **Consume**"))
    assert "`store.load`" in consume


def test_where_nothing_stands_nothing_is_told(tmp_path: Path) -> None:
    """Control: a question of both sides has a chain to each."""
    lines = _lines(tmp_path, "How is the archive `notes.txt` written and loaded?")
    assert not any("without" in line for line in lines if "**Produce**" in line)
    assert any("`Keeper.close`" in line for line in lines if "**Produce**" in line)
