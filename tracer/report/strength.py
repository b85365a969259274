"""Verdicts: what each means, which promises more, and what became of hops and effects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from tracer.model.evidence import (
    WEAKEST_FIRST,
    ChainHop,
    EdgeVerdict,
    Evidence,
    ReconciledEdge,
)
from tracer.model.graph import Effect
from tracer.model.source import Callee, FunctionId

VERDICT_MEANING: Mapping[EdgeVerdict, str] = {
    EdgeVerdict.CONFIRMED: "read in source and seen in a run",
    EdgeVerdict.DYNAMIC_ONLY: "seen in a run, not found by reading",
    EdgeVerdict.NOT_TAKEN: "the caller ran, this call did not happen or went elsewhere",
    EdgeVerdict.NOT_REACHED: "the caller never ran in these workloads",
    EdgeVerdict.UNDECIDED: "the caller ran, and the probe cannot see this callee",
    EdgeVerdict.STAND_INS: "seen only in a run where missing modules were fabricated",
    EdgeVerdict.EXECUTED: "by coverage data its line ran and so did the callee's body; the call "
    "itself was not seen",
    EdgeVerdict.NOT_RUN: "read in source; there is no recording",
}


def hop_verdicts(evidence: Evidence) -> Callable[[ChainHop], EdgeVerdict]:
    """Says how a hop fared: the strongest of its edges, else what became of the store there."""
    best: dict[tuple[FunctionId, int, Callee], EdgeVerdict] = {}
    stores: dict[tuple[FunctionId, int], EdgeVerdict] = {}
    for edge in evidence.edges:
        key = edge.caller, edge.line, edge.callee
        best[key] = stronger(best.get(key, edge.verdict), edge.verdict)
    for effect, verdict in effects_with_verdicts(evidence):
        place = effect.function, effect.span.line
        stores[place] = stronger(stores.get(place, verdict), verdict)

    def verdict_of(hop: ChainHop) -> EdgeVerdict:
        found = best.get((hop.caller, hop.line, hop.callee))
        return stores.get((hop.caller, hop.line), EdgeVerdict.NOT_RUN) if found is None else found

    return verdict_of


def effects_with_verdicts(evidence: Evidence) -> tuple[tuple[Effect, EdgeVerdict], ...]:
    """Every effect with what became of it; `not run` where the bundle does not say."""
    known = evidence.effect_verdicts
    if len(known) != len(evidence.effects):
        return tuple((effect, EdgeVerdict.NOT_RUN) for effect in evidence.effects)
    return tuple(zip(evidence.effects, known, strict=True))


def is_seen(verdict: EdgeVerdict) -> bool:
    """Whether a run saw it."""
    return verdict in (EdgeVerdict.CONFIRMED, EdgeVerdict.DYNAMIC_ONLY, EdgeVerdict.STAND_INS)


def weaker(one: EdgeVerdict, other: EdgeVerdict) -> EdgeVerdict:
    """The verdict that promises less."""
    return min(one, other, key=WEAKEST_FIRST.index)


def stronger(one: EdgeVerdict, other: EdgeVerdict) -> EdgeVerdict:
    """The verdict that promises more."""
    return max(one, other, key=WEAKEST_FIRST.index)


def verdict_counts(edges: Iterable[ReconciledEdge]) -> str:
    """`21 confirmed, 9 not reached`, in the order of the verdicts' definition."""
    counts = Counter(edge.verdict for edge in edges)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in EdgeVerdict if counts[verdict])
