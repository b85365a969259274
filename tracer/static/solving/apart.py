"""Which functions are small enough, and hand on enough, to have a code for each call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from tracer.model.source import FunctionKind
from tracer.static import flat
from tracer.static.flat import ATTR, CALL, DEFINED, ITEM, NAME, PARAMETER, FlatScope
from tracer.static.program import Program
from tracer.static.solving.objects import Ref

LARGEST_KEPT_APART = 80  # nodes
LARGEST_MAKER = 600  # nodes of a decorator, or of a method that makes what is kept apart
LARGEST_METHOD = 300
_DEEPEST_MAKING = 6  # `partial(given[0])`: nodes from what is stored to the parameter
_BY_KEY = frozenset(("get", "pop", "setdefault"))


def hands_on(program: Program, ref: Ref) -> bool:
    """Whether a function calls, returns or wraps what it is given."""
    scope = program.summaries[ref[0]].scopes[ref[1]]
    if len(scope.nodes) > LARGEST_KEPT_APART or not scope.parameters:
        return False
    if scope.kind not in (
        FunctionKind.FUNCTION.value,
        FunctionKind.METHOD.value,
        FunctionKind.LAMBDA.value,
    ):
        return False
    first = 1 if scope.kind == FunctionKind.METHOD.value else 0
    names = {parameter[0] for parameter in scope.parameters[first:]}
    if not names:
        return False

    def is_handed(node: int) -> bool:
        parts = scope.nodes[node]
        if parts[0] == NAME and parts[1] in names:
            return True
        return parts[0] == PARAMETER and cast(int, parts[1]) >= first

    if any(is_handed(site[2]) for site in scope.sites if site[0] == "call"):
        return True
    if any(is_handed(node) for node in scope.returns):
        return True
    # A function inside that is given back: a decorator, a factory.
    scopes = program.summaries[ref[0]].scopes
    if any(_is_made_inside(scopes, scope, node) for node in scope.returns):
        return True
    # `return partial(given)`, `return cls(given)`: what is returned was made with a parameter.
    for node in scope.returns:
        parts = scope.nodes[node]
        if parts[0] == CALL:
            arguments = scope.sites[cast(int, parts[1])][4]
            if any(is_handed(value) for _, value, _ in arguments):
                return True
    return False


def uses_key(scope: FlatScope, alias: Sequence[int]) -> bool:
    """Whether a small function looks things up, or puts them, by the name that it is given."""
    first = 1 if scope.kind == FunctionKind.METHOD.value else 0
    if len(scope.nodes) > LARGEST_KEPT_APART or len(scope.parameters) <= first:
        return False

    def is_given(node: int) -> bool:
        parts = scope.nodes[alias[node]] if node >= 0 else (None,)
        return parts[0] == PARAMETER and cast(int, parts[1]) >= first

    if any(parts[0] == ITEM and is_given(cast(int, parts[2])) for parts in scope.nodes):
        return True
    if any(access[0] == "set item" and is_given(access[3]) for access in scope.accesses):
        return True
    for site in scope.sites:
        callee = scope.nodes[site[2]]
        if site[0] == "call" and callee[0] == ATTR and callee[2] in _BY_KEY and site[4]:
            name, node, _ = site[4][0]
            if name == "" and is_given(node):
                return True
    return False


def is_made_of(scope: FlatScope, node: int, names: set[str], depth: int = 0) -> bool:
    """Whether a value is a parameter, a part of one, or what a call gives that was passed one."""
    if depth > _DEEPEST_MAKING:
        return False
    parts: Any = scope.nodes[node]
    below: list[int] = []
    match parts[0]:
        case flat.PARAMETER:
            return cast(int, parts[1]) >= 1
        case flat.NAME:
            if parts[1] in names:
                return True
            below.extend(scope.bindings[binding][1] for binding in parts[2] if binding >= 0)
        case flat.ITEM | flat.UNPACK | flat.NARROW:
            below.append(parts[1])
        case flat.CALL:
            below.extend(value for _, value, _ in scope.sites[parts[1]][4])
    return any(is_made_of(scope, one, names, depth + 1) for one in below)


def _is_made_inside(scopes: tuple[FlatScope, ...], scope: FlatScope, node: int) -> bool:
    """Whether a node is a function that the scope defines."""
    parts = scope.nodes[node]
    if parts[0] == NAME:
        bindings = cast("tuple[int, ...]", parts[2])
        if len(bindings) != 1 or bindings[0] < 0:
            return False
        parts = scope.nodes[scope.bindings[bindings[0]][1]]
    return parts[0] == DEFINED and (
        scopes[cast(int, parts[1])].kind != FunctionKind.CLASS_BODY.value
    )
