"""What the followers of values look up again and again: readers, callers, uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import cast

from tracer.model.source import FunctionId, FunctionKind, Span
from tracer.static import flat
from tracer.static.flat import FlatScope
from tracer.static.flows.contexts import Contexts
from tracer.static.kinds import AccessKind
from tracer.static.program import Program
from tracer.static.quoting import quote
from tracer.static.solver import Solution
from tracer.static.summary import Attribute, Item, Name
from tracer.static.values import ClassValue, Instance, Ref

_QUOTE_LIMIT = 110
_FUNCTIONS = (FunctionKind.FUNCTION.value, FunctionKind.METHOD.value, FunctionKind.LAMBDA.value)


class FlowIndex:
    """Look-ups over all scopes, each made when it is first asked for."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.program: Program = solution.program
        self._used: dict[Ref, frozenset[int]] = {}
        self._led_to: dict[FunctionId, frozenset[FunctionId]] = {}

    @cached_property
    def attributes(self) -> dict[str, list[tuple[Ref, int]]]:
        """Where attributes of a name are read: scopes and nodes, in canonical order."""
        found: dict[str, list[tuple[Ref, int]]] = defaultdict(list)
        for ref in self.program.refs():
            for number, node in enumerate(self.program.flat(ref).nodes):
                if node[0] == flat.ATTR:
                    found[cast(str, node[2])].append((ref, number))
        return found

    @cached_property
    def attribute_stores(self) -> dict[str, list[tuple[Ref, int]]]:
        """Where attributes of a name are set: scopes and accesses."""
        found: dict[str, list[tuple[Ref, int]]] = defaultdict(list)
        for ref in self.program.refs():
            for number, access in enumerate(self.program.flat(ref).accesses):
                if access[0] == AccessKind.SET_ATTRIBUTE.value:
                    found[access[2]].append((ref, number))
        return found

    @cached_property
    def contexts(self) -> Contexts:
        """Which context managers stand around a line."""
        return Contexts(self.program, self.solution)

    @cached_property
    def callers(self) -> dict[Ref, list[tuple[Ref, int, bool]]]:
        """Who calls a function of the tree: scope, site, whether its first parameter is bound."""
        found: dict[Ref, list[tuple[Ref, int, bool]]] = defaultdict(list)
        for (ref, site), callees in sorted(self.solution.callees.items()):
            for function, is_bound in callees.functions:
                found[function].append((ref, site, is_bound))
        return found

    def led_to(self, function: FunctionId) -> frozenset[FunctionId]:
        """A function and all of the tree that it leads to by calls."""
        known = self._led_to.get(function)
        if known is None:
            found = {function: None}
            waiting = [function]
            while waiting:
                for callee in self._callees.get(waiting.pop(), ()):
                    if callee not in found:
                        found[callee] = None
                        waiting.append(callee)
            known = self._led_to[function] = frozenset(found)
        return known

    @cached_property
    def _callees(self) -> dict[FunctionId, list[FunctionId]]:
        found: dict[FunctionId, list[FunctionId]] = defaultdict(list)
        for (ref, _), callees in self.solution.callees.items():
            for function, _ in callees.functions:
                found[self.program.id(ref)].append(self.program.id(function))
        for call in self.solution.implicit:  # properties, operators and the like
            for function, _ in call.callees.functions:
                found[self.program.id(call.ref)].append(self.program.id(function))
        return found

    @cached_property
    def children(self) -> dict[Ref, list[Ref]]:
        """The scopes that stand in a scope."""
        found: dict[Ref, list[Ref]] = defaultdict(list)
        for ref in self.program.refs():
            parent = self.program.flat(ref).parent
            if parent >= 0:
                found[ref[0], parent].append(ref)
        return found

    @cached_property
    def classes_by_name(self) -> dict[str, list[Ref]]:
        """Classes by their bare name."""
        found: dict[str, list[Ref]] = defaultdict(list)
        for ref in self.program.classes:
            found[self.program.flat(ref).name].append(ref)
        return found

    def is_function(self, ref: Ref) -> bool:
        """Whether a scope is a function, a method or a lambda."""
        return self.program.flat(ref).kind in _FUNCTIONS

    def call_node(self, ref: Ref, site: int) -> int | None:
        """The node that stands for the result of a site."""
        for number, node in enumerate(self.program.flat(ref).nodes):
            if node[0] == flat.CALL and node[1] == site:
                return number
        return None

    def owners(self, ref: Ref, node: int) -> frozenset[Ref]:
        """The classes of the tree that an object may be of; empty where nobody knows."""
        expr = self.program.view(ref).expr(node)
        own = self.program.class_of_receiver(ref, expr)
        if own is not None:
            return frozenset((own,))
        values = self.solution.evaluator.value(ref, expr)
        return frozenset(
            item.ref for item in values.items if isinstance(item, Instance | ClassValue)
        )

    def are_kin(self, one: Ref, other: Ref) -> bool:
        """Whether an object of one class may be one of the other."""
        evaluator = self.solution.evaluator
        return one == other or other in evaluator.order(one) or one in evaluator.order(other)

    def fields(self, owner: Ref) -> list[str]:
        """The annotated names of a class body, in order: the fields of a dataclass."""
        names = [binding[0] for binding in self.program.flat(owner).bindings if binding[2]]
        return list(dict.fromkeys(names))

    def text(self, ref: Ref, node: int) -> str:
        """A name, dotted name or item as written; empty for anything else."""
        return _written(self.program.view(ref).expr(node))

    def at(self, ref: Ref, span: Span) -> str:
        """The text of a span, on one line."""
        excerpts = self.program.excerpts(ref[0])
        return "" if excerpts is None else quote(excerpts.at(span), 60)

    def line(self, ref: Ref, number: int) -> str:
        """A line as it stands, stripped."""
        excerpts = self.program.excerpts(ref[0])
        if excerpts is None or not 0 < number <= excerpts.lines:
            return ""
        return quote(excerpts.at(Span(number, 0, number, 1 << 20)), _QUOTE_LIMIT)

    def used(self, ref: Ref) -> frozenset[int]:
        """The nodes of a scope that anything else in it refers to."""
        known = self._used.get(ref)
        if known is None:
            known = self._used[ref] = frozenset(_references(self.program.flat(ref)))
        return known

    def first_line(self, ref: Ref) -> int:
        """Where a scope begins, as a reader wants it."""
        return self.program.flat(ref).def_line


def _written(expr: object) -> str:
    match expr:
        case Name():
            return expr.id
        case Attribute():
            base = _written(expr.base)
            return f"{base}.{expr.name}" if base else ""
        case Item():
            base = _written(expr.base)
            return f"{base}[…]" if base else ""
    return ""


def _references(scope: FlatScope) -> Iterable[int]:
    """Every node that is named by a node, a site, a binding, a store, a return or a container."""
    for node in scope.nodes:
        yield from operands(node)
    for site in scope.sites:
        yield site[2]
        yield from (argument[1] for argument in site[4])
    yield from (binding[1] for binding in scope.bindings)
    for access in scope.accesses:
        yield from (access[1], access[3], access[4])
    for container in scope.containers:
        yield from (element if element >= 0 else ~element for element in container[1])
        yield from container[2]
    yield from scope.returns
    yield from scope.yields
    for guard in scope.guards:
        yield from guard[6]


_OPERANDS = {
    flat.ATTR: (1,),
    flat.ITEM: (1, 2),
    flat.ELEMENT: (1,),
    flat.UNPACK: (1,),
    flat.ENTER: (1,),
    flat.AWAIT: (1,),
    flat.RAISED: (1,),
    flat.NARROW: (1,),
    flat.OPERATE: (2, 3),
    flat.COMPARE: (2, 3),
    flat.UNARY: (2,),
    flat.PROTOCOL: (2,),
    flat.DELEGATED: (1,),
}


def operands(node: tuple[object, ...]) -> tuple[int, ...]:
    """The nodes that a node is made of; a call's and a display's stand in its site or container."""
    if node[0] in (flat.EITHER, flat.TEXT):
        return cast("tuple[int, ...]", node[1])
    return tuple(
        cast(int, node[place])
        for place in _OPERANDS.get(cast(int, node[0]), ())
        if node[place] != -1
    )
