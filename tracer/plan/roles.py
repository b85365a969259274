"""Who is selected, and why: what the brief names, drivers of it, else who comes nearest."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.evidence import Candidate, Signal
from tracer.model.source import MODULE_QUALNAME, FunctionId, path_of, qualname_of
from tracer.paths import backward_cone, drivers_of, forward_cone
from tracer.plan.choice import (
    MOST_CANDIDATES,
    Choice,
    Roles,
    kinds_below,
    score_of,
    side_of,
    signals_of,
    word_candidates,
)
from tracer.plan.names import name_stems
from tracer.plan.signals import sink_signal, word_signal

MOST_DRIVERS = 6
_MOST_BESIDE = 3  # functions in or near a code anchor that a selected driver calls
_MOST_OF_MODULE = 2  # entry points of a named module
_MOST_OF_CLASS = 3  # methods of a class that the question names, where it names none of them
_MOST_SPELLERS = 4
_MOST_BY_WORDS = 5  # where nothing is named, the best that share words
_DRIVES = 4.0
_PER_CORE_CALL = 1.0
_MOST_CORE_CALLS = 4


def choose_roles(choice: Choice) -> Roles:
    """Who is selected, and in which role."""
    clues = choice.clues
    roles: dict[FunctionId, str] = {}
    extra: dict[FunctionId, list[Signal]] = {}
    goals = list(choice.production((*clues.named, *clues.hinted)))
    if not goals:  # a question that names only a test means it
        goals = [function for function in clues.named if choice.is_listed(function)]
    for function in goals:
        side = side_of(choice, function)
        roles[function] = f"named by the brief{side}"
    if not goals:
        for function in _best_spellers(choice):
            roles[function] = f"spells a name of the question{side_of(choice, function)}"
            goals.append(function)
    for name, methods in clues.classes:
        if frozenset(goals) & frozenset(methods):
            continue  # the question says which of them it means
        for function in _class_entries(choice, name, methods):
            roles[function] = f"of `{name}`, named by the brief{side_of(choice, function)}"
            goals.append(function)
    for name, functions in clues.modules:
        for function in _module_entries(choice, functions):
            roles.setdefault(function, f"an entry point of `{name}`{side_of(choice, function)}")
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
    for driver in drivers[:MOST_DRIVERS]:
        roles.setdefault(driver, _drives(choice, driver, goals))
    _add_beside(choice, drivers[:MOST_DRIVERS], roles)
    signals = {function: tuple(found) for function, found in extra.items()}
    return Roles(roles, tuple(dict.fromkeys(goals)), asked, drivers, signals)


def list_candidates(choice: Choice, roles: Roles) -> tuple[Candidate, ...]:
    """Candidates for entry points, best first."""
    functions = {*choice.clues.core, *roles.of, *roles.drivers}
    if len(functions) < MOST_CANDIDATES:
        functions.update(word_candidates(choice))
    found = []
    for function in functions:
        if not choice.is_listed(function):
            continue
        signals = signals_of(choice, function, roles.extra.get(function, ()))
        found.append(
            Candidate(
                function=function,
                score=score_of(signals),
                signals=signals,
                is_selected=function in roles.of,
                role=roles.of.get(function, ""),
            )
        )
    return tuple(sorted(found, key=lambda c: (-c.score, not c.is_selected, c.function)))


def _drivers(
    choice: Choice, goals: Sequence[FunctionId], extra: dict[FunctionId, list[Signal]]
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
    ranked = {
        driver: score_of(signals_of(choice, driver, extra.get(driver, ()))) for driver in found
    }
    return tuple(sorted(found, key=lambda driver: (-ranked[driver], driver)))


def _drives(choice: Choice, driver: FunctionId, goals: Sequence[FunctionId]) -> str:
    below = forward_cone(choice.view, (driver,))
    reached = sorted((below[goal], goal) for goal in goals if goal in below)
    names = dict.fromkeys(f"`{qualname_of(goal)}`" for _, goal in reached)
    return f"drives {', '.join(list(names)[:3])}"


def _add_beside(
    choice: Choice,
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


def _best_spellers(choice: Choice) -> list[FunctionId]:
    """Those that spell the name and lead to what touches such a file; all where none do."""
    spellers = choice.production(choice.clues.spelling)
    wanted = choice.relevance.file_kinds or choice.relevance.kinds
    acting = [function for function in spellers if kinds_below(choice, function) & wanted]
    ranked = sorted(acting or spellers, key=lambda f: (-score_of(signals_of(choice, f, ())), f))
    return ranked[:_MOST_SPELLERS]


def _best_by_words(choice: Choice) -> list[FunctionId]:
    """Most words shared first; among equals, what leads to most effects that may answer.

    What stands in the brief's namespaces comes before all else.
    """
    found: list[tuple[bool, float, float, FunctionId]] = []
    for function in choice.production(word_candidates(choice)):
        shared = word_signal(choice.index[function], choice.asked)
        if shared is not None:
            module = choice.index[function].module
            is_in = any(f"{module}.".startswith(f"{name}.") for name in choice.namespaces)
            score = score_of(signals_of(choice, function, ()))
            found.append((not is_in, -shared.weight, -score, function))
    return [function for *_, function in sorted(found)[:_MOST_BY_WORDS]]


def _module_entries(choice: Choice, functions: Sequence[FunctionId]) -> list[FunctionId]:
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
    ranked = sorted(tops, key=lambda f: (-score_of(signals_of(choice, f, ())), f))
    return ranked[:_MOST_OF_MODULE]


def _class_entries(choice: Choice, name: str, methods: Sequence[FunctionId]) -> list[FunctionId]:
    """The methods whose own names share a word with the rest of the question, else what makes an
    instance: whoever calls that is where the class comes in."""
    asked = choice.asked - name_stems(name)
    own = choice.production(methods)
    shared: list[tuple[int, float, FunctionId]] = []
    for method in own:
        count = len(asked & name_stems(qualname_of(method).rpartition(".")[2]))
        if count:
            shared.append((-count, -score_of(signals_of(choice, method, ())), method))
    if shared:
        return [method for *_, method in sorted(shared)[:_MOST_OF_CLASS]]
    return [method for method in own if qualname_of(method).endswith(".__init__")][:1]
