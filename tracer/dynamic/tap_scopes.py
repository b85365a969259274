"""Names that a function cannot see at run time although the source says that it could.

A function keeps of the functions around it only the names that it uses itself. To read another
one in its frame would find a global variable of that name, or nothing.
"""

from __future__ import annotations

import ast

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def holder_of_unused_name(tree: ast.Module, line: int, name: str, *, is_inside: bool) -> str:
    """The function around the one at a line that has a name which that one does not use.

    Args:
        is_inside: On the line of a `def`, its body is meant, not the statement that makes it.

    Returns:
        Its name; empty where the name at the line means what the frame says it does.
    """
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, _Function)
        and node.lineno <= line <= (node.end_lineno or node.lineno)
        and (is_inside or node.lineno < line or node.lineno == node.end_lineno)
    ]
    around.sort(key=lambda node: node.lineno)
    if not around or name in _names_used(around[-1]):
        return ""
    return next((node.name for node in reversed(around[:-1]) if name in _names_bound(node)), "")


def _names_used(function: _Function) -> set[str]:
    """All names in a function, with those of functions within: it has to hand these on."""
    return {
        *(node.id for node in ast.walk(function) if isinstance(node, ast.Name)),
        *_parameters(function),
    }


def _names_bound(function: _Function) -> set[str]:
    bound = set(_parameters(function))
    declared: set[str] = set()
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                bound.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                declared.update(names)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                bound.update(a.asname or a.name.partition(".")[0] for a in aliases)
            case ast.ExceptHandler(name=str() as name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                bound.add(name)
                continue
            case ast.ClassDef(name=name):
                bound.add(name)
                continue
            case ast.Lambda():
                continue
        pending += ast.iter_child_nodes(node)
    return bound - declared


def _parameters(function: _Function) -> list[str]:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [each.arg for each in every if each is not None]
