"""Conditions that read more than arguments, and what they decide."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from tracer.model.evidence import Finding, FindingKind, ReconciledEdge
from tracer.model.graph import CallGraph, Effect, Guard, GuardKind, SiteKind
from tracer.model.source import Anchor, FunctionId, Span, path_of, qualname_of

_PLACES_SHOWN = 3

_Condition = tuple[FunctionId, int, str, tuple[str, ...]]


def hidden_inputs(
    graph: CallGraph, edges: Iterable[ReconciledEdge], effects: Iterable[Effect]
) -> Iterable[Finding]:
    """One finding per condition, with what it decides.

    Which conditions are told, and which names stand there, the answer's edges and effects say; how
    many calls a condition decides, the graph says: the answer leaves calls out.
    """
    told: defaultdict[_Condition, dict[Span, str]] = defaultdict(dict)
    barred: Counter[_Condition] = Counter()
    effects = list(effects)
    acting = {effect.function for effect in effects}
    for edge in edges:
        if edge.span is not None and not edge.is_unreachable:
            # What a caller from elsewhere asserts, a test say, is its claim about the answer.
            guards = [
                guard
                for guard in edge.guards
                if guard.kind is not GuardKind.ASSERT or edge.caller in acting
            ]
            for condition in _conditions(edge.caller, guards):
                told[condition][edge.span] = edge.text
            if edge.barred_by is not None:
                barred.update(_conditions(edge.caller, (edge.barred_by,)))
    for effect in effects:
        if not effect.is_unreachable:
            for condition in _conditions(effect.function, effect.guards):
                told[condition].setdefault(effect.span, effect.operation)
    decided: defaultdict[_Condition, set[Span]] = defaultdict(set)
    owners = {condition[0] for condition in told}
    for resolution in graph.resolutions:
        site = resolution.site
        if site.caller in owners and site.kind is SiteKind.CALL and not site.is_unreachable:
            for condition in _conditions(site.caller, site.guards):
                decided[condition].add(site.span)
    for condition, places in sorted(told.items(), key=lambda item: item[0]):
        function, line, text, inputs = condition
        shown = sorted(places.items())[:_PLACES_SHOWN]
        names = ", ".join(f"`{name}` (line {span.line})" for span, name in shown)
        count = len(decided[condition] | places.keys())
        more = f" and {count - len(shown)} more" if count > len(shown) else ""
        yield Finding(
            FindingKind.HIDDEN_INPUT,
            f"`{text}` depends on {', '.join(inputs)} and decides {names}{more}"
            + (
                f"; in the runs it kept {_calls(barred[condition])} from running"
                * (condition in barred)
            ),
            (Anchor(path_of(function), line, symbol=qualname_of(function)),),
        )


def _calls(count: int) -> str:
    return f"{count} call{'s' * (count > 1)} of the answer"


def _conditions(function: FunctionId, guards: Iterable[Guard]) -> Iterable[_Condition]:
    for guard in guards:
        if guard.hidden_inputs:
            yield function, guard.line, guard.text, guard.hidden_inputs
