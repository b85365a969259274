"""Which part of the graph answers a brief: where to start, which effects count, what lies between.

The answer starts from what the brief points at (by name, place or spelling), goes up to whoever
drives it and down to the effects that answer the question. Whatever a limit cuts off is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.model.brief import Brief
from tracer.model.evidence import Candidate, Chain, ChainHop, CheckedAnchor, Signal
from tracer.model.graph import CallGraph, Effect, EffectKind
from tracer.model.source import (
    MODULE_QUALNAME,
    Function,
    FunctionId,
    FunctionKind,
    is_function,
    path_of,
    qualname_of,
)
from tracer.paths import (
    GraphView,
    backward_cone,
    drivers_of,
    effect_chains,
    forward_cone,
    view_of,
)
from tracer.plan.names import name_stems
from tracer.plan.overloads import without_overloads
from tracer.plan.relevance import Relevance, effects_by_function, relevance_of
from tracer.plan.signals import Clues, asked_stems, find_clues, sink_signal, word_signal
from tracer.static.sources import SourceTree
from tracer.tables.words import Words, load_words

MOST_FUNCTIONS = 150
MOST_CANDIDATES = 20
MOST_CHAINS = 60
_MOST_CALLERS = 6  # of named functions, as entry points; all of them are shown
_MOST_DRIVERS = 6
_MOST_BESIDE = 3  # functions in or near a code anchor that a selected driver calls
_MOST_OF_MODULE = 2  # entry points of a named module
_MOST_OF_CLASS = 3  # methods of a class that the question names, where it names none of them
_MOST_SPELLERS = 4
_MOST_BY_WORDS = 5  # where nothing is named, the best that share words
_MOST_WORD_CANDIDATES = 200
_LEAST_FOR_CHAIN = 1.5  # weight of an effect
_REPEATED = 2.0  # up to this weight, one chain stands for a function's repeated operation
_ANCHORED_HOPS = 10  # by which what an anchor alone points at comes after what is named
_DRIVES = 4.0
_PER_CORE_CALL = 1.0
_MOST_CORE_CALLS = 4


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
    choice = _Choice(
        view=view,
        index=graph.function_index(),
        effects=effects_by_function(graph),
        relevance=relevance,
        clues=find_clues(brief, graph, tree, checked_anchors, relevance),
        asked=asked_stems(brief, relevance),
        namespaces=brief.namespaces,
    )
    roles = _roles(choice)
    candidates = _candidates(choice, roles)
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
        limits=_limits(choice, roles, len(candidates), (all_chains, len(chains)), wanted, kept),
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """What every step of the choice looks at."""

    view: GraphView
    index: Mapping[FunctionId, Function]
    effects: Mapping[FunctionId, tuple[Effect, ...]]
    relevance: Relevance
    clues: Clues
    asked: frozenset[str]  # stems of the question's words
    namespaces: tuple[str, ...] = ()  # that the brief gives

    def is_production(self, function: FunctionId) -> bool:
        """Whether a function is code that the project ships, runs, or shows."""
        role = self.relevance.folder_role(function)
        return role is None or role.role not in ("tests", "archived", "vendored")

    def is_listed(self, function: FunctionId) -> bool:
        """Lambdas and class bodies are parts of what holds them."""
        known = self.index.get(function)
        return known is not None and known.kind not in (
            FunctionKind.LAMBDA,
            FunctionKind.CLASS_BODY,
        )

    def production(self, functions: Iterable[FunctionId]) -> tuple[FunctionId, ...]:
        return tuple(f for f in functions if self.is_production(f) and self.is_listed(f))

    def callers(self, function: FunctionId) -> tuple[FunctionId, ...]:
        return tuple(hop.caller for hop in self.view.callers.get(function, ()))

    def callees(self, function: FunctionId) -> tuple[FunctionId, ...]:
        hops = self.view.callees.get(function, ())
        return tuple(hop.callee for hop in hops if is_function(hop.callee))


@dataclass(frozen=True, slots=True)
class _Roles:
    """Why each selected function was selected, and what was passed over."""

    of: Mapping[FunctionId, str]  # in the order of selection
    goals: tuple[FunctionId, ...]  # what the question is about, in its order
    asked: tuple[FunctionId, ...]  # those that the brief names, and those that call them
    drivers: tuple[FunctionId, ...]  # all of them, best first; only the first are selected
    extra: Mapping[FunctionId, tuple[Signal, ...]]  # signals that come from the position


def _roles(choice: _Choice) -> _Roles:
    clues = choice.clues
    roles: dict[FunctionId, str] = {}
    extra: dict[FunctionId, list[Signal]] = {}
    goals = list(choice.production((*clues.named, *clues.hinted)))
    if not goals:  # a question that names only a test means it
        goals = [function for function in clues.named if choice.is_listed(function)]
    for function in goals:
        side = _side_of(choice, function)
        roles[function] = f"named by the brief{side}"
    if not goals:
        for function in _best_spellers(choice):
            roles[function] = f"spells a name of the question{_side_of(choice, function)}"
            goals.append(function)
    for name, methods in clues.classes:
        if frozenset(goals) & frozenset(methods):
            continue  # the question says which of them it means
        for function in _class_entries(choice, name, methods):
            roles[function] = f"of `{name}`, named by the brief{_side_of(choice, function)}"
            goals.append(function)
    for name, functions in clues.modules:
        for function in _module_entries(choice, functions):
            roles.setdefault(function, f"an entry point of `{name}`{_side_of(choice, function)}")
    if not goals and not roles:
        goals = list(_best_by_words(choice))
        roles.update(dict.fromkeys(goals, "its name shares most words with the question"))
    for goal in goals:
        for caller in choice.production(choice.callers(goal)):
            if caller in roles or qualname_of(caller) == MODULE_QUALNAME:
                continue
            if choice.production(choice.callers(caller)):
                roles[caller] = f"calls `{qualname_of(goal)}`"
                extra.setdefault(caller, []).append(Signal(f"calls `{qualname_of(goal)}`", _DRIVES))
    asked = tuple(roles)
    drivers = _drivers(choice, goals, extra)
    for driver in drivers[:_MOST_DRIVERS]:
        roles.setdefault(driver, _drives(choice, driver, goals))
    _add_beside(choice, drivers[:_MOST_DRIVERS], roles)
    signals = {function: tuple(found) for function, found in extra.items()}
    return _Roles(roles, tuple(dict.fromkeys(goals)), asked, drivers, signals)


def _drivers(
    choice: _Choice, goals: Sequence[FunctionId], extra: dict[FunctionId, list[Signal]]
) -> tuple[FunctionId, ...]:
    """Whoever drives the goals, best first: `main` rather than the module that calls it."""
    goal_set = frozenset(goals)
    core = frozenset(choice.clues.core)
    shipped = frozenset(
        function for function in choice.view.functions if choice.is_production(function)
    )
    tops = drivers_of(choice.view, goals, among=shipped)
    above = backward_cone(choice.view, goals)
    found: dict[FunctionId, int] = {}
    for top in tops:
        entries = [top]
        if qualname_of(top) == MODULE_QUALNAME:
            own = [f for f in choice.callees(top) if path_of(f) == path_of(top) and f in above]
            direct = any(callee in goal_set for callee in choice.callees(top))
            entries = own if own and not direct else entries
        for entry in entries:
            if entry not in goal_set and choice.is_listed(entry):
                found[entry] = above[entry]
    for driver, hops in found.items():
        beside = len(core & frozenset(choice.callees(driver)))
        signals = extra.setdefault(driver, [])
        signals.append(Signal(f"drives the named code, {hops} calls above it", _DRIVES / hops))
        if beside:
            calls = min(beside, _MOST_CORE_CALLS)
            signals.append(
                Signal(f"calls {beside} functions that the brief points at", _PER_CORE_CALL * calls)
            )
    ranked = {driver: _score(_signals(choice, driver, extra.get(driver, ()))) for driver in found}
    return tuple(sorted(found, key=lambda driver: (-ranked[driver], driver)))


def _drives(choice: _Choice, driver: FunctionId, goals: Sequence[FunctionId]) -> str:
    below = forward_cone(choice.view, (driver,))
    reached = sorted((below[goal], goal) for goal in goals if goal in below)
    names = dict.fromkeys(f"`{qualname_of(goal)}`" for _, goal in reached)
    return f"drives {', '.join(list(names)[:3])}"


def _add_beside(
    choice: _Choice,
    drivers: Sequence[FunctionId],
    roles: dict[FunctionId, str],
) -> None:
    """Functions in or near a code anchor that a driver calls: a reader takes them for part of the
    chain. Those with most of the run below them come first."""
    pools = (choice.clues.anchored, choice.clues.near)
    found: dict[FunctionId, FunctionId] = {}
    for driver in drivers:
        for callee in choice.production(choice.callees(driver)):
            if any(callee in pool for pool in pools) and callee not in roles:
                found.setdefault(callee, driver)
    ranked = sorted(found, key=lambda f: (-len(forward_cone(choice.view, (f,))), f))
    for function in ranked[:_MOST_BESIDE]:
        place = "in" if function in choice.clues.anchored else "in the file of"
        roles[function] = f"{place} a code anchor, called by `{found[function]}`"


def _best_spellers(choice: _Choice) -> list[FunctionId]:
    """Those that spell the name and lead to what touches such a file; all where none do."""
    spellers = choice.production(choice.clues.spelling)
    wanted = choice.relevance.file_kinds or choice.relevance.kinds
    acting = [function for function in spellers if _kinds_below(choice, function) & wanted]
    ranked = sorted(acting or spellers, key=lambda f: (-_score(_signals(choice, f, ())), f))
    return ranked[:_MOST_SPELLERS]


def _best_by_words(choice: _Choice) -> list[FunctionId]:
    """Most words shared first; among equals, what leads to most effects that may answer.

    What stands in the brief's namespaces comes before all else.
    """
    found: list[tuple[bool, float, float, FunctionId]] = []
    for function in choice.production(_word_candidates(choice)):
        shared = word_signal(choice.index[function], choice.asked)
        if shared is not None:
            module = choice.index[function].module
            is_in = any(f"{module}.".startswith(f"{name}.") for name in choice.namespaces)
            score = _score(_signals(choice, function, ()))
            found.append((not is_in, -shared.weight, -score, function))
    return [function for *_, function in sorted(found)[:_MOST_BY_WORDS]]


def _module_entries(choice: _Choice, functions: Sequence[FunctionId]) -> list[FunctionId]:
    """The functions of a module that none of its other functions calls, with effects below them."""
    own = frozenset(functions)
    tops = [
        function
        for function in choice.production(functions)
        if qualname_of(function) != MODULE_QUALNAME
        and not qualname_of(function).startswith("_")
        and not any(
            caller in own and qualname_of(caller) != MODULE_QUALNAME and caller != function
            for caller in choice.callers(function)
        )
        and sink_signal(function, choice.view, choice.effects, choice.relevance) is not None
    ]
    ranked = sorted(tops, key=lambda f: (-_score(_signals(choice, f, ())), f))
    return ranked[:_MOST_OF_MODULE]


def _class_entries(choice: _Choice, name: str, methods: Sequence[FunctionId]) -> list[FunctionId]:
    """The methods whose own names share a word with the rest of the question, else what makes an
    instance: whoever calls that is where the class comes in."""
    asked = choice.asked - name_stems(name)
    own = choice.production(methods)
    shared: list[tuple[int, float, FunctionId]] = []
    for method in own:
        count = len(asked & name_stems(qualname_of(method).rpartition(".")[2]))
        if count:
            shared.append((-count, -_score(_signals(choice, method, ())), method))
    if shared:
        return [method for *_, method in sorted(shared)[:_MOST_OF_CLASS]]
    return [method for method in own if qualname_of(method).endswith(".__init__")][:1]


def _candidates(choice: _Choice, roles: _Roles) -> tuple[Candidate, ...]:
    functions = {*choice.clues.core, *roles.of, *roles.drivers}
    if len(functions) < MOST_CANDIDATES:
        functions.update(_word_candidates(choice))
    found = []
    for function in functions:
        if not choice.is_listed(function):
            continue
        signals = _signals(choice, function, roles.extra.get(function, ()))
        found.append(
            Candidate(
                function=function,
                score=_score(signals),
                signals=signals,
                is_selected=function in roles.of,
                role=roles.of.get(function, ""),
            )
        )
    return tuple(sorted(found, key=lambda c: (-c.score, not c.is_selected, c.function)))


def _shown(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """All that are selected, and the best of the others up to the limit, best first."""
    places = MOST_CANDIDATES - sum(candidate.is_selected for candidate in candidates)
    shown: list[Candidate] = []
    for candidate in candidates:
        if candidate.is_selected or places > 0:
            shown.append(candidate)
            places -= not candidate.is_selected
    return tuple(shown)


def _word_candidates(choice: _Choice) -> tuple[FunctionId, ...]:
    """Functions whose name shares most words with the question."""
    found: list[tuple[float, FunctionId]] = []
    for function in choice.index.values():
        if choice.is_listed(function.id) and (signal := word_signal(function, choice.asked)):
            role = choice.relevance.folder_role(function.id)
            found.append((-signal.weight - (role.weight if role else 0), function.id))
    return tuple(function for _, function in sorted(found)[:_MOST_WORD_CANDIDATES])


def _signals(choice: _Choice, function: FunctionId, extra: Iterable[Signal]) -> tuple[Signal, ...]:
    """All signals of a function, strongest first."""
    found = [*choice.clues.signals.get(function, ()), *extra]
    shared = word_signal(choice.index[function], choice.asked)
    if shared is not None:
        found.append(shared)
    reach = sink_signal(function, choice.view, choice.effects, choice.relevance)
    if reach is not None:
        found.append(reach)
    role = choice.relevance.folder_role(function)
    if role is not None:
        found.append(Signal(f"stands among {role.role}", role.weight))
    return tuple(sorted(found, key=lambda signal: (-signal.weight, signal.name)))


def _score(signals: Iterable[Signal]) -> float:
    return round(sum(signal.weight for signal in signals), 2)


def _side_of(choice: _Choice, function: FunctionId) -> str:
    kinds = _kinds_below(choice, function)
    produces = bool(kinds & choice.relevance.words.produce)
    consumes = bool(kinds & choice.relevance.words.consume)
    match produces, consumes:
        case True, True:
            return "; leads to writing and reading"
        case True, False:
            return "; leads to writing"
        case False, True:
            return "; leads to reading"
        case _:
            return ""


def _kinds_below(choice: _Choice, function: FunctionId) -> frozenset[EffectKind]:
    return frozenset(
        effect.kind
        for reached in forward_cone(choice.view, (function,))
        for effect in choice.effects.get(reached, ())
        if choice.relevance.weight(effect) > 0
    )


def _sides(
    choice: _Choice, entry_points: Sequence[FunctionId]
) -> tuple[tuple[FunctionId, ...], tuple[FunctionId, ...]]:
    kinds = {entry: _kinds_below(choice, entry) for entry in entry_points}
    words = choice.relevance.words
    return (
        tuple(sorted(entry for entry, found in kinds.items() if found & words.produce)),
        tuple(sorted(entry for entry, found in kinds.items() if found & words.consume)),
    )


def _core_sinks(choice: _Choice, entry_points: Sequence[FunctionId]) -> tuple[Effect, ...]:
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
    choice: _Choice, entry_points: Sequence[FunctionId], sinks: Sequence[Effect]
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


def _is_below(choice: _Choice, entry: FunctionId, others: Sequence[FunctionId]) -> bool:
    above = backward_cone(choice.view, (entry,))
    return any(other in above for other in others if other != entry)


def _functions(
    choice: _Choice,
    entry_points: Sequence[FunctionId],
    roles: _Roles,
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


def _limits(
    choice: _Choice,
    roles: _Roles,
    candidates: int,
    chains: tuple[int, int],
    wanted: Collection[FunctionId],
    kept: Collection[FunctionId],
) -> tuple[str, ...]:
    said: list[str] = []
    for name in choice.clues.unknown_names:
        said.append(f"`{name}` of the question names nothing in the tree")
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
    if len(roles.drivers) > _MOST_DRIVERS:
        said.append(f"{_MOST_DRIVERS} of {len(roles.drivers)} drivers selected, by score")
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
