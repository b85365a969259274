"""Whether a ledger speaks of the answer: by its folder, else by the initiative's name."""

from __future__ import annotations

from pathlib import Path

from tracer.model.brief import Brief, QuestionShape
from tracer.report.phrases import ledger_line
from tracer.report.quoting import PLAIN
from tracer.static.sources import read_tree
from tracer.verify.ledgers import check_ledgers


def test_folder_initiative_nothing_and_no_file(tmp_path: Path) -> None:
    """Four ledgers, four answers; a run's own time stamp in the folder is not looked for."""
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "plan.md").write_text("# Plan\n\nsee plans/reports/2025/phase/summary.md\n")
    (tmp_path / "findings.md").write_text("INIT-1 is open\n")
    (tmp_path / "other.md").write_text("nothing of it\n")
    brief = Brief(
        "q",
        QuestionShape.INVENTORY,
        initiative_id="INIT-1",
        output_folder="plans/reports/<timestamp>/phase",
        ledgers=("plan.md", "findings.md", "other.md", "gone.md", "../outside.md"),
    )
    plan, findings, other, gone, outside = check_ledgers(brief, read_tree(tmp_path))
    assert [anchor.line for anchor in plan.refers] == [3]
    assert "refers to the answer's folder at plan.md:3" in ledger_line(plan, PLAIN)
    assert not findings.refers and [anchor.line for anchor in findings.mentions] == [1]
    assert "speaks of the initiative at findings.md:1" in ledger_line(findings, PLAIN)
    assert "looked for plans/reports, INIT-1" in ledger_line(other, PLAIN)
    assert not gone.is_read and not outside.is_read
    assert "not read" in ledger_line(gone, PLAIN)
