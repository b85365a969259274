"""`tracer ask`: a question and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from tracer.brief.question import question_brief
from tracer.model.evidence import Evidence, TreeState
from tracer.model.verification import Verification
from tracer.pipeline.answer import answer_brief, assemble, follows_values
from tracer.pipeline.git import read_commit
from tracer.pipeline.memory import recall, say_recalled
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.reading import read_sources
from tracer.static.sources import digest_tree, read_tree
from tracer.verify.evidence import verify_evidence


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, of which tree."""

    text: str
    root: Path
    hints: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    tables: tuple[Path, ...] = ()
    reports: Path | None = None  # earlier bundles; None: they are not looked for


class Asked(NamedTuple):
    """The answer, and what the verifier says of it."""

    evidence: Evidence
    verification: Verification


def ask(question: Question, progress: Progress | None = None) -> Asked:
    """Answer from the sources alone; nothing is run and nothing is written.

    Raises:
        TracerError: The question is empty, or the tree cannot be read.
    """
    clock = StageClock(progress or Silent())
    brief = question_brief(question.text, hints=question.hints, namespaces=question.namespaces)
    recalled = None
    if question.reports is not None and question.reports.is_dir():
        recalled = recall(brief, question.reports, read_tree(question.root))
        say_recalled(recalled, clock)
    reading = read_sources(
        question.root, question.tables, clock, keeps_solution=follows_values(brief)
    )
    commit = read_commit(reading.tree.root)
    digest = digest_tree(reading.tree.root).value
    with clock.stage("answer") as result:
        answer = answer_brief(brief, reading)
        state = TreeState(
            reading.tree.root.name,
            digest,
            digest,
            commit=commit.sha,
            is_dirty=commit.is_dirty,
            sources=reading.tree.digest,
        )
        why = "a question alone runs nothing; `tracer run` with a brief does"
        evidence = assemble(answer, reading, state, (), why)
        if recalled is not None:
            evidence = replace(evidence, memory=recalled.memory(evidence))
        verification = verify_evidence(evidence, reading.tree, ())
        result.append(f"{len(evidence.edges)} edges")
    return Asked(evidence, verification)
