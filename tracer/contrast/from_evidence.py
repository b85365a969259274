"""The graph that a bundle holds, for a comparison without the sources."""

from __future__ import annotations

from tracer.contrast.side import Observed, effect_place
from tracer.model.evidence import Evidence
from tracer.model.graph import CallGraph, CallSite, Resolution, SiteKind, Tier
from tracer.model.source import Callee, FunctionId, Span


def graph_of(evidence: Evidence) -> CallGraph:
    """The answer's part of the graph, as far as the bundle tells.

    Sites that a run alone told of count as calls; what a bundle leaves out (calls of outside
    functions without effect, classes, files) is not there.
    """
    callees: dict[tuple[FunctionId, Span, str], list[Callee]] = {}
    sites: dict[tuple[FunctionId, Span, str], tuple[CallSite, Tier]] = {}
    for edge in evidence.edges:
        span = edge.span or Span(edge.line, 0, edge.line, 0)
        place = (edge.caller, span, edge.text)
        site = CallSite(
            edge.caller,
            span,
            edge.kind,
            edge.text,
            edge.guards,
            is_unreachable=edge.is_unreachable,
        )
        # What was seen in a run alone is as sure as a definition.
        sites.setdefault(place, (site, edge.tier or Tier.DEFINITE))
        callees.setdefault(place, []).append(edge.callee)
    found = [
        Resolution(site, tuple(sorted(set(callees[place]))), tier)
        for place, (site, tier) in sites.items()
    ]
    found += [
        Resolution(
            CallSite(each.caller, Span(each.line, 0, each.line, 0), SiteKind.CALL, each.text),
            open_reason=each.reason,
            open_detail=each.detail,
        )
        for each in evidence.open_sites
    ]
    return CallGraph(
        files=(),
        functions=evidence.functions,
        classes=(),
        resolutions=tuple(found),
        effects=evidence.effects,
        raises=evidence.raises,
    )


def entries_of(evidence: Evidence) -> tuple[FunctionId, ...]:
    """The functions that the brief names, where it names any; else all entry points."""
    chosen = frozenset(evidence.entry_points)
    named = [
        candidate.function
        for candidate in evidence.candidates
        if candidate.function in chosen and candidate.role.startswith("named")
    ]
    return tuple(named) or evidence.entry_points


def observed_of(evidence: Evidence) -> Observed:
    """What the bundle's runs saw."""
    return Observed(
        dict(
            zip(map(effect_place, evidence.effects), evidence.effect_verdicts, strict=False),
        ),
        {(edge.caller, edge.line, str(edge.callee)): edge.verdict for edge in evidence.edges},
        evidence.seen_effects,
    )
