"""Where the two sides of a question part: ways to what it is about, arguments, conditions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tracer.model.brief import Brief
from tracer.model.evidence import ChainHop
from tracer.model.graph import CallGraph, Guard, GuardKind, Resolution, SiteKind
from tracer.model.parting import (
    ArgumentPair,
    Contrasted,
    DecidingCondition,
    Parting,
    PartingOutcome,
    PathSide,
    SideHop,
    Touchpoint,
)
from tracer.model.source import (
    Anchor,
    AnchorKind,
    Callee,
    FunctionId,
    is_function,
    path_of,
    qualname_of,
)
from tracer.paths import GraphView, forward_cone, shortest_chain, view_of
from tracer.plan.names import name_stems
from tracer.plan.scope import Scope
from tracer.plan.sides import Side, find_side, split_question
from tracer.static import flat
from tracer.static.flows.index import FlowIndex
from tracer.static.program import map_arguments
from tracer.static.values import Ref
from tracer.tables.words import Words, any_word_matches

MOST_PARTINGS = 3
_MOST_TOUCHPOINTS = 12
_MOST_ONLY = 12
_MOST_CONDITIONS = 20
_MOST_PLACES = 6
_WORD = re.compile(r"[A-Za-z_]\w{3,}")


@dataclass(frozen=True, slots=True)
class _Goal:
    function: FunctionId
    why: str
    places: tuple[Anchor, ...] = ()


def contrast_sides(
    brief: Brief, scope: Scope, graph: CallGraph, index: FlowIndex, words: Words
) -> Contrasted:
    """Set the two sides of the question beside each other.

    A question that names one side only has no partings, and its conditions all the same.
    """
    view = view_of(graph)
    first, second = split_question(brief.question, words)
    goals = _goals(brief, scope, index, words)
    conditions = _conditions(brief, scope, graph, goals, words)
    if not second:
        text = "the question names one path: no word in it sets another against it"
        return Contrasted(conditions=conditions, unknown=(text,))
    targets = [goal.function for goal in goals]
    a = find_side(first, second, brief, graph, view, targets, words)
    b = find_side(second, first, brief, graph, view, targets, words)
    unknown = [f"which function stands for “{side.words}”" for side in (a, b) if not side.entries]
    if unknown:
        return Contrasted(conditions=conditions, unknown=tuple(unknown))
    sites = _sites(graph)
    partings = [
        parting
        for goal in goals
        if (parting := _parting(goal, a, b, view, sites, index)) is not None
    ]
    if any_word_matches(words.missing, brief.question):
        partings = [replace(parting, is_premise=True) for parting in partings]
    partings.sort(key=lambda each: each.outcome is PartingOutcome.NEITHER)
    touching = partings[0] if partings else None
    entry_a = touching.a.entry if touching else a.entries[0][0]
    entry_b = touching.b.entry if touching else b.entries[0][0]
    if entry_a == entry_b:
        text = "both sides begin in the same function: what differs is a condition or a value"
        return Contrasted(tuple(partings[:MOST_PARTINGS]), conditions=conditions, unknown=(text,))
    touchpoints, only_a, only_b = _touchpoints(entry_a, entry_b, graph, index)
    return Contrasted(
        tuple(partings[:MOST_PARTINGS]),
        touchpoints[:_MOST_TOUCHPOINTS],
        only_a[:_MOST_ONLY],
        only_b[:_MOST_ONLY],
        conditions,
    )


# What both sides lead to, or only one


def _goals(brief: Brief, scope: Scope, index: FlowIndex, words: Words) -> list[_Goal]:
    """Functions that hold a value which the question names; else those that it names itself."""
    stop = {*words.stop, *(word for _, weights in words.shapes for word, _ in weights)}
    asked = [
        word for word in dict.fromkeys(_WORD.findall(brief.question)) if word.lower() not in stop
    ]
    near = {*scope.functions, *scope.named}
    files = {path_of(function) for function in near}
    found: list[tuple[int, FunctionId, _Goal]] = []
    for ref in index.program.refs():
        function = index.program.id(ref)
        if not index.is_function(ref) or path_of(function) not in files:
            continue
        if not words.ships(path_of(function)):
            continue
        places = {word: _places_of(index, ref, word) for word in asked}
        held = {word: at for word, at in places.items() if at}
        if held:
            told = ", ".join(f"`{word}`" for word in held)
            anchors = tuple(anchor for at in held.values() for anchor in at)[:_MOST_PLACES]
            rank = -len(held) * 100 - len(anchors) - 50 * (function in near)
            found.append((rank, function, _Goal(function, f"binds {told}", anchors)))
    found.sort(key=lambda item: item[:2])
    goals = [goal for _, _, goal in found] or [
        _Goal(each, "is what the question speaks of") for each in scope.named
    ]
    return goals[: 4 * MOST_PARTINGS]


def _places_of(index: FlowIndex, ref: Ref, name: str) -> tuple[Anchor, ...]:
    scope = index.program.flat(ref)
    path = index.program.paths[ref[0]]
    return tuple(
        Anchor(path, line, symbol=name, quote=index.line(ref, line))
        for number in index.program.bindings(ref, name)
        if (line := scope.bindings[number][3])
        and scope.nodes[scope.bindings[number][1]][0] not in (flat.PARAMETER, flat.NARROW)
    )


def _parting(
    goal: _Goal,
    a: Side,
    b: Side,
    view: GraphView,
    sites: Mapping[tuple[FunctionId, Callee], Sequence[Resolution]],
    index: FlowIndex,
) -> Parting | None:
    sides = [_way(side, goal.function, view, sites) for side in (a, b)]
    side_a, side_b = (found[0] for found in sides)
    reaches_a, reaches_b = (found[1] for found in sides)
    if goal.function in (side_a.entry, side_b.entry):
        return None
    outcome = {
        (True, True): PartingOutcome.BOTH,
        (True, False): PartingOutcome.ONLY_A,
        (False, True): PartingOutcome.ONLY_B,
        (False, False): PartingOutcome.NEITHER,
    }[reaches_a, reaches_b]
    if outcome is not PartingOutcome.BOTH:
        return Parting(goal.function, goal.why, side_a, side_b, outcome, places=goal.places)
    count = 0
    while (
        count < min(len(side_a.hops), len(side_b.hops))
        and side_a.hops[-1 - count] == side_b.hops[-1 - count]
    ):
        count += 1
    shared = side_a.hops[len(side_a.hops) - count :]
    own_a, own_b = (side.hops[: len(side.hops) - count] for side in (side_a, side_b))
    meets_in = shared[0].caller if shared else goal.function
    pairs: tuple[ArgumentPair, ...] = ()
    if own_a and own_b:
        pairs = _pairs(meets_in, own_a[-1], own_b[-1], index)
    return Parting(
        goal.function, goal.why, side_a, side_b, outcome, meets_in, shared, pairs, goal.places
    )


def _way(
    side: Side,
    goal: FunctionId,
    view: GraphView,
    sites: Mapping[tuple[FunctionId, Callee], Sequence[Resolution]],
) -> tuple[PathSide, bool]:
    """The way of the first entry that leads there; else of the first entry, that it does not."""
    for entry, why in side.entries:
        hops = shortest_chain(view, entry, goal)
        if hops is None:
            hops = shortest_chain(view, entry, goal, with_imports=True)
        if hops is not None:
            told = tuple(_freest(hop, sites) for hop in hops)
            return PathSide(side.words, entry, why, told), True
    entry, why = side.entries[0]
    reached = forward_cone(view, (entry,), with_imports=True)
    count = sum(view.open_sites.get(function, 0) for function in reached)
    return PathSide(side.words, entry, why, open_sites=count), False


def _sites(graph: CallGraph) -> Mapping[tuple[FunctionId, Callee], Sequence[Resolution]]:
    found: dict[tuple[FunctionId, Callee], list[Resolution]] = {}
    for resolution in graph.resolutions:
        if not resolution.site.is_unreachable:
            for callee in resolution.callees:
                found.setdefault((resolution.site.caller, callee), []).append(resolution)
    return found


def _freest(
    hop: ChainHop, sites: Mapping[tuple[FunctionId, Callee], Sequence[Resolution]]
) -> SideHop:
    """Of several calls of the pair the one under the fewest conditions, the first of those."""
    found = [each.site for each in sites.get((hop.caller, hop.callee), ())]
    if not found:
        return SideHop(hop.caller, hop.callee, hop.line)
    site = min(
        found,
        key=lambda each: (
            sum(not guard.is_early_exit for guard in each.guards),
            len(each.guards),
            each.span,
        ),
    )
    return SideHop(hop.caller, hop.callee, site.span.line, site.guards)


def _pairs(
    callee: FunctionId, a: SideHop, b: SideHop, index: FlowIndex
) -> tuple[ArgumentPair, ...]:
    given = [_given(hop, callee, index) for hop in (a, b)]
    return tuple(
        ArgumentPair(name, given[0].get(name, ""), given[1].get(name, ""))
        for name in dict.fromkeys((*given[0], *given[1]))
    )


def _given(hop: SideHop, callee: FunctionId, index: FlowIndex) -> dict[str, str]:
    """What a call gives for each parameter, as written; keywords that fit none by their names."""
    program = index.program
    for ref, callers in index.callers.items():
        if program.id(ref) != callee:
            continue
        for caller, site, is_bound in callers:
            read = program.scope(caller).sites[site]
            if program.id(caller) != hop.caller or read.span.line != hop.line:
                continue
            scope = program.scope(ref)
            pairs = map_arguments(scope, read, is_bound)
            told = {
                scope.parameters[parameter].name: index.at(caller, read.arguments[number].span)
                for parameter, number in pairs
            }
            for number, argument in enumerate(read.arguments):
                if argument.name and number not in {n for _, n in pairs}:
                    told[argument.name] = index.at(caller, argument.span)
            return told
    return {}


# What both call themselves


def _touchpoints(
    a: FunctionId, b: FunctionId, graph: CallGraph, index: FlowIndex
) -> tuple[tuple[Touchpoint, ...], tuple[Anchor, ...], tuple[Anchor, ...]]:
    """What both entries call themselves, those first that are given other things."""
    calls_a, calls_b = (_calls_of(each, graph) for each in (a, b))
    found: list[Touchpoint] = []
    for callee in calls_a:
        if callee not in calls_b or not is_function(callee):
            continue
        hops = [SideHop(e, callee, c[callee]) for e, c in ((a, calls_a), (b, calls_b))]
        anchors = [_call_anchor(hop) for hop in hops]
        pairs = _pairs(callee, hops[0], hops[1], index)
        found.append(Touchpoint(callee, anchors[0], anchors[1], pairs))
    found.sort(key=lambda each: all(pair.is_same for pair in each.arguments))
    only = [
        tuple(
            Anchor(path_of(entry), line, symbol=_short(callee), kind=AnchorKind.CALL)
            for callee, line in own.items()
            if callee not in others
        )
        for entry, own, others in ((a, calls_a, calls_b), (b, calls_b, calls_a))
    ]
    return tuple(found), only[0], only[1]


def _calls_of(function: FunctionId, graph: CallGraph) -> dict[Callee, int]:
    found: dict[Callee, int] = {}
    for resolution in graph.resolutions:
        site = resolution.site
        if site.caller == function and site.kind is SiteKind.CALL and not site.is_unreachable:
            for callee in resolution.callees:
                found.setdefault(callee, site.span.line)
    return found


def _call_anchor(hop: SideHop) -> Anchor:
    return Anchor(
        path_of(hop.caller), hop.line, symbol=qualname_of(hop.caller), kind=AnchorKind.CALL
    )


def _short(callee: Callee) -> str:
    return qualname_of(callee) if is_function(callee) else callee


# Conditions that speak of what the question speaks of


def _conditions(
    brief: Brief, scope: Scope, graph: CallGraph, goals: Sequence[_Goal], words: Words
) -> tuple[DecidingCondition, ...]:
    stop = frozenset().union(
        *(name_stems(word) for word in words.stop),
        *(name_stems(word) for _, weights in words.shapes for word, _ in weights),
    )
    asked = name_stems(" ".join((brief.question, *brief.scope_hints, brief.roi_hint))) - stop
    asked = frozenset(stem for stem in asked if len(stem) > 2 and not stem.isdigit())
    near = _near_functions(brief, scope, graph, goals, words)
    decided: dict[tuple[FunctionId, Guard], list[Anchor]] = {}
    for resolution in graph.resolutions:
        site = resolution.site
        if site.caller in near and site.kind is SiteKind.CALL and not site.is_unreachable:
            for guard in site.guards:
                decided.setdefault((site.caller, guard), []).append(
                    Anchor(site.path, site.span.line, symbol=site.text, kind=AnchorKind.CALL)
                )
    decided = _merged(decided)
    shared = {key: asked & name_stems(key[1].text) for key in decided}
    times = Counter(stem for stems in shared.values() for stem in stems)
    found = [
        DecidingCondition(
            function,
            guard,
            tuple(sorted(shared[function, guard])),
            tuple(dict.fromkeys(anchors))[:_MOST_PLACES],
        )
        for (function, guard), anchors in decided.items()
        if shared[function, guard]
    ]
    holding = {goal.function for goal in goals if goal.places}
    in_question = name_stems(brief.question)
    found.sort(
        key=lambda each: (
            each.function not in holding,
            _only_refuses(each),
            # A hint is a guess of where to look; the question says what differs.
            -sum(1 / times[word] for word in each.words if word in in_question),
            -sum(1 / times[word] for word in each.words),
            each.function,
            each.guard.line,
            each.guard.kind,
        )
    )
    return tuple(found[:_MOST_CONDITIONS])


def _merged(
    decided: Mapping[tuple[FunctionId, Guard], Sequence[Anchor]],
) -> dict[tuple[FunctionId, Guard], list[Anchor]]:
    """One entry for each condition: what stands after an early exit hangs on that exit's own
    condition, and so does the `else` branch."""
    first: dict[tuple[FunctionId, int], tuple[FunctionId, Guard]] = {}
    found: dict[tuple[FunctionId, Guard], list[Anchor]] = {}
    ordered = sorted(
        decided.items(),
        key=lambda item: (item[0][0], item[0][1].line, _KINDS.index(item[0][1].kind)),
    )
    for (function, guard), anchors in ordered:
        key = first.setdefault((function, guard.line), (function, guard))
        found.setdefault(key, []).extend(anchors)
    return found


_KINDS = [*(kind for kind in GuardKind if kind is not GuardKind.ELSE), GuardKind.ELSE]


def _only_refuses(found: DecidingCondition) -> bool:
    """Whether nothing but errors stand under a condition."""
    return all(each.symbol.endswith(("Error", "Exception")) for each in found.decides)


def _near_functions(
    brief: Brief, scope: Scope, graph: CallGraph, goals: Iterable[_Goal], words: Words
) -> frozenset[FunctionId]:
    """Where conditions are looked for: in what the project ships of the answer, and in the brief's
    namespaces."""
    found = {*scope.functions, *(goal.function for goal in goals)}
    for function in graph.functions:
        if any(f"{function.module}.".startswith(f"{name}.") for name in brief.namespaces):
            found.add(function.id)
    shipped = frozenset(each for each in found if words.ships(path_of(each)))
    return shipped or frozenset(found)
