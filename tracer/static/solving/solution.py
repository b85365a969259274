"""The solution for a whole tree: phases from strong to weak evidence, each run to its end.

1. What definitions, types and values tell, with the objects that the tree itself makes.
2. Classes that nobody in the tree instantiates, since a user may.
3. Annotations of variables, fields and results for which nothing better was found.
4. Guesses, each in its own tier: families of classes that fit a parameter's use (`duck`), and the
   one class that has a method of a name (`name`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection
from typing import Any, cast

from tracer.model.graph import Tier
from tracer.static.flat import ATTR, NAME
from tracer.static.kinds import AccessKind
from tracer.static.program import Program
from tracer.static.solving.bound import WorkBound, allowed_work
from tracer.static.solving.calls import apply
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.guesses import guess_families, guess_names
from tracer.static.solving.implicit import await_, iterate, run_protocol
from tracer.static.solving.keys import constant_text, use_uncalled
from tracer.static.solving.linking import link
from tracer.static.solving.member_views import call_dunder
from tracer.static.solving.module_hooks import note_module_access
from tracer.static.solving.objects import NONE, Kind, Ref
from tracer.static.solving.terms import NO_ARGS, Origin
from tracer.tables.effects import EffectTable

_WEAK_ROUNDS = 3
ALL_TIERS = frozenset(Tier)


def solve_program(
    program: Program,
    table: EffectTable,
    library: Any,
    tiers: frozenset[Tier] = ALL_TIERS,
    entries: Collection[int] | None = None,
    context: Collection[int] = (),
    progress: Callable[[int], None] | None = None,
    most_work: int | None = None,
) -> Solver:
    """Solve for every variable of the program.

    Args:
        tiers: The guesses that are made at all; the tiers `definite`, `type` and `flow` always are.
        entries: Files of which every function counts as called by somebody; by default all. Other
            files are read as far as these reach into them.
        context: Files that are read like entries for the values they pass; nobody is thought to
            use their classes.
        progress: Called with the number of files whose code is linked.
        most_work: Where the solution begins to cut; by default it depends on the tree's size.
    """
    bound = WorkBound(allowed_work(program.summaries) if most_work is None else most_work)
    solver = Solver(program, table, library, bound)
    solver.apply = apply
    solver.iterate = iterate
    solver.awaited = await_
    solver.protocol = run_protocol
    solver.dunder = call_dunder
    solver.constant_text = constant_text
    _note_stores(solver)
    for file, summary in enumerate(program.summaries):
        if entries is None or file in entries or file in context:
            for index in range(len(summary.scopes)):
                solver.shared((file, index))
            _settle(solver)
        if progress is not None:
            progress(file + 1)
    solver.made = frozenset(solver.instantiated)
    solver.entries = frozenset(range(len(program.summaries)) if entries is None else entries)
    use_uncalled(solver)
    _complete(solver)
    _use_callables(solver)
    for _ in range(_WEAK_ROUNDS):
        if bound.is_stopped or not _weaken(solver):
            break
    if bound.is_stopped:
        solver.store.forget()
        return solver  # A guess is one only where all else is known.
    if Tier.DUCK in tiers:
        solver.phase = 1
        guess_families(solver)
        _settle(solver)
        _complete(solver)
    if Tier.NAME in tiers:
        solver.phase = 2
        guess_names(solver)
        _settle(solver)
        _complete(solver)
    solver.store.close()
    return solver


def _settle(solver: Solver) -> None:
    """Link what waits and hand on what is new, until neither is left or the work bound is hit."""
    bound = solver.bound
    while not bound.is_stopped:
        while solver.waiting:
            link(solver, solver.waiting.popleft())
        if not solver.store.run():
            bound.hit()
            solver.store.narrow()
        elif not solver.waiting:
            return


def _complete(solver: Solver) -> None:
    """Instantiate every class that has no instantiated class at or below it."""
    definitions = solver.definitions
    for cls in solver.program.classes:
        if cls in solver.instantiated or cls[0] not in solver.entries:
            continue
        if any(below in solver.instantiated for below in definitions.subclasses(cls)):
            continue
        solver.instantiate(cls)
    _settle(solver)


def _use_callables(solver: Solver) -> None:
    """Let somebody call every callable object and every wrapper that stands for a definition.

    A library's decorated functions are called by its users, though nothing in the tree may; and so
    is what functions give that nobody in the tree calls, such as the decorator of a factory.
    """
    done = 0
    while done < len(solver.born):
        for value in list(solver.born)[done:]:
            done += 1
            ref = solver.all[value].a
            if ref[0] in solver.entries:  # type: ignore[index]
                nowhere: Origin = (ref, "nowhere", value)  # type: ignore[assignment]
                solver.apply(solver, None, nowhere, value, NO_ARGS, solver.store.variable())
        _settle(solver)
    for value in list(solver.wraps):
        _use_function(solver, value)
    _settle(solver)
    for code in tuple(solver.codes):
        if (
            not code.is_called
            and solver.is_shared(code)
            and code.ref[0] in solver.entries
            and not solver.has_codes_apart(code.ref)
        ):
            for value in tuple(solver.store.sets[code.returned] or ()):
                _use_function(solver, value)
    _settle(solver)


def _use_function(solver: Solver, value: int) -> None:
    """Let somebody call a function that was made for one call: nothing but its code is read."""
    item = solver.all[value]
    if item.kind is Kind.FUNCTION:
        solver.inner(item.a, solver.parent_of(value))  # type: ignore[arg-type]


def _weaken(solver: Solver) -> bool:
    """Let weak evidence speak where nothing else did; answer whether there was any."""
    weak, solver.weak = solver.weak, []
    nothing: tuple[set[int] | None, ...] = (None, {NONE})
    empty = [(variable, act) for variable, act in weak if solver.store.sets[variable] in nothing]
    for _, act in empty:
        act()
    _settle(solver)
    _complete(solver)
    return bool(empty) or bool(solver.weak)


def _note_stores(solver: Solver) -> None:
    """Which names are stored on objects and classes at all, so that look-ups can be cut short."""
    program = solver.program
    stored: set[str] = set()
    for file, summary in enumerate(program.summaries):
        for index, scope in enumerate(summary.scopes):
            for access in scope.accesses:
                is_stored = access[0] == AccessKind.SET_ATTRIBUTE.value
                if not is_stored and access[0] != AccessKind.DELETE_ATTRIBUTE.value:
                    continue
                node = scope.nodes[access[1]]
                ref: Ref = (file, index)
                number = 0
                if node[0] in (NAME, ATTR):
                    number = solver.definitions.node(ref, access[1])
                item = solver.all[number]
                if number and item.kind is Kind.MODULE:
                    note_module_access(solver, ref, access, cast(str, item.a))
                if not is_stored:
                    continue
                stored.add(access[2])
                if (
                    scope.kind == "method"
                    and scope.parameters
                    and (node[0] == NAME and node[1] == scope.parameters[0][0])
                ):
                    solver.stored_fields.add(((file, scope.parent), access[2]))
                if number and item.kind is Kind.CLASS:
                    solver.patched.add((item.a, access[2]))  # type: ignore[arg-type]
    solver.stored_names = frozenset(stored)


__all__ = ["Code", "gc", "solve_program"]
