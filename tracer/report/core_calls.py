"""What the functions call that an answer is about, where no way to an effect leads over them."""

from __future__ import annotations

from tracer.model.brief import QuestionShape
from tracer.model.evidence import Evidence, ReconciledEdge
from tracer.model.graph import SiteKind
from tracer.model.source import is_function
from tracer.report.leads import Leads
from tracer.report.strength import is_seen

_MOST = 2


def core_edges(evidence: Evidence, leads: Leads) -> tuple[ReconciledEdge, ...]:
    """Calls of the entry points that fit the brief best, and of which the ways say nothing.

    A question about values or requests has its answer there, and not where something is written.
    Entry points that ran come before those that did not; of each, what ran comes first. Without a
    run nothing tells that these are more of the answer than the ways, where there are such.
    """
    if evidence.brief.shape is not QuestionShape.INVENTORY:
        return ()
    ran = {edge.caller for edge in evidence.edges if is_seen(edge.verdict)}
    if not ran and leads.first:
        return ()
    chosen = sorted(
        (each for each in evidence.candidates if each.is_selected),
        key=lambda each: (each.function not in ran, -each.score),
    )[:_MOST]
    ways = {*leads.steps, *(lead.trunk.entry for lead in leads.first)}
    ordered = sorted(
        evidence.edges, key=lambda edge: (not is_seen(edge.verdict), edge.line, edge.callee)
    )
    return tuple(
        edge
        for each in chosen
        if each.function not in ways
        for edge in ordered
        if edge.caller == each.function
        and is_function(edge.callee)
        and edge.kind is not SiteKind.IMPORT
    )
