"""What every call site may run, in the words that readers of effects and layouts use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import cast

from tracer.model.graph import Tier
from tracer.static.flat import unpack_span
from tracer.static.outside.library import Library
from tracer.static.program import Program
from tracer.static.solving.callees import Callees, ImplicitCall
from tracer.static.solving.definitions import Definitions
from tracer.static.solving.engine import Solver
from tracer.static.solving.explaining import Explainer
from tracer.static.solving.implicit_callees import implicit_calls
from tracer.static.solving.objects import Kind, Object, Ref
from tracer.static.solving.rebound import Rebound
from tracer.static.solving.recoding import Recoded
from tracer.static.solving.site_callees import callees_of, guessed_callees
from tracer.static.solving.solution import solve_program
from tracer.static.summary import Expr, ImportedModule, ImportedName
from tracer.static.values import (
    NONE,
    ClassValue,
    External,
    ExternalInstance,
    ExternalMethod,
    FunctionValue,
    Instance,
    ModuleValue,
    Rank,
    Value,
    Values,
)
from tracer.tables.effects import EffectTable

SiteKey = tuple[Ref, int]
DEFAULT_TIERS = frozenset((Tier.DEFINITE, Tier.TYPE, Tier.FLOW))


class Evaluator:
    """Answers what an expression may be, from the finished solution."""

    def __init__(self, program: Program, solver: Solver, explainer: Explainer) -> None:
        self.program = program
        self._solver = solver
        self._explainer = explainer
        self.definitions: Definitions = solver.definitions

    def forget(self) -> None:
        """Free what was solved."""
        vars(self._solver).clear()

    def value(self, ref: Ref, expr: Expr) -> Values:
        """What the expression of the scope may be."""
        node = self.program.view(ref).node_of.get(id(expr))
        if node is None:
            return self._imported(ref, expr)
        items = [
            value
            for item in self._explainer.objects(ref, node)
            if (value := self._as_value(item)) is not None
        ]
        return Values(
            tuple(dict.fromkeys(items)),
            self._explainer.rank(ref, node),
            self._explainer.why_open(ref, node),
        )

    def defined(self, ref: Ref, node: int) -> Value | None:
        """What a node is by imports and definitions alone."""
        number = self.definitions.node(ref, node)
        return self._as_value(self._solver.all[number]) if number else None

    def order(self, ref: Ref) -> tuple[Ref | str, ...]:
        """The method resolution order; external bases by dotted name, `?` for unknown ones."""
        return self.definitions.order(ref)

    def roles(self, ref: Ref) -> frozenset[str]:
        """`static`, `class`, `property`, `context`, `abstract`, `dataclass`: from decorators."""
        return self.definitions.roles(ref)

    def _imported(self, ref: Ref, expr: Expr) -> Values:
        number = 0
        match expr:
            case ImportedName():
                number = self.definitions.imported_name(ref[0], expr.level, expr.module, expr.name)
            case ImportedModule():
                number = self.definitions.imported_module(ref[0], expr.dotted, expr.is_whole)
        value = self._as_value(self._solver.all[number]) if number else None
        return NONE if value is None else Values((value,), Rank.DEFINITE)

    def _as_value(self, item: Object) -> Value | None:
        match item.kind:
            case Kind.MODULE:
                return ModuleValue(cast(str, item.a))
            case Kind.FUNCTION:
                return FunctionValue(cast(Ref, item.a))
            case Kind.BOUND:
                inner = self._as_value(self._solver.all[cast(int, item.a)])
                receiver = self._as_value(self._solver.all[cast(int, item.b)])
                if isinstance(inner, FunctionValue):
                    return FunctionValue(inner.ref, receiver)
                return inner
            case Kind.CLASS:
                return ClassValue(cast(Ref, item.a), cast(bool, item.b))
            case Kind.INSTANCE:
                return Instance(cast(Ref, item.a), cast(bool, item.b))
            case Kind.EXTERNAL:
                return External(cast(str, item.a))
            case Kind.FOREIGN:
                return ExternalInstance(cast(str, item.a))
            case Kind.STRING:
                return ExternalInstance("builtins.str")
            case Kind.METHOD:
                receiver = self._as_value(self._solver.all[cast(int, item.a)])
                if isinstance(receiver, ExternalInstance):
                    return ExternalMethod(receiver, cast(str, item.b))
            case Kind.GENERATOR:
                return ExternalInstance("builtins.generator")
            case Kind.COROUTINE:
                return ExternalInstance("builtins.coroutine")
        return None


@dataclass(frozen=True, slots=True)
class Solution:
    """The callees of every site that is one; and who was asked, for further questions."""

    program: Program
    evaluator: Evaluator
    callees: Mapping[SiteKey, Callees]
    implicit: tuple[ImplicitCall, ...] = ()
    guessed: tuple[tuple[SiteKey, Callees], ...] = ()  # of sites, in the tiers of guesses
    limits: tuple[str, ...] = ()  # what kept callees from being found, other than the sources

    def forget(self) -> None:
        """Free what was solved, once nobody will ask: its parts hold one another."""
        self.evaluator.forget()


def solve(
    program: Program,
    table: EffectTable,
    progress: Callable[[int, int], None] | None = None,
    library: Library | None = None,
    tiers: frozenset[Tier] = DEFAULT_TIERS,
    entries: Collection[int] | None = None,
    context: Collection[int] = (),
    most_work: int | None = None,
    shown: Collection[int] | None = None,
) -> Solution:
    """Resolve every site of the program.

    Args:
        progress: Called with (files done in both passes, twice the number of files).
        tiers: Guesses are made only where their tier is among these.
        entries: Files whose functions count as called by somebody; by default all.
        context: Files that are read for the values they pass.
        most_work: See `solve_program`.
        shown: Files whose sites somebody asks about; by default all. What stands for the others
            is not read off the solution.
    """
    files = len(program.paths)
    asked = frozenset(range(files) if shown is None else shown)

    def linked(done: int) -> None:
        if progress is not None:
            progress(done, 2 * files)

    library = library or Library()
    solver = solve_program(program, table, library, tiers, entries, context, linked, most_work)
    explainer = Explainer(solver)
    recoded = Recoded(solver, explainer)
    rebound = Rebound(solver, explainer)
    callees: dict[SiteKey, Callees] = {}
    guessed: list[tuple[SiteKey, Callees]] = []
    for file in range(files):
        for index, scope in enumerate(program.summaries[file].scopes if file in asked else ()):
            ref = (file, index)
            for number, site in enumerate(scope.sites):
                found = callees_of(solver, explainer, recoded, rebound, ref, number, site)
                if found is not None:
                    callees[ref, number] = found
                for guess in guessed_callees(solver, explainer, recoded, ref, number, site):
                    guessed.append(((ref, number), guess))
        if progress is not None:
            progress(files + file + 1, 2 * files)
    evaluator = Evaluator(program, solver, explainer)
    implicit = tuple(
        call
        for call in implicit_calls(solver, explainer, asked)
        if call.callees.guess is None or call.callees.guess in tiers
    )
    allowed = tuple(guess for guess in guessed if guess[1].guess in tiers or guess[1].is_wide)
    library.save()
    return Solution(program, evaluator, callees, implicit, allowed, solver.bound.words())


__all__ = ["Callees", "Evaluator", "ImplicitCall", "Solution", "solve", "unpack_span"]
