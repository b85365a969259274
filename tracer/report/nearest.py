"""What stands first where a table is cut: the nearest to the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracer.model.evidence import ChainHop, Evidence, OpenSite, ReconciledEdge
from tracer.model.graph import Effect, Raise
from tracer.model.source import Callee, FunctionId, is_function
from tracer.report.leads import find_leads
from tracer.report.names import named_functions
from tracer.report.strength import is_seen


def near_functions(evidence: Evidence) -> Mapping[FunctionId, int]:
    """What is near the answer: the best ways, then named functions, entry points, all chains."""
    order: list[Callee] = [*find_leads(evidence).steps, *sorted(named_functions(evidence))]
    order += evidence.entry_points
    order += [step for c in evidence.chains for hop in c.hops for step in (hop.caller, hop.callee)]
    near = dict.fromkeys(step for step in order if is_function(step))
    return {step: place for place, step in enumerate(near)}


def first_edges(evidence: Evidence, most: int) -> list[ReconciledEdge]:
    """The most relevant edges, in the order of the evidence."""
    on_chain = {hop for chain in evidence.chains for hop in chain.hops}
    starts = named_functions(evidence) | set(evidence.entry_points)

    def rank(edge: ReconciledEdge) -> tuple[bool, bool, bool]:
        return (
            ChainHop(edge.caller, edge.callee, edge.line) not in on_chain,
            edge.caller not in starts,
            not is_seen(edge.verdict),
        )

    places = sorted(range(len(evidence.edges)), key=lambda at: (rank(evidence.edges[at]), at))
    return [evidence.edges[at] for at in sorted(places[:most])]


def first_effects(
    effects: Sequence[Effect], near: Mapping[FunctionId, int], most: int
) -> list[Effect]:
    """The nearest, in the order of the evidence; what only helps others comes last."""
    ranked = sorted(
        range(len(effects)),
        key=lambda at: (near.get(effects[at].function, len(near)), effects[at].is_auxiliary, at),
    )
    return [effects[at] for at in sorted(ranked[:most])]


def first_raises(raises: Sequence[Raise], near: Mapping[FunctionId, int], most: int) -> list[Raise]:
    """The nearest, in the order of the evidence."""
    ranked = sorted(
        range(len(raises)), key=lambda at: (near.get(raises[at].function, len(near)), at)
    )
    return [raises[at] for at in sorted(ranked[:most])]


def first_open_sites(
    evidence: Evidence, near: Mapping[FunctionId, int], most: int
) -> list[OpenSite]:
    """The nearest first."""
    sites = sorted(evidence.open_sites, key=lambda site: near.get(site.caller, len(near)))
    return sites[:most]
