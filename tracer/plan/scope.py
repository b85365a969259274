"""Which part of the graph answers a brief: where to start, which effects count, what lies between.

The answer starts from what the brief points at (by name, place or spelling), goes up to whoever
drives it and down to the effects that answer the question. Whatever a limit cuts off is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tracer.model.brief import Brief
from tracer.model.evidence import Candidate, Chain, ChainHop, CheckedAnchor
from tracer.model.graph import CallGraph, Effect
from tracer.model.source import FunctionId
from tracer.paths import backward_cone, effect_chains, forward_cone, view_of
from tracer.plan.choice import MOST_CANDIDATES, Choice, Roles, kinds_below
from tracer.plan.overloads import without_overloads
from tracer.plan.relevance import effects_by_function, relevance_of
from tracer.plan.roles import MOST_DRIVERS, choose_roles, list_candidates
from tracer.plan.signals import asked_stems, find_clues
from tracer.static.sources import SourceTree
from tracer.tables.words import Words, load_words

MOST_FUNCTIONS = 150
MOST_CHAINS = 60
_MOST_CALLERS = 6  # of named functions, as entry points; all of them are shown
_LEAST_FOR_CHAIN = 1.5  # weight of an effect
_REPEATED = 2.0  # up to this weight, one chain stands for a function's repeated operation
_ANCHORED_HOPS = 10  # by which what an anchor alone points at comes after what is named


@dataclass(frozen=True, slots=True)
class Scope:
    """The answer's part of the graph."""

    candidates: tuple[Candidate, ...]  # best first
    entry_points: tuple[FunctionId, ...]  # the selected candidates, best first
    named: tuple[FunctionId, ...]  # that the brief names; else that spell a name, or come nearest
    producers: tuple[FunctionId, ...]  # entry points that lead to effects which write, sorted
    consumers: tuple[FunctionId, ...]  # entry points that lead to effects which read, sorted
    sinks: tuple[Effect, ...]  # that answer the question, within the functions; by function, place
    functions: tuple[FunctionId, ...]  # sorted
    chains: tuple[Chain, ...]  # from entry points to sinks, by entry point and hops
    limits: tuple[str, ...] = ()  # what was left out, with counts


def choose_scope(
    brief: Brief,
    graph: CallGraph,
    tree: SourceTree,
    checked_anchors: Sequence[CheckedAnchor],
    *,
    words: Words | None = None,
) -> Scope:
    """Rank the candidates, select the entry points, and cut out what answers the brief."""
    graph = without_overloads(graph, tree)
    relevance = relevance_of(brief, words or load_words())
    view = view_of(graph)
    choice = Choice(
        view=view,
        index=graph.function_index(),
        effects=effects_by_function(graph),
        relevance=relevance,
        clues=find_clues(brief, graph, tree, checked_anchors, relevance),
        asked=asked_stems(brief, relevance),
        namespaces=brief.namespaces,
    )
    roles = choose_roles(choice)
    candidates = list_candidates(choice, roles)
    entry_points = tuple(c.function for c in candidates if c.is_selected)
    sinks = _core_sinks(choice, entry_points)
    chains, all_chains = _chains(choice, entry_points, sinks)
    functions, wanted = _functions(choice, entry_points, roles, chains)
    kept = frozenset(functions)
    producers, consumers = _sides(choice, entry_points)
    return Scope(
        candidates=_shown(candidates),
        entry_points=entry_points,
        named=roles.goals,
        producers=producers,
        consumers=consumers,
        sinks=tuple(
            effect
            for function in functions
            for effect in choice.effects.get(function, ())
            if relevance.weight(effect) > 0
        ),
        functions=functions,
        chains=tuple(c for c in chains if {hop.caller for hop in c.hops} <= kept),
        limits=(
            *_not_there(choice.clues.unknown_names, graph),
            *_limits(choice, roles, len(candidates), (all_chains, len(chains)), wanted, kept),
        ),
    )


def _shown(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """All that are selected, and the best of the others up to the limit, best first."""
    places = MOST_CANDIDATES - sum(candidate.is_selected for candidate in candidates)
    shown: list[Candidate] = []
    for candidate in candidates:
        if candidate.is_selected or places > 0:
            shown.append(candidate)
            places -= not candidate.is_selected
    return tuple(shown)


def _sides(
    choice: Choice, entry_points: Sequence[FunctionId]
) -> tuple[tuple[FunctionId, ...], tuple[FunctionId, ...]]:
    kinds = {entry: kinds_below(choice, entry) for entry in entry_points}
    words = choice.relevance.words
    return (
        tuple(sorted(entry for entry, found in kinds.items() if found & words.produce)),
        tuple(sorted(entry for entry, found in kinds.items() if found & words.consume)),
    )


def _core_sinks(choice: Choice, entry_points: Sequence[FunctionId]) -> tuple[Effect, ...]:
    """Effects that answer the question, in what the brief points at and below it, nearest first.

    What a driver does besides (plots, logs, other outputs) lies below no named code, and what only
    reads state or the environment is an effect of the answer without a chain of its own.
    """
    clues = choice.clues
    core = choice.production(clues.core) or tuple(entry_points)
    # An anchor's lines hold much besides; what bears a name of the question comes before it.
    distance = {f: hops + _ANCHORED_HOPS for f, hops in forward_cone(choice.view, core).items()}
    named = (*clues.named, *clues.hinted, *clues.methods, *clues.spelling)
    distance.update(forward_cone(choice.view, choice.production(named)))
    found = [
        (distance[function], -choice.relevance.weight(effect), function, effect.span, effect)
        for function in distance
        for effect in choice.effects.get(function, ())
        if choice.relevance.weight(effect) >= _LEAST_FOR_CHAIN
    ]
    found.sort(key=lambda item: (*item[:4], item[4].kind, item[4].operation))
    return tuple(item[4] for item in found)


def _chains(
    choice: Choice, entry_points: Sequence[FunctionId], sinks: Sequence[Effect]
) -> tuple[tuple[Chain, ...], int]:
    """One chain for each sink, from the best entry point that nobody else selected leads to; and
    one at least through each entry point. Light effects that a function repeats share a chain.

    Returns:
        The chains within the limit, and how many there are without it.
    """
    by_entry = {entry: effect_chains(choice.view, entry, sinks) for entry in entry_points}
    tops = [entry for entry in entry_points if not _is_below(choice, entry, entry_points)]
    ordered = [*tops, *(entry for entry in entry_points if entry not in tops)]
    chosen: dict[tuple[ChainHop, ...], Effect] = {}
    seen: set[tuple[FunctionId, str]] = set()
    for sink in sinks:
        if choice.relevance.weight(sink) <= _REPEATED:
            if (sink.function, sink.operation) in seen:
                continue
            seen.add((sink.function, sink.operation))
        entry = next((entry for entry in ordered if sink in by_entry[entry]), None)
        if entry is not None:
            chosen.setdefault(by_entry[entry][sink], sink)
    total = len(chosen)
    kept = dict(list(chosen.items())[:MOST_CHAINS])
    passed = {hop.caller for hops in kept for hop in hops}
    for entry in entry_points:
        nearest = sorted(
            (len(hops), -choice.relevance.weight(sink), hops_key(hops), hops)
            for sink, hops in by_entry[entry].items()
        )
        if entry not in passed and nearest:
            hops = nearest[0][3]
            sink = next(s for s in sinks if by_entry[entry].get(s) == hops)
            kept.setdefault(hops, sink)
            total += hops not in chosen
    rank = {entry: position for position, entry in enumerate(entry_points)}
    ordered_chains = sorted(
        kept.items(), key=lambda item: (rank[item[0][0].caller], hops_key(item[0]))
    )
    return tuple(Chain(hops, sink.kind) for hops, sink in ordered_chains), total


def hops_key(hops: Sequence[ChainHop]) -> tuple[tuple[str, int, str], ...]:
    """What chains are sorted by: the order in which their lines stand."""
    return tuple((hop.caller, hop.line, hop.callee) for hop in hops)


def _is_below(choice: Choice, entry: FunctionId, others: Sequence[FunctionId]) -> bool:
    above = backward_cone(choice.view, (entry,))
    return any(other in above for other in others if other != entry)


def _functions(
    choice: Choice,
    entry_points: Sequence[FunctionId],
    roles: Roles,
    chains: Sequence[Chain],
) -> tuple[tuple[FunctionId, ...], tuple[FunctionId, ...]]:
    """What is shown, and what would be without the limit: the most telling first.

    A driver calls much that has nothing to do with the question; its calls are edges of the answer,
    what they lead to is not.
    """
    clues = choice.clues
    wanted: dict[FunctionId, None] = {}

    def want(functions: Iterable[FunctionId]) -> None:
        wanted.update(dict.fromkeys(choice.production(functions)))

    want(entry_points)
    want(roles.asked)
    want(hop.caller for chain in chains for hop in chain.hops)
    for function in roles.asked:
        want(choice.callers(function))
    want(clues.methods)
    want(clues.spelling)
    want(clues.anchored)
    for function in roles.asked:
        if function not in roles.drivers:
            want(choice.callees(function))
    return tuple(sorted(list(wanted)[:MOST_FUNCTIONS])), tuple(wanted)


def _not_there(names: Iterable[str], graph: CallGraph) -> Iterable[str]:
    """Names that nothing bears; what stands in a file that was not read, nobody knows."""
    unread = [file.path for file in graph.files if file.problem]
    where = "in the tree"
    if unread:
        rest = f" and {len(unread) - 1} more were" if len(unread) > 1 else " was"
        where = f"that was read; {unread[0]}{rest} not"
    for name in names:
        yield f"`{name}` of the question names nothing {where}"


def _limits(
    choice: Choice,
    roles: Roles,
    candidates: int,
    chains: tuple[int, int],
    wanted: Collection[FunctionId],
    kept: Collection[FunctionId],
) -> tuple[str, ...]:
    said: list[str] = []
    if not kept:
        said.append(
            "nothing in the tree bears a name of the brief or shares a word with the question: "
            "name a function, a class or a file of it, or give another --root"
        )
    elif not choice.clues.core:
        said.append("the brief names nothing that stands in the tree; chosen by words and effects")
    shown = max(MOST_CANDIDATES, len(roles.of))
    if candidates > shown:
        said.append(f"{shown} of {candidates} candidates shown: the selected, then by score")
    if len(roles.drivers) > MOST_DRIVERS:
        said.append(f"{MOST_DRIVERS} of {len(roles.drivers)} drivers selected, by score")
    if chains[0] > chains[1]:
        said.append(f"{chains[1]} of {chains[0]} chains shown, by nearness of the effect")
    if len(wanted) > len(kept):
        said.append(f"{len(kept)} of {len(wanted)} functions shown, by nearness to the question")
    left_out: Counter[str] = Counter()
    for caller in {caller for function in roles.asked for caller in choice.callers(function)}:
        role = choice.relevance.folder_role(caller)
        if role is not None and caller not in kept:
            left_out[role.role] += 1
    for role_name, count in sorted(left_out.items()):
        plural = "s" if count > 1 else ""
        said.append(f"{count} caller{plural} among {role_name} not shown")
    return tuple(said)
