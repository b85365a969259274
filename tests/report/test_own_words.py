"""What our reports say of a real tree stands up to our own verifier."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.model.evidence import Evidence
from tracer.model.verification import ClaimVerdict
from tracer.pipeline.ask import Question, ask
from tracer.pipeline.progress import Silent, StageClock
from tracer.pipeline.reading import Reading, read_sources
from tracer.report.markdown import render_static, render_summary, render_terminal
from tracer.verify.documents import verify_document

ROOT = Path(__file__).parents[2] / "examples" / "ptycho_mini"
QUESTION = (
    "How does the training workflow produce and consume `wts.h5.zip` bundles (train → "
    "`ModelManager.save_multiple_models` → archive layout → `load_inference_bundle`)? "
    "Contrast with `ptycho_torch.train`."
)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """An answer from the sources alone."""
    return ask(Question(QUESTION, ROOT))[0]


@pytest.fixture(scope="module")
def reading() -> Reading:
    """The tree that the answer is of, read anew."""
    return read_sources(ROOT, (), StageClock(Silent()))


@pytest.mark.parametrize("name", ["summary.md", "static.md"])
def test_our_verifier_refuses_nothing(name: str, evidence: Evidence, reading: Reading) -> None:
    """Every place and every arrow holds, and most of what can be judged is judged."""
    text = render_static(evidence) if name == "static.md" else render_summary(evidence, "card")
    checked = verify_document(name, text, reading.tree, reading.graph)
    assert [claim for claim in checked.claims if claim.verdict.is_bad] == []
    good = [claim for claim in checked.claims if claim.verdict is ClaimVerdict.VERIFIED]
    assert len(good) >= 50


def test_the_named_chains_lead(evidence: Evidence) -> None:
    """Each side leads with the way through what the question names; the contrast stands apart."""
    lines = render_summary(evidence, "card").splitlines()
    produce = next(line for line in lines if line.startswith("- **Produce**"))
    consume = next(line for line in lines if line.startswith("- **Consume**"))
    assert "`model_manager.save` → `ModelManager.save_multiple_models`" in produce
    assert "`components.load_inference_bundle` → `ModelManager.load_multiple_models`" in consume
    assert "ptycho_torch" not in produce + consume
    assert any(line.startswith("- **Contrast**") and "ModelCheckpoint" in line for line in lines)


def test_a_question_is_answered_in_the_first_lines() -> None:
    """Who writes it stands under the question, with the place."""
    evidence = ask(Question("who writes wts.h5.zip?", ROOT))[0]
    lines = render_terminal(evidence).splitlines()
    at = lines.index("ANSWER")
    assert at <= 3
    assert lines[at + 1].strip() == (
        "ptycho/model_manager.py:126 ModelManager.save_multiple_models writes "
        "zipfile.ZipFile(zip_path)"
    )
    assert len(lines) <= 40 and max(map(len, lines)) <= 160
