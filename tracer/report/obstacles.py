"""Conditions that kept calls of the answer from running, as the recorded lines decide."""

from __future__ import annotations

from collections import defaultdict

from tracer.model.evidence import Evidence, ReconciledEdge
from tracer.model.graph import Guard
from tracer.model.source import FunctionId


def obstacles(evidence: Evidence) -> list[tuple[Guard, FunctionId, list[ReconciledEdge]]]:
    """Each condition with its function and the calls; those that read hidden inputs first."""
    found: defaultdict[tuple[FunctionId, Guard], list[ReconciledEdge]] = defaultdict(list)
    for edge in evidence.edges:
        if edge.barred_by is not None:
            found[edge.caller, edge.barred_by].append(edge)
    ranked = sorted(
        found.items(), key=lambda item: (not item[0][1].hidden_inputs, item[0][0], item[0][1].line)
    )
    return [(guard, owner, edges) for (owner, guard), edges in ranked]
