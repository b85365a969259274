"""The public functions, each used once as a program would."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracer

PROJECT = Path(__file__).resolve().parents[2]
TARGET = PROJECT / "examples" / "ptycho_mini"
BRIEF = PROJECT / "prompts" / "ptycho_mini_persistence.md"
SUMMARY = PROJECT / "examples" / "hand_written" / "ptycho_mini_summary.md"


def test_a_graph_and_an_answer(capfd: pytest.CaptureFixture[str]) -> None:
    """Values come back, and nothing is printed by whoever made them."""
    graph = tracer.analyze(TARGET)
    assert any(each.qualname == "ModelManager.save_multiple_models" for each in graph.functions)
    asked = tracer.ask("who writes wts.h5.zip?", str(TARGET))
    writers = {
        effect.function for effect in asked.evidence.effects if effect.kind == "archive.write"
    }
    assert "ptycho/model_manager.py::ModelManager.save_multiple_models" in writers
    assert asked.verification.is_good
    callers = tracer.query("callers", "ModelManager.save_multiple_models", root=TARGET)
    assert callers.ok and callers.total == callers.returned == len(callers.data.edges) > 0
    assert capfd.readouterr() == ("", "")


def test_a_brief_becomes_a_bundle_that_can_be_read_and_verified(tmp_path: Path) -> None:
    """Made without a run, read back as it was made, and good on its own tree."""
    made = tracer.run_brief(
        BRIEF, TARGET, tmp_path / "out", runs=tracer.RunRequest(is_off=True), flat=True
    )
    assert made.folder == tmp_path / "out"
    bundle = tracer.read_bundle(tmp_path)
    assert bundle.evidence == made.evidence
    assert bundle.verification == made.verification
    assert tracer.verify(bundle.folder, root=TARGET).is_good


def test_a_document_with_false_claims_is_not_good() -> None:
    """The control beside the bundle that is."""
    assert not tracer.verify(SUMMARY, root=TARGET).is_good


def test_the_users_mistakes_are_one_error(tmp_path: Path) -> None:
    """Whatever the function, `TracerError` says in one line what is wrong."""
    for call in (
        lambda: tracer.analyze(tmp_path),
        lambda: tracer.ask("  ", TARGET),
        lambda: tracer.run_brief(tmp_path / "none.md", TARGET, tmp_path / "out"),
        lambda: tracer.verify(),
        lambda: tracer.query("path", "only_one", root=TARGET),
        lambda: tracer.contrast("no.such", "name.here", TARGET),
        lambda: tracer.inspect(tmp_path / "none.zip"),
        lambda: tracer.read_bundle(tmp_path),
    ):
        with pytest.raises(tracer.TracerError) as error:
            call()
        assert len(str(error.value).splitlines()) == 1
    assert not (tmp_path / "out").exists()
