"""What reading effects needs: a solved program, its texts, and what was noted for callers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.graph import EffectKind
from tracer.model.source import FunctionKind, Span
from tracer.static.excerpts import Excerpts
from tracer.static.quoting import quote
from tracer.static.solver import Solution
from tracer.static.state import Places
from tracer.static.summary import Argument, Constant, Either, Expr, Name, Site
from tracer.static.values import Ref
from tracer.tables.effects import ArgumentRef, EffectRule, EffectTable

TEXT_LIMIT = 100
_LONGEST_ALIAS = 4  # names and choices that stand for a key


@dataclass(frozen=True, slots=True)
class KeyedAccess:
    """A function that reads or writes a place under a key which its caller gives."""

    place: str
    parameter: int
    kind: EffectKind


@dataclass(frozen=True, slots=True)
class Mutation:
    """A function stores into an object that its caller gives."""

    span: Span
    operation: str  # with `{}` for the object
    path: str
    guard: int
    is_unreachable: bool
    ref: Ref  # the function that stores, which may be one that the first one calls
    keys: tuple[str, ...] = ()


class EffectReading:
    """A solved program, the table of effects, and what was noted for callers."""

    def __init__(
        self, solution: Solution, table: EffectTable, excerpts: Sequence[Excerpts | None]
    ) -> None:
        self.solution = solution
        self.program = solution.program
        self.evaluator = solution.evaluator
        self.table = table
        self.places = Places(solution.evaluator)
        self.keyed: dict[Ref, list[KeyedAccess]] = defaultdict(list)
        self.mutations: dict[tuple[Ref, int], list[Mutation]] = defaultdict(list)
        self._excerpts = excerpts
        self._rules: dict[str, EffectRule | None] = {}

    def rule(self, dotted: str) -> EffectRule | None:
        """What the table says that a call from outside does."""
        if dotted not in self._rules:
            self._rules[dotted] = self.table.effect(dotted)
        return self._rules[dotted]

    def text(self, ref: Ref, span: Span) -> str:
        """The source of a span, quoted."""
        excerpts = self._excerpts[ref[0]]
        return "" if excerpts is None else quote(excerpts.at(span), TEXT_LIMIT)

    def is_own(self, ref: Ref, place: str) -> bool:
        """Whether module code touches a variable of its own module: that is how it is made."""
        scope = self.program.scope(ref)
        name = self.program.names[ref[0]]
        return scope.kind is FunctionKind.MODULE and (
            place.startswith(f"{name}.") and "." not in place[len(name) + 1 :]
        )


def argument_of(site: Site, which: ArgumentRef | None) -> Argument | None:
    """The argument that a rule names, by position or keyword."""
    if which is None:
        return None
    position = 0
    for argument in site.arguments:
        if argument.name == "*":
            position = 1 << 20
        elif argument.name == "":
            if position == which.position:
                return argument
            position += 1
        elif which.keyword and argument.name == which.keyword:
            return argument
    return None


def known_keys(reading: EffectReading, ref: Ref, expr: Expr, depth: int = 0) -> tuple[str, ...]:
    """The constant strings that an expression may be: `'a' if x else 'b'`, and names for it."""
    match expr:
        case Name() if depth < _LONGEST_ALIAS:
            bindings = reading.program.reaching(ref, expr)
            if len(bindings) == 1:
                value = reading.program.scope(ref).bindings[bindings[0]].value
                return known_keys(reading, ref, value, depth + 1)
        case Either(options=options) if depth < _LONGEST_ALIAS:
            found = [known_keys(reading, ref, option, depth + 1) for option in options]
            return tuple(sorted({key for keys in found for key in keys})) if all(found) else ()
    return keys_of(expr)


def keys_of(expr: Expr) -> tuple[str, ...]:
    """The constant string that an expression is, quoted; nothing for anything else."""
    if isinstance(expr, Constant) and isinstance(expr.value, str):
        return (quote(expr.value, TEXT_LIMIT),)
    return ()
