"""A scope with variables of its own: once for all callers, or for each call that is kept apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from tracer.model.source import FunctionKind
from tracer.static import flat
from tracer.static.flat import CALL, NAME, FlatScope
from tracer.static.solving.objects import Ref


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a large scope that decides what it returns, and stores of its parameters."""

    nodes: frozenset[int]
    sites: frozenset[int]
    accesses: frozenset[int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the variables of a code stand: those of its nodes, parameters first; then others."""

    places: tuple[int, ...]  # of each node; what a slice leaves out shares one that stays empty
    after: int  # the first one after the nodes
    size: int


@dataclass(frozen=True, slots=True)
class Template:
    """What is the same in every code of a scope."""

    alias: tuple[int, ...]  # for each node the one whose variable it shares
    dead: frozenset[int]  # nodes that are never evaluated
    annotated: dict[int, int]  # each annotated binding's own variable, counted after the nodes
    calls: dict[int, int]  # the node of each call site
    slice: Slice | None  # what a code that is kept apart needs; None: everything
    gates: dict[int, int]  # of annotated parameters: what callers pass, counted after the nodes
    itself: frozenset[int]  # what a method returns that is its object, or a new one of its class
    whole: Layout
    apart: Layout  # of a code that is kept apart


_RETURNED, _YIELDED, _SENT_IN = 0, 1, 2  # counted after the nodes
_OWN = 3
_SELF = 0  # the node of the first parameter
_LARGEST_WHOLE = 80  # nodes; of larger scopes a code that is kept apart holds a slice


def make_template(scope: FlatScope, is_stored_elsewhere: Callable[[str], bool]) -> Template:
    """Find the nodes that need no variable of their own.

    Args:
        is_stored_elsewhere: Whether other scopes store into a variable of this one.
    """
    nodes, bindings = scope.nodes, scope.bindings
    alias = list(range(len(nodes)))
    annotated: dict[int, int] = {}
    for index, (_, _, annotation, _) in enumerate(bindings):
        if annotation is not None:
            annotated[index] = _OWN + len(annotated)
    for index, node in enumerate(nodes):
        if node[0] != NAME:
            continue
        reaching: tuple[int, ...] = node[2]  # type: ignore[assignment]
        if len(reaching) != 1 or reaching[0] < 0 or reaching[0] in annotated:
            continue
        if not is_stored_elsewhere(node[1]):  # type: ignore[arg-type]
            alias[index] = alias[bindings[reaching[0]][1]]
    calls = {int(cast(int, node[1])): index for index, node in enumerate(nodes) if node[0] == CALL}
    dead = frozenset(node for first, end in scope.dead_nodes for node in range(first, end))
    size = _OWN + len(annotated)
    gates: dict[int, int] = {}
    for index, parameter in enumerate(scope.parameters):
        if parameter[2] is not None:
            gates[index] = size + len(gates)
    size += len(gates)
    part = make_slice(scope, alias) if len(nodes) > _LARGEST_WHOLE else None
    whole = _layout(alias, None, size)
    apart = whole if part is None else _layout(alias, part.nodes, size)
    itself = frozenset(node for node in scope.returns if _is_itself(scope, alias, node))
    return Template(tuple(alias), dead, annotated, calls, part, gates, itself, whole, apart)


def _is_itself(scope: FlatScope, alias: Sequence[int], node: int) -> bool:
    """`return self`, `return self.__class__(…)`, `return type(self)(…)`."""
    if scope.kind != FunctionKind.METHOD.value or scope.is_generator or scope.is_coroutine:
        return False
    if alias[node] == _SELF:
        return True
    parts = cast(Any, scope.nodes[alias[node]])
    if parts[0] != CALL:
        return False
    made = cast(Any, scope.nodes[alias[scope.sites[parts[1]][2]]])
    if made[0] == flat.ATTR:
        return bool(made[2] == "__class__" and alias[made[1]] == _SELF)
    if made[0] != CALL:
        return False
    _, _, callee, _, arguments, *_ = scope.sites[made[1]]
    return (
        scope.nodes[callee][:2] == (NAME, "type")
        and len(arguments) == 1
        and alias[arguments[0][1]] == _SELF
    )


def _layout(alias: Sequence[int], needed: frozenset[int] | None, others: int) -> Layout:
    """Number the variables of the nodes that have one of their own.

    Args:
        needed: By default all of them.
        others: How many variables follow.
    """
    own = [
        node
        for node, shared in enumerate(alias)
        if shared == node and (needed is None or node in needed)
    ]
    place = {node: number for number, node in enumerate(own)}
    places = tuple(place.get(shared, len(own)) for shared in alias)
    after = len(own) + 1
    return Layout(places, after, after + others)


def make_slice(scope: FlatScope, alias: Sequence[int]) -> Slice:
    """Go back from what is returned, yielded, and stored of parameters."""
    nodes, parameters = scope.nodes, {parameter[0] for parameter in scope.parameters}
    wanted: list[int] = [*scope.returns, *scope.yields, *range(len(scope.parameters))]
    wanted.extend(node for tests in scope.return_tests for node, _ in tests)
    accesses: set[int] = set()
    for number, access in enumerate(scope.accesses):
        if access[0] == "set attribute" and access[4] >= 0:
            stored = nodes[access[4]]
            if stored[0] == NAME and stored[1] in parameters:
                accesses.add(number)
                wanted.extend((access[1], access[4]))
    found: set[int] = set()
    sites: set[int] = set()
    while wanted:
        node = alias[wanted.pop()]
        if node in found:
            continue
        found.add(node)
        for used in _used(scope, node, sites):
            wanted.append(used)
    return Slice(frozenset(found), frozenset(sites), frozenset(accesses))


def _used(scope: FlatScope, node: int, sites: set[int]) -> list[int]:
    """The nodes that a node is made of."""
    parts: Any = scope.nodes[node]
    match parts[0]:
        case flat.NAME:
            bindings = [binding for binding in parts[2] if binding >= 0]
            for loop in parts[2]:
                if loop < 0:
                    first, end = scope.loops[~loop]
                    bindings.extend(
                        index for index in range(first, end) if scope.bindings[index][0] == parts[1]
                    )
            return [scope.bindings[binding][1] for binding in bindings]
        case flat.CALL:
            sites.add(parts[1])
            site = scope.sites[parts[1]]
            return [site[2], *(value for _, value, _ in site[4])]
        case flat.EITHER | flat.TEXT:
            return list(parts[1])
        case flat.OPERATE | flat.COMPARE:
            return [parts[2], parts[3]]
        case flat.UNARY | flat.PROTOCOL:
            return [parts[2]]
        case flat.ITEM:
            return [parts[1], parts[2]]
        case flat.LITERAL:
            _, elements, keys, *_ = scope.containers[parts[1]]
            return [*elements, *(key for key in keys if key >= 0)]
        case flat.DEFINED:
            found: list[int] = []
            for number in parts[2]:
                site = scope.sites[number]
                found.extend((site[2], *(value for _, value, _ in site[4])))
            return found
        case (
            flat.ATTR
            | flat.ELEMENT
            | flat.UNPACK
            | flat.ENTER
            | flat.AWAIT
            | flat.RAISED
            | flat.NARROW
            | flat.DELEGATED
        ):
            return [parts[1]]
    return []


@dataclass(eq=False, slots=True)
class Code:
    """The variables of a scope."""

    ref: Ref
    scope: FlatScope
    template: Template
    parent: Code | None  # of the scope around
    base: int  # the first variable
    number: int
    context: tuple[int, ...] = ()  # which calls it is kept apart for; numbers of sites
    is_linked: bool = False
    is_called: bool = False  # whether a call of the tree runs it
    keys: tuple[tuple[int, str], ...] = ()  # parameters, and the constants that its call gives
    passed: set[int] = field(default_factory=set)  # parameters that a call fills
    cells: dict[str, int] = field(default_factory=dict)  # names that inner scopes read
    stored: dict[str, int] = field(default_factory=dict)  # what inner scopes store
    containers: dict[int, int] = field(default_factory=dict)
    places: tuple[int, ...] = field(init=False)  # of the nodes, counted from the first variable
    after: int = field(init=False)  # the first variable after those of the nodes

    def __post_init__(self) -> None:
        layout = self.template.apart if self.context else self.template.whole
        self.places, self.after = layout.places, self.base + layout.after

    def variable(self, node: int) -> int:
        """The variable of a node."""
        return self.base + self.places[node]

    def binding(self, index: int) -> int:
        """The variable of a binding."""
        own = self.template.annotated.get(index)
        if own is not None:
            return self.after + own
        return self.base + self.places[self.scope.bindings[index][1]]

    def parameter(self, index: int) -> int:
        """The variable of what callers pass for a parameter."""
        gate = self.template.gates.get(index)
        return self.base + index if gate is None else self.after + gate

    @property
    def returned(self) -> int:
        """The variable of what it returns."""
        return self.after + _RETURNED

    @property
    def yielded(self) -> int:
        """The variable of what it yields."""
        return self.after + _YIELDED

    @property
    def sent(self) -> int:
        """The variable of what is sent in."""
        return self.after + _SENT_IN
