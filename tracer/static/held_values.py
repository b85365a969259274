"""Which names hold a value: where it is bound, passed on, and given back.

Only where nothing else can be meant: a call of one function of the tree, the one call of the answer
that leads to a function. Names, `or`, `if`, `dict(…)` and `.copy()` are seen through.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracer.model.source import FunctionId, path_of
from tracer.static.texts.bindings import ScopeNode, bindings_before, own_nodes
from tracer.static.texts.scopes import Link, Scopes, bind_arguments


@dataclass(frozen=True, slots=True)
class Held:
    """A name that holds a value in a function: bound to it, or the parameter that got it."""

    function: FunctionId
    name: str
    source: ast.expr | None = None  # the expression that binds it; None for a parameter
    index: tuple[int, ...] = ()  # which part of what the expression gives


class HeldValues:
    """Follows a value from name to name.

    Args:
        scopes: The parsed tree.
        links: Of a function, the one call that leads to it in this answer, where there is one.
    """

    def __init__(self, scopes: Scopes, links: Mapping[FunctionId, Link]) -> None:
        self._scopes = scopes
        self._links = links

    def uses(self, call: ast.Call, function: FunctionId) -> Iterator[tuple[Held, ast.Name]]:
        """Each place at which a name that holds what a call gives is read, nearest names first."""
        waiting, known = [*self._held_by(call, function)], set[Held]()
        while waiting:
            held = waiting.pop(0)
            if held not in known:
                known.add(held)
                for use in self._held_uses(held):
                    yield held, use
                    waiting += self._held_by(use, held.function)

    def _held_uses(self, held: Held) -> Iterator[ast.Name]:
        """Where the name is read and may stand for the value."""
        scope, parents = self._scope(held.function)
        if scope is None or parents is None:
            return
        for node in own_nodes(scope):
            if not isinstance(node, ast.Name) or node.id != held.name:
                continue
            if not isinstance(node.ctx, ast.Load):
                continue
            reaching = bindings_before(held.name, node, scope, parents)
            if held.source is None:
                is_held = reaching.falls_through
            else:
                is_held = any(
                    each.value is held.source and each.index == held.index
                    for each in reaching.bindings
                )
            if is_held:
                yield node

    def _held_by(self, value: ast.expr, function: FunctionId) -> Iterator[Held]:
        """The names that get the value of an expression, here or in another function."""
        _, parents = self._scope(function)
        if parents is None:
            return
        whole = _whole(value, parents)
        above = parents.get(whole)
        if isinstance(above, ast.Assign | ast.AnnAssign) and above.value is whole:
            yield from _named_by(above, whole, function, ())
        elif isinstance(above, ast.Return):
            yield from self._given_back(function, ())
        elif isinstance(above, ast.Tuple) and isinstance(parents.get(above), ast.Return):
            at = next(at for at, each in enumerate(above.elts) if each is whole)
            yield from self._given_back(function, (at,))
        elif isinstance(above, ast.Call):
            yield from self._taken_by(above, whole, function)
        elif isinstance(above, ast.keyword) and isinstance(call := parents.get(above), ast.Call):
            yield from self._taken_by(call, whole, function)

    def _given_back(self, function: FunctionId, index: tuple[int, ...]) -> Iterator[Held]:
        """Who gets what a function returns, at the one call that leads to it."""
        link = self._links.get(function)
        call = None if link is None else self._scopes.call(link)
        if link is None or call is None:
            return
        if not index:
            yield from self._held_by(call, link.caller)
            return
        _, parents = self._scope(link.caller)
        above = None if parents is None else parents.get(call)
        if isinstance(above, ast.Assign):
            yield from _named_by(above, call, link.caller, index)

    def _taken_by(self, call: ast.Call, argument: ast.expr, function: FunctionId) -> Iterator[Held]:
        """The parameter that gets an argument, where one function of the tree alone is called."""
        links = self._scopes.links(path_of(function), call)
        if len(links) != 1:
            return
        scope, parents = self._scope(links[0].callee)
        if scope is None or parents is None:
            return
        for name, given in (bind_arguments(call, scope, parents) or {}).items():
            if given is argument:
                yield Held(links[0].callee, name)

    def _scope(
        self, function: FunctionId
    ) -> tuple[ScopeNode | None, Mapping[ast.AST, ast.AST] | None]:
        module = self._scopes.module(path_of(function))
        return self._scopes.node(function), None if module is None else module.parents


def _whole(value: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> ast.expr:
    """The largest expression that may give the value itself: `value or {}`, `dict(value)`."""
    while True:
        above = parents.get(value)
        match above:
            case ast.BoolOp(op=ast.Or()) | ast.Await():
                pass
            case ast.IfExp(test=test) if test is not value:
                pass
            case ast.Call(func=ast.Name(id="dict"), args=[inner]) if inner is value:
                pass
            case ast.Attribute(attr="copy") if isinstance(call := parents.get(above), ast.Call):
                above = call
            case _:
                return value
        assert isinstance(above, ast.expr)
        value = above


def _named_by(
    statement: ast.Assign | ast.AnnAssign,
    source: ast.expr,
    function: FunctionId,
    index: tuple[int, ...],
) -> Iterator[Held]:
    """The names that an assignment binds to a part of what its expression gives."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        if isinstance(target, ast.Name) and not index:
            yield Held(function, target.id, source)
        elif isinstance(target, ast.Tuple) and len(index) == 1 and index[0] < len(target.elts):
            part = target.elts[index[0]]
            starred = any(isinstance(each, ast.Starred) for each in target.elts)
            if isinstance(part, ast.Name) and not starred:
                yield Held(function, part.id, source, index)
