"""Chains and reachability over a call graph; the only importer of networkx.

Every search visits neighbours in sorted order and breadth first, so that the chain it finds is the
shortest, and the first in order among the shortest. Nothing here closes the graph transitively.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import networkx as nx

from tracer.model.evidence import ChainHop, PathAnswer
from tracer.model.graph import CallGraph, Effect, SiteKind, Tier
from tracer.model.source import (
    Anchor,
    AnchorKind,
    Callee,
    ExternalId,
    FunctionId,
    Span,
    is_function,
    path_of,
    qualname_of,
)

FOLLOWED_TIERS = frozenset(Tier) - {Tier.NAME}
"""By name alone is a guess: such a site counts as open instead."""

_MOST_SIBLING_CALLERS = 8
_MOST_FITTING = 3


@dataclass(frozen=True, slots=True)
class GraphView:
    """A call graph as adjacency, built once; sites behind a return or raise are left out."""

    functions: frozenset[FunctionId]
    callees: Mapping[FunctionId, tuple[ChainHop, ...]]  # sorted by callee, line; one per pair
    callers: Mapping[Callee, tuple[ChainHop, ...]]  # sorted by caller, line; one per pair
    calls: Mapping[tuple[FunctionId, Callee], tuple[int, ...]]  # all lines of a pair, sorted
    imports: Mapping[FunctionId, tuple[ChainHop, ...]]  # which module bodies a function sets off
    open_sites: Mapping[FunctionId, int]
    open_names: Mapping[tuple[FunctionId, str], Anchor]  # by what they call; the first of each
    at_span: Mapping[tuple[FunctionId, Span], Callee]  # sites with exactly one callee

    def successors(self, function: FunctionId, with_imports: bool = False) -> tuple[ChainHop, ...]:
        """The hops out of a function, the first line of each callee, sorted."""
        calls = self.callees.get(function, ())
        if not with_imports:
            return calls
        called = {hop.callee for hop in calls}
        extra = (hop for hop in self.imports.get(function, ()) if hop.callee not in called)
        return tuple(sorted((*calls, *extra), key=_by_callee))


def view_of(graph: CallGraph, *, tiers: Collection[Tier] = FOLLOWED_TIERS) -> GraphView:
    """The adjacency of a call graph.

    Args:
        graph: In any order; equal graphs give equal views.
        tiers: How a callee may have been found to be followed. A site that has only callees of
            other tiers is open.
    """
    calls: dict[tuple[FunctionId, Callee], set[int]] = {}
    imports: dict[tuple[FunctionId, Callee], set[int]] = {}
    open_sites: dict[FunctionId, int] = {}
    open_names: dict[tuple[FunctionId, str], Anchor] = {}
    at_span: dict[tuple[FunctionId, Span], Callee] = {}
    for resolution in graph.resolutions:
        site = resolution.site
        if site.is_unreachable:
            continue
        is_followed = resolution.tier in tiers
        if resolution.is_open or (resolution.tier is not None and not is_followed):
            open_sites[site.caller] = open_sites.get(site.caller, 0) + 1
            name = site.text.partition("(")[0].rpartition(".")[2]
            open_names.setdefault((site.caller, name), site.anchor)
        if not is_followed:
            continue
        if len(resolution.callees) == 1:
            at_span[site.caller, site.span] = resolution.callees[0]
        kept = imports if site.kind is SiteKind.IMPORT else calls
        for callee in resolution.callees:
            kept.setdefault((site.caller, callee), set()).add(site.span.line)
    callees: dict[FunctionId, list[ChainHop]] = {}
    callers: dict[Callee, list[ChainHop]] = {}
    for (caller, callee), lines in calls.items():
        hop = ChainHop(caller, callee, min(lines))
        callees.setdefault(caller, []).append(hop)
        callers.setdefault(callee, []).append(hop)
    imported: dict[FunctionId, list[ChainHop]] = {}
    for (caller, callee), lines in imports.items():
        imported.setdefault(caller, []).append(ChainHop(caller, callee, min(lines)))
    return GraphView(
        functions=frozenset(function.id for function in graph.functions),
        callees=MappingProxyType({k: tuple(sorted(v, key=_by_callee)) for k, v in callees.items()}),
        callers=MappingProxyType({k: tuple(sorted(v, key=_by_caller)) for k, v in callers.items()}),
        calls=MappingProxyType({pair: tuple(sorted(lines)) for pair, lines in calls.items()}),
        imports=MappingProxyType(
            {k: tuple(sorted(v, key=_by_callee)) for k, v in imported.items()}
        ),
        open_sites=MappingProxyType(open_sites),
        open_names=MappingProxyType(open_names),
        at_span=MappingProxyType(at_span),
    )


def forward_cone(
    view: GraphView, sources: Iterable[FunctionId], *, with_imports: bool = False
) -> Mapping[FunctionId, int]:
    """The functions that the sources lead to, themselves included, with the number of hops."""
    return _cone(sources, lambda f: [hop.callee for hop in view.successors(f, with_imports)])


def backward_cone(view: GraphView, targets: Iterable[Callee]) -> Mapping[FunctionId, int]:
    """The functions that lead to the targets by calls, with the number of hops; functions among the
    targets are included."""
    targets = list(targets)
    cone = dict(_cone((t for t in targets if is_function(t)), lambda f: _callers(view, f)))
    for target in targets:
        if not is_function(target):
            for caller, hops in _cone(_callers(view, target), lambda f: _callers(view, f)).items():
                cone[caller] = min(cone.get(caller, hops + 1), hops + 1)
    return cone


def shortest_chain(
    view: GraphView, source: FunctionId, target: Callee, *, with_imports: bool = False
) -> tuple[ChainHop, ...] | None:
    """The hops from source to target, first in order among the shortest; `()` from itself to
    itself; None where there is no chain."""
    return shortest_chains(view, source, (target,), with_imports=with_imports).get(target)


def shortest_chains(
    view: GraphView,
    source: FunctionId,
    targets: Collection[Callee],
    *,
    with_imports: bool = False,
) -> Mapping[Callee, tuple[ChainHop, ...]]:
    """The shortest chain to each target that the source leads to, by one search."""
    wanted = set(targets)
    parents: dict[Callee, ChainHop | None] = {source: None}
    queue: deque[FunctionId] = deque([source])
    missing = wanted - {source}
    while queue and missing:
        for hop in view.successors(queue.popleft(), with_imports):
            if hop.callee in parents:
                continue
            parents[hop.callee] = hop
            missing.discard(hop.callee)
            if is_function(hop.callee):
                queue.append(hop.callee)
    return {target: _hops_to(parents, target) for target in sorted(wanted) if target in parents}


def effect_chains(
    view: GraphView, source: FunctionId, effects: Sequence[Effect]
) -> Mapping[Effect, tuple[ChainHop, ...]]:
    """The shortest chain to each effect that the source leads to; its last hop is the effect."""
    reached = shortest_chains(view, source, {effect.function for effect in effects})
    return {
        effect: (*reached[effect.function], effect_hop(view, effect))
        for effect in effects
        if effect.function in reached and not effect.is_unreachable
    }


def effect_hop(view: GraphView, effect: Effect) -> ChainHop:
    """From the function to what it calls there, or to the operation where nothing is called."""
    callee = view.at_span.get((effect.function, effect.span), ExternalId(effect.operation))
    return ChainHop(effect.function, callee, effect.span.line)


def drivers_of(
    view: GraphView,
    targets: Collection[FunctionId],
    *,
    among: Collection[FunctionId] | None = None,
) -> Mapping[FunctionId, int]:
    """The functions above the targets that nobody calls, with the number of hops down.

    Functions that call each other in a ring, and that nobody outside the ring calls, are driven by
    the first of them. With `among`, all other functions are as if they were not there.
    """
    cone = _cone(targets, lambda f: [g for g in _callers(view, f) if among is None or g in among])
    graph: nx.DiGraph[FunctionId] = nx.DiGraph()
    graph.add_nodes_from(sorted(cone))
    for caller in sorted(cone):
        for hop in view.callees.get(caller, ()):
            if is_function(hop.callee) and hop.callee in cone:
                graph.add_edge(caller, hop.callee)
    tops: dict[FunctionId, int] = {}
    for ring in nx.strongly_connected_components(graph):
        if all(caller in ring for member in ring for caller in graph.predecessors(member)):
            top = min(ring)
            tops[top] = cone[top]
    return dict(sorted(tops.items()))


def find_path(view: GraphView, source: FunctionId, target: Callee) -> PathAnswer:
    """Whether one function leads to another, by calls or by what an import sets off.

    Where it does not, the siblings are the places from which somebody leads to both, the nearest
    first: usually a function that calls both itself.

    Returns:
        `open_sites` counts the unresolved sites in all that the source reaches: where it is not 0,
        "no path" holds for what was read, and no further. `fitting` are those, at most three, that
        call something of the target's name: then nothing speaks against a path.
    """
    hops = shortest_chain(view, source, target)
    if hops is None:
        hops = shortest_chain(view, source, target, with_imports=True)
    reached = forward_cone(view, (source,), with_imports=True)
    open_sites = sum(view.open_sites.get(function, 0) for function in reached)
    if hops is not None:
        return PathAnswer(source, target, True, hops, open_sites=open_sites)
    callers, places = _siblings(view, source, target)
    return PathAnswer(
        source,
        target,
        False,
        siblings=places,
        sibling_callers=callers,
        open_sites=open_sites,
        fitting=_fitting(view, sorted(reached), target),
    )


def _fitting(view: GraphView, reached: Iterable[FunctionId], target: Callee) -> tuple[Anchor, ...]:
    qualname = qualname_of(target) if is_function(target) else target
    owner, _, name = qualname.rpartition(".")
    if name == "__init__":
        name = owner.rpartition(".")[2]
    found = (view.open_names.get((function, name)) for function in reached)
    return tuple(anchor for anchor in found if anchor is not None)[:_MOST_FITTING]


def _siblings(
    view: GraphView, source: FunctionId, target: Callee
) -> tuple[tuple[FunctionId, ...], tuple[Anchor, ...]]:
    """Who leads to both, each by calls of its own: the nearest first.

    Somebody further up, who leads to both through one and the same call, says nothing new; nor does
    who comes to the source only through the target: then the target leads to the source.
    """
    to_source = _cone((source,), lambda f: (c for c in _callers(view, f) if c != target))
    to_target = backward_cone(view, (target,))
    common = (to_source.keys() & to_target.keys()) - {source, target}
    meeting = [
        function
        for function in common
        if not any(hop.callee in common for hop in view.successors(function))
    ]
    meeting.sort(key=lambda function: (to_source[function] + to_target[function], function))
    callers = tuple(meeting[:_MOST_SIBLING_CALLERS])
    places = [
        (caller, line)
        for caller in callers
        for side in (source, target)
        for line in _lines_towards(view, caller, side)
    ]
    return callers, _anchors(places)


def _lines_towards(view: GraphView, caller: FunctionId, side: Callee) -> tuple[int, ...]:
    direct = view.calls.get((caller, side))
    if direct:
        return direct
    hops = shortest_chain(view, caller, side)
    return (hops[0].line,) if hops else ()


def _anchors(places: Iterable[tuple[FunctionId, int]]) -> tuple[Anchor, ...]:
    return tuple(
        Anchor(path_of(function), line, symbol=qualname_of(function), kind=AnchorKind.CALL)
        for function, line in dict.fromkeys(places)
    )


def _callers(view: GraphView, callee: Callee) -> list[FunctionId]:
    return [hop.caller for hop in view.callers.get(callee, ())]


def _cone(
    sources: Iterable[FunctionId], neighbours: Callable[[FunctionId], Iterable[Callee]]
) -> Mapping[FunctionId, int]:
    hops = dict.fromkeys(sorted(set(sources)), 0)
    queue = deque(hops)
    while queue:
        function = queue.popleft()
        for neighbour in neighbours(function):
            if is_function(neighbour) and neighbour not in hops:
                hops[neighbour] = hops[function] + 1
                queue.append(neighbour)
    return hops


def _hops_to(parents: Mapping[Callee, ChainHop | None], target: Callee) -> tuple[ChainHop, ...]:
    hops: list[ChainHop] = []
    hop = parents[target]
    while hop is not None:
        hops.append(hop)
        hop = parents[hop.caller]
    return tuple(reversed(hops))


def _by_callee(hop: ChainHop) -> tuple[str, int]:
    return hop.callee, hop.line


def _by_caller(hop: ChainHop) -> tuple[str, int]:
    return hop.caller, hop.line
