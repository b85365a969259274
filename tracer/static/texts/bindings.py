"""Which bindings of a name may hold where the name is read, within one function.

Blocks are followed as they stand: a binding that every way to the use passes ends the search,
all others are alternatives. Conditions are not judged here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

ScopeNode = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_BLOCK_HOLDERS = (ast.stmt, ast.ExceptHandler, ast.match_case)


class BindingKind(Enum):
    """How a name gets its value."""

    VALUE = auto()  # from an expression
    ITEM = auto()  # one item at a time of an expression
    ENTERED = auto()  # what `with` gives
    AUGMENTED = auto()  # the old value and an operand
    OTHER = auto()  # def, class, except, match, del, import


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that binds a name."""

    kind: BindingKind
    node: ast.AST  # the statement, comprehension or walrus
    value: ast.expr | None = None
    index: tuple[int, ...] = ()  # the way into a target such as `a, (b, c)`


@dataclass(frozen=True, slots=True)
class Reaching:
    """The bindings that may hold, in source order, and whether there may be none of them."""

    bindings: tuple[Binding, ...]
    falls_through: bool  # the name may come from the parameters or from outside


def bindings_before(
    name: str, use: ast.AST, scope: ast.AST, parents: Mapping[ast.AST, ast.AST]
) -> Reaching:
    """The bindings of `name` in `scope` that may hold at `use`, which stands in that scope itself.

    Args:
        parents: Of every node of the module.
    """
    found: list[Binding] = []
    node, below = use, use
    while node is not scope:
        parent = parents[node]
        if isinstance(parent, _COMPREHENSIONS) and below is not parent.generators[0].iter:
            for generator in parent.generators:
                for bound, binding in _targets(
                    generator.target, generator.iter, BindingKind.ITEM, parent
                ):
                    if bound == name:
                        return Reaching((binding,), False)
        if isinstance(node, _BLOCK_HOLDERS):
            if _walk_back(name, node, parent, found):
                return Reaching(_in_order(found), False)
        elif isinstance(parent, ast.While):  # the test is read again after each round
            for statement in parent.body:
                _add(name, statement, found)
        node, below = parent, node
    return Reaching(_in_order(found), True)


def all_bindings(scope: ast.AST) -> dict[str, tuple[Binding, ...]]:
    """Every binding in a scope, wherever it stands, by name."""
    found: dict[str, list[Binding]] = {}
    for node in own_nodes(scope):
        if isinstance(node, _BLOCK_HOLDERS):
            for name, binding in _bindings(node):
                found.setdefault(name, []).append(binding)
    return {name: tuple(bindings) for name, bindings in found.items()}


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """All nodes that run in the scope's own frame, comprehensions included, in source order.

    Decorators and defaults of nested definitions run here, their bodies do not.
    """
    body = getattr(scope, "body", [])
    stack: list[ast.AST] = list(reversed(body)) if isinstance(body, list) else [body]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, _SCOPES):
            stack.extend(reversed(_outer_parts(node)))
        else:
            stack.extend(reversed(list(ast.iter_child_nodes(node))))


def _outer_parts(node: ast.AST) -> list[ast.AST]:
    """What of a nested definition runs outside of its body."""
    parts: list[ast.AST] = list(getattr(node, "decorator_list", []))
    if isinstance(node, ast.ClassDef):
        return [*parts, *node.bases, *(keyword.value for keyword in node.keywords)]
    arguments = getattr(node, "args", None)
    if isinstance(arguments, ast.arguments):
        parts.extend(arguments.defaults)
        parts.extend(default for default in arguments.kw_defaults if default is not None)
    return parts


def _walk_back(name: str, node: ast.AST, parent: ast.AST, found: list[Binding]) -> bool:
    """Add what may bind the name before `node` within `parent`; true where all ways are closed."""
    own = [binding for bound, binding in _bindings(parent) if bound == name]
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, None)
        position = _position(node, block)
        if position is None:
            continue
        assert isinstance(block, list)
        if any(_add(name, statement, found) for statement in reversed(block[:position])):
            return True
        if field == "body" and isinstance(parent, _LOOPS):
            if own and not isinstance(parent, ast.While):
                found.extend(own)
                return True
            for statement in block[position:]:  # from the round before
                _add(name, statement, found)
    if isinstance(parent, ast.With | ast.AsyncWith | ast.ExceptHandler | ast.match_case):
        found.extend(own)
        return bool(own)
    if isinstance(parent, _LOOPS) and _position(node, parent.orelse) is not None:
        _add(name, parent, found)
    if isinstance(parent, ast.Try | ast.TryStar) and _position(node, parent.body) is None:
        return _before_in_try(name, node, parent, found)
    return False


def _before_in_try(
    name: str, node: ast.AST, parent: ast.Try | ast.TryStar, found: list[Binding]
) -> bool:
    if _position(node, parent.orelse) is not None:
        return any(_add(name, statement, found) for statement in reversed(parent.body))
    earlier: list[ast.AST] = list(parent.body)
    if _position(node, parent.finalbody) is not None:
        earlier += [*parent.handlers, *parent.orelse]
    for statement in earlier:
        _add(name, statement, found)
    return False


def _position(node: ast.AST, block: object) -> int | None:
    if not isinstance(block, list):
        return None
    return next((index for index, each in enumerate(block) if each is node), None)


def _add(name: str, statement: ast.AST, found: list[Binding]) -> bool:
    """Add the statement's bindings of the name; true where it surely binds it."""
    own = [binding for bound, binding in _bindings(statement) if bound == name]
    is_certain = any(binding.node is statement for binding in own) and not isinstance(
        statement, ast.For | ast.AsyncFor | ast.ExceptHandler | ast.match_case
    )
    if isinstance(statement, _SCOPES):
        found.extend(own)
        return is_certain
    if isinstance(statement, ast.With | ast.AsyncWith):
        for inner in reversed(statement.body):
            if _add(name, inner, found):
                return True
        found.extend(own)
        return is_certain
    found.extend(own)
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        for inner in getattr(statement, field, None) or ():
            _add(name, inner, found)
    return is_certain


def _bindings(statement: ast.AST) -> Iterator[tuple[str, Binding]]:
    """What the statement itself binds, its inner blocks left out."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from _targets(target, statement.value, BindingKind.VALUE, statement)
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield from _targets(statement.target, statement.value, BindingKind.VALUE, statement)
    elif isinstance(statement, ast.AugAssign):
        yield from _targets(statement.target, statement.value, BindingKind.AUGMENTED, statement)
    elif isinstance(statement, ast.For | ast.AsyncFor):
        yield from _targets(statement.target, statement.iter, BindingKind.ITEM, statement)
    elif isinstance(statement, ast.With | ast.AsyncWith):
        for item in statement.items:
            if item.optional_vars is not None:
                yield from _targets(
                    item.optional_vars, item.context_expr, BindingKind.ENTERED, statement
                )
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            bound = alias.asname or alias.name.partition(".")[0]
            yield bound, Binding(BindingKind.OTHER, statement)
    elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name, Binding(BindingKind.OTHER, statement)
    elif isinstance(statement, ast.Delete):
        for target in statement.targets:
            if isinstance(target, ast.Name):
                yield target.id, Binding(BindingKind.OTHER, statement)
    elif isinstance(statement, ast.ExceptHandler) and statement.name:
        yield statement.name, Binding(BindingKind.OTHER, statement)
    elif isinstance(statement, ast.match_case):
        for node in ast.walk(statement.pattern):
            captured = getattr(node, "name", None) or getattr(node, "rest", None)
            if isinstance(captured, str):
                yield captured, Binding(BindingKind.OTHER, statement)
    for walrus in _walruses(statement):
        yield from _targets(walrus.target, walrus.value, BindingKind.VALUE, walrus)


def _walruses(statement: ast.AST) -> Iterator[ast.NamedExpr]:
    """Those in the statement's own expressions, which may or may not be reached."""
    stack: list[ast.AST] = [
        child for child in ast.iter_child_nodes(statement) if not isinstance(child, _BLOCK_HOLDERS)
    ]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.NamedExpr):
            yield node
        if not isinstance(node, _SCOPES):
            stack.extend(ast.iter_child_nodes(node))


def _targets(
    target: ast.expr, value: ast.expr, kind: BindingKind, node: ast.AST, index: tuple[int, ...] = ()
) -> Iterator[tuple[str, Binding]]:
    if isinstance(target, ast.Name):
        yield target.id, Binding(kind, node, value, index)
    elif isinstance(target, ast.Starred):
        for name in ast.walk(target.value):
            if isinstance(name, ast.Name):
                yield name.id, Binding(BindingKind.OTHER, node)
    elif isinstance(target, ast.Tuple | ast.List):
        starred = next(
            (i for i, item in enumerate(target.elts) if isinstance(item, ast.Starred)),
            len(target.elts),
        )
        for position, item in enumerate(target.elts):
            # After a star, positions count from the end.
            place = position if position <= starred else position - len(target.elts)
            yield from _targets(item, value, kind, node, (*index, place))


def _in_order(found: list[Binding]) -> tuple[Binding, ...]:
    unique = {(id(binding.node), binding.index, id(binding.value)): binding for binding in found}
    return tuple(
        sorted(
            unique.values(),
            key=lambda binding: (
                getattr(binding.node, "lineno", 0),
                getattr(binding.node, "col_offset", 0),
                binding.index,
            ),
        )
    )
