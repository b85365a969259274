"""Edges told rightly, and told otherwise in every part, beside runs that are made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reconcile.test_judged import BY_LINES, CASES, MAIN, TREE, WHOLE
from tracer.model.evidence import EdgeVerdict, ReconciledEdge, SeenBy
from tracer.model.graph import CallGraph, SiteKind, Tier
from tracer.model.recording import Recording
from tracer.model.source import ExternalId, FunctionId, Span, function_id
from tracer.model.verification import Claim
from tracer.reconcile.edges import reconcile
from tracer.static.call_graph import build_call_graph
from tracer.tables.load import load_effect_table
from tracer.verify.edges import EdgeChecker
from tracer.verify.reading import Reading

TOLD = Path(__file__).parent / "told"
SHOWN = 12
MOVED = replace(
    WHOLE,
    calls=tuple(
        replace(call, callee=replace(call.callee, first_line=call.callee.first_line + 1))
        for call in WHOLE.calls
    ),
)
PLANTED: dict[str, tuple[tuple[Recording, ...], tuple[str, ...]]] = {
    "calls": ((WHOLE,), ()),  # all that can be told otherwise
    "lines": ((BY_LINES,), ("executed", "confirmed", "another callee", "no span")),
    "moved": ((MOVED,), ("confirmed", "seen alone", "not taken")),
}
ELSEWHERE = function_id("<string>", "made")
GONE = function_id("shop/gone.py", "made")
NOBODY = function_id("shop/store.py", "nobody")
CHOOSE = function_id("shop/store.py", "choose")
MODULE = function_id("shop/store.py", "<module>")
TWIN = FunctionId("shop/store.py::use.<locals>.<lambda>#2")


@pytest.fixture(scope="module")
def graph() -> CallGraph:
    return build_call_graph(TREE, load_effect_table())


def _edges(graph: CallGraph, recordings: tuple[Recording, ...]) -> tuple[ReconciledEdge, ...]:
    every = [function.id for function in graph.functions]
    return reconcile(graph, recordings, every, graph.effects).edges


def _checker(graph: CallGraph, recordings: tuple[Recording, ...]) -> EdgeChecker:
    return EdgeChecker(Reading(TREE), recordings, graph.function_index())


def _grouped(claims: list[tuple[ReconciledEdge, Claim]]) -> Iterator[str]:
    """What is said, and of which edges: by the lines of their calls, and callees' last names."""
    found: dict[str, list[str]] = {}
    for edge, claim in claims:
        ground = f" by {claim.ground.value}" if claim.ground else ""
        said = f"{claim.verdict.value}{ground} — {claim.detail}"
        assert not claim.line  # of a document
        place = f"{edge.caller.partition('::')[2] or edge.caller}:{edge.line}"
        name = edge.callee.rpartition("::")[2].rpartition(".")[2]
        found.setdefault(said, []).append(f"{place} {name}")
    for said, edges in found.items():
        more = f" and {len(edges) - SHOWN} more" if len(edges) > SHOWN else ""
        yield f"{said}: {', '.join(edges[:SHOWN])}{more}"


def _otherwise(edge: ReconciledEdge) -> dict[str, ReconciledEdge]:
    """The edge, changed in one part."""
    span = edge.span
    assert span is not None
    changed = {
        "another line": replace(edge, line=edge.line + 1, span=None),
        "a line before the caller": replace(edge, line=1, span=None),
        "a line past the end": replace(edge, line=999, span=None),
        "no line": replace(edge, line=0, span=None),
        "no span": replace(edge, span=None),
        "another span": replace(edge, span=Span(span.line, span.column, span.end_line, 1)),
        "another callee": replace(edge, callee=CHOOSE),
        "an outside callee": replace(edge, callee=ExternalId("json.dump")),
        "nobody": replace(edge, callee=NOBODY),
        "a file that is gone": replace(edge, callee=GONE),
        "another caller": replace(edge, caller=CHOOSE),
        "the module calls": replace(edge, caller=MODULE),
        "nobody calls": replace(edge, caller=NOBODY),
        "a file that is gone calls": replace(edge, caller=GONE),
        "a guess": replace(edge, tier=Tier.NAME, is_exact=False),
        "another text": replace(edge, text="other.call"),
        "no text": replace(edge, text=""),
        "seen alone": replace(edge, tier=None, verdict=EdgeVerdict.DYNAMIC_ONLY),
        "seen elsewhere": replace(edge, tier=None, callee=ELSEWHERE),
        "under stand-ins": replace(edge, verdict=EdgeVerdict.STAND_INS, seen_by=SeenBy.CALL),
        "more calls": replace(edge, calls=edge.calls + 1),
    }
    for kind in (SiteKind.IMPORT, SiteKind.CLASS_BODY, SiteKind.PROPERTY):
        changed[f"as {kind.value}"] = replace(edge, kind=kind)
    for verdict in EdgeVerdict:
        for seen_by in (None, SeenBy.CALL, SeenBy.LINE):
            name = f"{verdict.value}, seen by {seen_by}"
            changed[name] = replace(edge, verdict=verdict, seen_by=seen_by)
    return changed


def _told(graph: CallGraph) -> Iterator[str]:
    before: set[str] = set()
    for case, (_, recordings) in CASES.items():
        yield f"## right: {case}"
        checker = _checker(graph, recordings)
        lines = list(_grouped([(e, checker.check(e)) for e in _edges(graph, recordings)]))
        yield from (line for line in lines if line not in before)
        before.update(lines)
    for name, (recordings, parts) in PLANTED.items():
        edges = _edges(graph, recordings)
        plants: dict[str, list[tuple[ReconciledEdge, Claim]]] = {}
        right = _checker(graph, recordings)
        said = {edge: right.check(edge) for edge in edges}
        for edge in edges:
            if edge.span is None:
                continue
            for what, other in _otherwise(edge).items():
                if parts and not what.startswith(parts):
                    continue
                claim = right.check(other)
                if (claim.verdict, claim.detail) != (said[edge].verdict, said[edge].detail):
                    plants.setdefault(what, []).append((other, claim))
        for what, claims in plants.items():
            yield f"## {name}: {what}"
            yield from _grouped(claims)
    yield "## steps of chains"
    edges = _edges(graph, ())
    checker = _checker(graph, (WHOLE,))
    steps = [
        (other, checker.hop(other.caller, other.callee, other.line))
        for edge in edges
        for other in (edge, replace(edge, callee=CHOOSE), replace(edge, line=edge.line + 1))
    ]
    yield from _grouped(steps)
    yield "## steps of chains that the bundle has"
    knowing = _checker(graph, (WHOLE,))
    for edge in _edges(graph, (WHOLE,)):
        knowing.check(edge)
    known = [(edge, knowing.hop(edge.caller, edge.callee, edge.line)) for edge, _ in steps]
    yield from _grouped([pair for pair in known if pair not in steps])
    twin = next(edge for edge in edges if edge.caller == TWIN)
    worse = replace(twin, callee=function_id(MAIN.path, "main"))
    for first, second in ((twin, worse), (worse, twin)):
        checker = _checker(graph, ())
        checker.check(first)
        checker.check(replace(second, callee=first.callee, text=second.text))
        yield f"known: {checker.hop(first.caller, first.callee, first.line)}"


def test_edges_told_otherwise(graph: CallGraph) -> None:
    """What is said of each, by what was changed. Look at what changed, and copy it over."""
    golden = TOLD / "edges.txt"
    beside = golden.with_suffix(".got")
    told = "\n".join(_told(graph)) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")
