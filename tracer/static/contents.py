"""Which keys a value holds when it is written, and which keys are asked of what was read.

Displays, stores into a name and `update` are followed within a function, parameters into the call
that is known to have passed them. What else a value is made of is named, never guessed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tracer.model.source import FunctionId, path_of
from tracer.static.held_values import Held, HeldValues
from tracer.static.quoting import quote
from tracer.static.texts.bindings import Binding, BindingKind, ScopeNode, bindings_before, own_nodes
from tracer.static.texts.displays import texts_of_item
from tracer.static.texts.scopes import Link, Scopes, bind_arguments

_LIMIT = 80
_MOST_STEPS = 12


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key of a value, or a key that is asked of one."""

    key: str
    value: str  # as written; of a key that is asked: the default, or empty
    is_constant: bool  # whether the value is told by the source alone
    function: FunctionId  # in which it stands
    line: int
    how: str = ""  # `read`, `tested`, `added`, `taken out`; empty: what is written holds it


@dataclass(frozen=True, slots=True)
class Contents:
    """What is known of a value."""

    keys: tuple[KeyView, ...] = ()
    made_of: tuple[str, ...] = ()  # what else is in it, as written: `params.cfg.copy()`
    made_by: FunctionId | None = None  # whose locals `made_of` speaks of


class ContentReader:
    """Follows values through the functions of an answer.

    Args:
        scopes: The parsed tree.
        links: Of a function, the one call that leads to it in this answer, where there is one.
    """

    def __init__(self, scopes: Scopes, links: Mapping[FunctionId, Link]) -> None:
        self._scopes = scopes
        self._links = links
        self._held = HeldValues(scopes, links)

    def written(self, expression: ast.expr, function: FunctionId) -> Contents:
        """What the expression holds where it stands in the function."""
        return self._contents(expression, function, _MOST_STEPS)

    def asked(self, call: ast.Call, function: FunctionId) -> tuple[KeyView, ...]:
        """Which keys are asked of what a call gives, or put into it.

        The value is followed to other names, into the one function that it is passed to, and to the
        one call of this answer that a function gives it back to; what is asked there stands behind.
        """
        found = [
            key
            for held, use in self._held.uses(call, function)
            for target, key in self._key_uses(held, use)
            if target is use
        ]
        return tuple(dict.fromkeys(found))

    def source_call(self, expression: ast.expr, function: FunctionId) -> ast.Call | None:
        """The one call that gave a name its value, in the same function."""
        scope, parents = self._scope(function)
        if isinstance(expression, ast.Call):
            return expression
        if scope is None or parents is None or not isinstance(expression, ast.Name):
            return None
        reaching = bindings_before(expression.id, expression, scope, parents)
        if reaching.falls_through or len(reaching.bindings) != 1:
            return None
        (binding,) = reaching.bindings
        return binding.value if isinstance(binding.value, ast.Call) else None

    def _key_uses(self, held: Held, use: ast.Name) -> Iterator[tuple[ast.expr, KeyView]]:
        """The uses of keys around a name: in the expression itself, or in the statement."""
        _, parents = self._scope(held.function)
        above = None if parents is None else parents.get(use)
        for _ in range(2):  # the call around a method, the assignment around an item
            if above is None:
                return
            yield from self._uses(above, held.function)
            above = parents.get(above) if parents is not None else None

    def _scope(
        self, function: FunctionId
    ) -> tuple[ScopeNode | None, Mapping[ast.AST, ast.AST] | None]:
        module = self._scopes.module(path_of(function))
        return self._scopes.node(function), None if module is None else module.parents

    def _contents(self, node: ast.expr, function: FunctionId, steps: int) -> Contents:
        if steps <= 0:
            return _made_of(node, function)
        match node:
            case ast.Dict():
                return self._display(node, function, steps)
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
                keys = tuple(
                    _key(each.arg, each.value, function, each.value.lineno)
                    for each in keywords
                    if each.arg is not None
                )
                rest = [each.value for each in keywords if each.arg is None]
                return self._joined(keys, rest, function, steps)
            case ast.Call(func=ast.Name(id="dict"), args=[inner], keywords=[]):
                return self._contents(inner, function, steps - 1)
            case ast.Call(func=ast.Attribute(value=ast.Name() as inner, attr="copy"), args=[]):
                followed = self._name(inner, function, steps - 1)
                return _made_of(node, function) if followed is None else followed
            case ast.Name():
                followed = self._name(node, function, steps - 1)
                return _made_of(node, function) if followed is None else followed
        return _made_of(node, function)

    def _display(self, node: ast.Dict, function: FunctionId, steps: int) -> Contents:
        keys: list[KeyView] = []
        rest: list[ast.expr] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                rest.append(value)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                keys.append(_key(key.value, value, function, key.lineno))
            else:
                keys.append(_key(f"{{{_text(key)}}}", value, function, key.lineno))
        return self._joined(tuple(keys), rest, function, steps)

    def _joined(
        self,
        keys: tuple[KeyView, ...],
        rest: Sequence[ast.expr],
        function: FunctionId,
        steps: int,
    ) -> Contents:
        found = Contents(keys, (), function)
        for each in rest:
            found = _together(found, self._contents(each, function, steps - 1))
        return found

    def _name(self, node: ast.Name, function: FunctionId, steps: int) -> Contents | None:
        """None where nothing is known of the name but the name itself."""
        scope, parents = self._scope(function)
        if scope is None or parents is None:
            return None
        reaching = bindings_before(node.id, node, scope, parents)
        if not reaching.bindings and reaching.falls_through:
            return self._passed(node.id, scope, function, steps)
        if reaching.falls_through or len(reaching.bindings) != 1:
            return None
        (binding,) = reaching.bindings
        if binding.kind is not BindingKind.VALUE or binding.value is None or binding.index:
            return None
        base = self._contents(binding.value, function, steps)
        return self._changed(base, node, binding, scope, function)

    def _passed(
        self, name: str, scope: ScopeNode, function: FunctionId, steps: int
    ) -> Contents | None:
        """What the known call passes for a parameter."""
        link = self._links.get(function)
        module = self._scopes.module(path_of(function))
        call = None if link is None else self._scopes.call(link)
        if link is None or call is None or module is None:
            return None
        bound = bind_arguments(call, scope, module.parents)
        argument = None if bound is None else bound.get(name)
        return None if argument is None else self._contents(argument, link.caller, steps)

    def _changed(
        self,
        base: Contents,
        use: ast.Name,
        binding: Binding,
        scope: ScopeNode,
        function: FunctionId,
    ) -> Contents:
        """What is stored under the name, or taken out, between its binding and its use.

        A store under a condition leaves what was there before as an alternative. Where a function
        of the tree is given the object, it may change it: the call is named.
        """
        _, parents = self._scope(function)
        assert parents is not None
        first = getattr(binding.node, "end_lineno", 0) or 0
        keys, made_of = list(base.keys), list(base.made_of)
        for node in own_nodes(scope):
            if not first < getattr(node, "lineno", 0) <= use.lineno:
                continue
            is_sure = _block(node, parents) is _block(binding.node, parents)
            for target, key in self._uses(node, function):
                if not isinstance(target, ast.Name) or target.id != use.id:
                    continue
                if is_sure and key.how in ("added", "taken out"):
                    keys = [known for known in keys if known.key != key.key]
                if key.how == "added":
                    keys.append(replace(key, how=""))
            if isinstance(node, ast.Call) and self._is_given(node, use, function):
                made_of.append(_text(node))
        return replace(base, keys=tuple(keys), made_of=tuple(made_of))

    def _is_given(self, call: ast.Call, use: ast.Name, function: FunctionId) -> bool:
        """Whether a call hands the named object to a function of the tree, before the use."""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        names = {each.id for each in given if isinstance(each, ast.Name) and each is not use}
        is_use = any(each is use for each in given)
        return use.id in names and not is_use and bool(self._scopes.links(path_of(function), call))

    def _uses(self, node: ast.AST, function: FunctionId) -> Iterator[tuple[ast.expr, KeyView]]:
        """Each use of a constant key in a node itself: the container, and what is done."""
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Subscript) and (key := _constant(target.slice)):
                        yield target.value, _key(key, value, function, target.lineno, "added")
            case ast.Subscript(value=base, slice=index, ctx=ast.Load()):
                for key in self._texts(index, function):
                    yield base, KeyView(key, "", True, function, node.lineno, "read")
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Subscript) and (key := _constant(target.slice)):
                        yield (
                            target.value,
                            KeyView(key, "", True, function, node.lineno, "taken out"),
                        )
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[base]):
                for key in self._texts(left, function):
                    yield base, KeyView(key, "", True, function, node.lineno, "tested")
            case ast.Call(func=ast.Attribute(value=base, attr=name), args=[first, *rest]):
                yield from _method_use(base, name, first, rest, function, node.lineno)

    def _texts(self, node: ast.expr, function: FunctionId) -> tuple[str, ...]:
        """A constant text, or those that a name stands for one after the other."""
        if not isinstance(node, ast.Name):
            return (key,) if (key := _constant(node)) else ()
        scope, parents = self._scope(function)
        if scope is None or parents is None:
            return ()
        return texts_of_item(node, scope, parents)


def _method_use(
    base: ast.expr,
    name: str,
    first: ast.expr,
    rest: Sequence[ast.expr],
    function: FunctionId,
    line: int,
) -> Iterator[tuple[ast.expr, KeyView]]:
    key = _constant(first)
    if name == "update" and isinstance(first, ast.Dict):
        for each, value in zip(first.keys, first.values, strict=True):
            if each is not None and (inner := _constant(each)):
                yield base, _key(inner, value, function, each.lineno, "added")
    elif name in ("get", "pop") and key:
        how = "read" if name == "get" else "taken out"
        yield base, _asked(key, rest, function, line, how)
    elif name == "setdefault" and key and rest:
        yield base, _key(key, rest[0], function, line, "added")


def _asked(
    key: str, rest: Sequence[ast.expr], function: FunctionId, line: int, how: str
) -> KeyView:
    default = _text(rest[0]) if rest else ""
    return KeyView(key, default, not rest or isinstance(rest[0], ast.Constant), function, line, how)


def _block(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.AST | None:
    """What the statement around a node stands in; `with` is passed through."""
    while not isinstance(node, ast.stmt):
        node = parents[node]
    above = parents.get(node)
    while isinstance(above, ast.With | ast.AsyncWith):
        above = parents.get(above)
    return above


def _together(one: Contents, other: Contents) -> Contents:
    return Contents((*one.keys, *other.keys), (*one.made_of, *other.made_of), other.made_by)


def _made_of(node: ast.expr, function: FunctionId) -> Contents:
    return Contents((), (_text(node),), function)


def _key(key: str, value: ast.expr, function: FunctionId, line: int, how: str = "") -> KeyView:
    return KeyView(key, _text(value), isinstance(value, ast.Constant), function, line, how)


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _text(node: ast.AST) -> str:
    try:
        return quote(ast.unparse(node), _LIMIT)
    except RecursionError:
        return type(node).__name__
