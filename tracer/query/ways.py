"""`path`: all shortest chains from one function to another, or where the search came to its end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from tracer.model.graph import Sure, weakest
from tracer.model.query import QueryChain, QueryEdge, QueryUnknown
from tracer.query.context import Arrows, Context, distances
from tracer.query.found import Found, command_line, plural, subject_of
from tracer.query.outside import IMPLICIT, outside_callers
from tracer.query.subjects import Subject, name_in_calls

_MOST_CHAINS = 12
_MOST_SIBLINGS = 8
_ONE_RUN = QueryUnknown(
    "whether one run makes all calls of a way",
    "each call was read by itself; one that is `may` can be another object's than the calls before",
)


def path(context: Context) -> Found:
    """Whether the first name leads to the second."""
    source, target = (subject_of(context, name) for name in context.query.names[:2])
    subjects = (*context.subject_items(source), *context.subject_items(target))
    ways, count = shortest(context.successors, source.nodes, target.nodes)
    note = ""
    if not ways:
        ways, count = shortest(context.index.with_imports, source.nodes, target.nodes)
        note = "by what an import sets off" if ways else ""
    if not ways:
        return _no_path(context, source, target)
    chains = [chain_of(context, way, note) for way in ways]
    chains.sort(key=_doubts)
    counts = chains[0].sure == "exact"
    if not counts and len(ways[0]) > 2 and (sure := _exact_way(context, source, target)):
        chains.insert(0, sure)
        count += 1
    hops = len(ways[0]) - 1
    told = f"{source.label} leads to {target.label} in {plural(hops, 'call')}"
    if source.nodes == target.nodes:
        told = f"both names stand for {source.label}"
    elif note:
        told += f", {note}"
    unknown: tuple[QueryUnknown, ...] = ()
    if all(chain.sure == Sure.MAY for chain in chains):
        told += "; at least one call on each way is one of several possible"
        if hops > 1:
            unknown = (_ONE_RUN,)
    return Found(
        told,
        counted="chains",
        subjects=subjects,
        chains=tuple(chains),
        unknown=unknown,
        next=tuple(
            command_line("explain", hop.caller, hop.callee)
            for hop in chains[0].hops
            if hop.sure == "may"
        )[:3],
        more=count - len(chains),
    )


def shortest(
    arrows: Arrows, sources: Collection[int], targets: Collection[int]
) -> tuple[list[tuple[int, ...]], int]:
    """The first of all shortest ways, in order, and how many there are."""
    down = distances(arrows, sources)
    reached = [target for target in targets if target in down]
    if not reached:
        return [], 0
    length = min(down[target] for target in reached)
    ends = sorted(target for target in reached if down[target] == length)
    backward: dict[int, list[int]] = {}
    for node, hops in down.items():
        if hops < length:
            for other in arrows.get(node, ()):
                if down.get(other) == hops + 1:
                    backward.setdefault(other, []).append(node)
    counts = dict.fromkeys((node for node, hops in down.items() if hops == 0), 1)
    for node, hops in down.items():
        if 0 < hops <= length:
            counts[node] = sum(counts[before] for before in backward[node])
    ways: list[tuple[int, ...]] = []

    def extend(way: tuple[int, ...]) -> None:
        if len(ways) >= _MOST_CHAINS:
            return
        if down[way[0]] == 0:
            ways.append(way)
            return
        for before in sorted(backward[way[0]]):
            extend((before, *way))

    for end in ends:
        extend((end,))
    return ways, sum(counts[end] for end in ends)


def _doubts(chain: QueryChain) -> tuple[int, int]:
    """Calls that may go elsewhere, and those that do not if declarations are right."""
    words = [hop.sure for hop in chain.hops]
    declared = words.count(Sure.DECLARED)
    return len(words) - words.count(Sure.EXACT) - declared, declared


def _exact_way(context: Context, source: Subject, target: Subject) -> QueryChain | None:
    """A longer way on which no call could go elsewhere."""
    exact = context.index.exact_successors
    ways, _ = shortest(exact, source.nodes, target.nodes)
    if not ways:
        return None
    return chain_of(context, ways[0], "longer, and nothing else can be called on it")


def chain_of(context: Context, way: Sequence[int], note: str = "") -> QueryChain:
    """The calls of a way, each with its first place."""
    pairs = dict.fromkeys(pairwise(way), 1)
    items = {(e.caller, e.callee): e for e in context.edge_items(pairs, with_imports=bool(note))}
    names = context.names(way)
    hops = tuple(items[names[one], names[other]] for one, other in pairs)
    return QueryChain(hops, weakest(hop.sure for hop in hops), note)


def _no_path(context: Context, source: Subject, target: Subject) -> Found:
    cone = distances(context.index.with_imports, source.nodes)
    above = distances(context.predecessors, target.nodes)
    wanted = {name_in_calls(row.qualname) for row in context.rows(above).values()} | {target.name}
    sites = context.index.sites([n for n in cone if context.is_function(n)], is_open=True)
    sites.sort(key=lambda s: (s.name not in wanted, cone[s.caller], s.site))
    likely = sum(site.name in wanted for site in sites)
    siblings = _siblings(context, source, target, above)
    told = [f"NO PATH from {source.label} to {target.label}"]
    if not source.functions:
        told.append("the first lies outside the sources, and nobody read what it calls")
    elif sites:
        count = plural(len(sites), "call site")
        told.append(
            f"among what is resolved; {count} on the way are open, {likely} by a fitting name"
        )
    else:
        told.append("every call site of the tree on the way is resolved")
    reverse, _ = shortest(context.successors, target.nodes, source.nodes)
    if reverse:
        told.append(f"the other way round there is one of {plural(len(reverse[0]) - 1, 'call')}")
    if siblings:
        first = siblings[0].caller
        told.append(f"{first} leads to both")
    unknown: list[QueryUnknown] = []
    if sites:
        what = f"whether one of {plural(len(sites), 'open site')} closes the gap"
        unknown.append(QueryUnknown(what, "see `open_sites`, those of a fitting name first"))
    unknown += outside_callers(context, above, sum(not context.is_function(n) for n in cone))
    unknown.append(IMPLICIT)
    return Found(
        "; ".join(told),
        counted="chains",
        subjects=(*context.subject_items(source), *context.subject_items(target)),
        edges=tuple(siblings),
        open_sites=context.open_items(sites, cone),
        unknown=tuple(unknown),
        next=(
            command_line("callers", target.label),
            *((command_line("path", target.label, source.label),) if reverse else ()),
        ),
    )


def _siblings(
    context: Context, source: Subject, target: Subject, above: dict[int, int]
) -> list[QueryEdge]:
    """The calls by which somebody leads to both, the nearest first.

    Who comes to the source only through the target says nothing new: the target leads there.
    """
    over = distances(context.predecessors, source.nodes, beside=target.nodes)
    common = (over.keys() & above.keys()) - {*source.nodes, *target.nodes}
    meeting = [
        node
        for node in common
        if context.is_function(node)
        and not any(other in common for other in context.successors.get(node, ()))
    ]
    meeting.sort(key=lambda node: (over[node] + above[node], node))
    found: list[QueryEdge] = []
    for node in meeting[:_MOST_SIBLINGS]:
        pairs: dict[tuple[int, int], int] = {}
        for towards in (over, above):
            nearer = [
                o for o in context.successors.get(node, ()) if towards.get(o) == towards[node] - 1
            ]
            if nearer:
                pairs[node, nearer[0]] = towards[node]
        found.extend(context.edge_items(pairs))
    return found
