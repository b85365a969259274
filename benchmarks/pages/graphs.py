"""The graphs that are drawn: those of real packages, and generated ones of any size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer import __version__
from tracer.model.brief import Brief, QuestionShape
from tracer.model.evidence import (
    EVIDENCE_SCHEMA,
    EdgeVerdict,
    Evidence,
    ReconciledEdge,
    Totals,
    TreeState,
)
from tracer.model.graph import SiteKind, Tier
from tracer.model.source import Function, FunctionId, FunctionKind
from tracer.pipeline.graph_page import evidence_of_graph
from tracer.pipeline.progress import Silent, StageClock
from tracer.pipeline.reading import read_sources


@dataclass(frozen=True, slots=True)
class Drawn:
    """A graph with its name and the texts of its files."""

    name: str
    evidence: Evidence
    sources: dict[str, str]


def of_package(root: Path) -> Drawn:
    """The call graph of a folder of sources, nothing of it run."""
    reading = read_sources(root, (), StageClock(Silent()))
    texts = {file.path: file.text for file in reading.tree.files}
    return Drawn(root.name, evidence_of_graph(reading.graph, reading.tree), texts)


def generated(count: int) -> Drawn:
    """`count` functions in files of twenty, each called from above, half of them from elsewhere."""
    ids = [
        FunctionId(f"big/part_{number // 400}/module_{number // 20}.py::step_{number}")
        for number in range(count)
    ]
    functions = tuple(
        sorted(
            (
                Function(
                    each,
                    each.partition("::")[0].removesuffix(".py").replace("/", "."),
                    FunctionKind.FUNCTION,
                    10 + number % 20 * 9,
                    10 + number % 20 * 9,
                    18 + number % 20 * 9,
                    parameters=("first", "second"),
                    summary="Do one step of the work.",
                )
                for number, each in enumerate(ids)
            ),
            key=lambda function: function.id,
        )
    )
    pairs = [((number - 1) // 3, number, 12) for number in range(1, count)]
    pairs += [(number, number * 7919 % count, 15) for number in range(0, count, 2)]
    verdicts = list(EdgeVerdict)
    edges = sorted(
        (
            ReconciledEdge(
                ids[caller], ids[callee], line, None, f"step_{callee}", SiteKind.CALL,
                verdicts[callee % len(verdicts)], Tier.DEFINITE, is_exact=True,
            )
            for caller, callee, line in pairs
        ),
        key=lambda edge: (edge.caller, edge.line, edge.callee),
    )  # fmt: skip
    evidence = Evidence(
        schema=EVIDENCE_SCHEMA,
        tool_version=__version__,
        brief=Brief(f"A generated graph of {count} functions.", QuestionShape.INVENTORY),
        tree=TreeState("generated", "0" * 64, "0" * 64),
        totals=Totals(count // 20, count * 9, count, len(edges), 0, 0, count, len(edges)),
        brief_anchors=(),
        candidates=(),
        entry_points=(ids[0],),
        functions=functions,
        edges=tuple(edges),
        open_sites=(), effects=(), chains=(), paths=(), layouts=(), taps=(), runs=(),
        findings=(), unknowns=(),
        why_no_run="generated",
    )  # fmt: skip
    return Drawn(f"generated {count:,}", evidence, {})
