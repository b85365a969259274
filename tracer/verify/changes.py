"""What a file raises, sets and takes away, by the statements that say so."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tracer.verify.parsing import dotted_text

_REMOVING = frozenset({"pop", "discard", "remove"})
_SETTING = frozenset({"setdefault", "setattr", "__setitem__"})


@dataclass(frozen=True, slots=True)
class RaiseStatement:
    """A `raise`, with the class that it names."""

    first_line: int
    last_line: int
    name: str  # dotted as written; empty: a bare `raise`, or a value whose class nobody knows


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key, an attribute or a name that a statement sets or takes away."""

    first_line: int  # of the statement
    last_line: int
    key: str
    text: str  # as written, cut: `context['a']['b']`
    line: int  # of the target
    is_key: bool  # of a container, and no name or attribute
    is_removed: bool = False


@lru_cache(maxsize=32)
def raises_of(lines: tuple[str, ...]) -> tuple[RaiseStatement, ...]:
    """All `raise` statements of a file, in source order."""
    found = [
        RaiseStatement(node.lineno, node.end_lineno or node.lineno, _class_of(node.exc))
        for node in ast.walk(_parsed(lines))
        if isinstance(node, ast.Raise)
    ]
    return tuple(sorted(found, key=lambda each: each.first_line))


@lru_cache(maxsize=32)
def key_changes_of(lines: tuple[str, ...]) -> tuple[KeyChange, ...]:
    """All constant keys, attributes and names that a file sets or takes away, in source order."""
    found = [
        KeyChange(
            statement.lineno,
            statement.end_lineno or statement.lineno,
            key,
            _cut(target),
            target.lineno,
            is_key,
            is_removed,
        )
        for statement in ast.walk(_parsed(lines))
        if isinstance(statement, ast.stmt)
        for target, key, is_key, is_removed in _changes(statement)
    ]
    return tuple(sorted(found, key=lambda each: (each.line, each.text)))


def _parsed(lines: tuple[str, ...]) -> ast.AST:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def _class_of(node: ast.expr | None) -> str:
    named = node.func if isinstance(node, ast.Call) else node
    dotted = dotted_text(named) if named is not None else ""
    # `raise error` gives a variable on, whatever it holds.
    return dotted if dotted.rpartition(".")[2][:1].isupper() else ""


_Change = tuple[ast.expr, str, bool, bool]


def _changes(statement: ast.stmt) -> Iterator[_Change]:
    """Target, key, whether it is one of a container, whether it is taken away."""
    match statement:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _targets(target, is_removed=False)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            yield from _targets(target, is_removed=False)
        case ast.Delete(targets=targets):
            for target in targets:
                yield from _targets(target, is_removed=True)
    for node in _expressions(statement):
        match node:
            case ast.Dict(keys=keys):
                for key in keys:
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key, key.value, True, False
            case ast.Call(func=function, args=arguments, keywords=keywords):
                name = dotted_text(function).rpartition(".")[2] or getattr(function, "attr", "")
                if name in _REMOVING | _SETTING:
                    for argument in arguments[:2]:
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                            yield node, argument.value, True, name in _REMOVING
                            break
                if name in ("update", "dict"):
                    for keyword in keywords:
                        if keyword.arg:
                            yield keyword.value, keyword.arg, True, False
            case ast.NamedExpr(target=target):
                yield target, target.id, False, False


def _targets(target: ast.expr, *, is_removed: bool) -> Iterator[_Change]:
    match target:
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from _targets(element, is_removed=is_removed)
        case ast.Starred(value=value):
            yield from _targets(value, is_removed=is_removed)
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            yield target, key, True, is_removed
        case ast.Attribute(attr=name) | ast.Name(id=name):
            yield target, name, False, is_removed


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Expressions of a statement's own: none of the statements within it."""
    waiting: list[ast.AST] = [
        child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt)
    ]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr):
            yield node
        waiting += [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.stmt)]


def _cut(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:59]}…"
