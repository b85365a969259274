"""How many entries a dictionary has where it is used, if the source alone says so."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.plan.statements import FunctionNode, Statement

_READS_ALL_NAMES = frozenset({"locals", "vars", "exec", "eval", "globals"})


def counted_arguments(statement: Statement, call: ast.Call) -> Iterator[tuple[str, int]]:
    """Names among a call's arguments that hold a literal of known size, with the size.

    A name counts if, in its function, it is bound once, to a dictionary literal with distinct
    constant keys, and if nothing but reads that cannot change it stands between that and the call:
    the first place that uses the name at all is this very statement, no inner function uses it, and
    no loop around the call leaves the binding outside (the callee might change it on the way).
    """
    if statement.function is None:
        return
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    for argument in arguments:
        if isinstance(argument, ast.Name):
            count = _count_at(statement.function, statement, argument.id)
            if count is not None:
                yield argument.id, count


def literal_size(node: ast.expr | None) -> int | None:
    """The number of entries of a literal whose keys are constants, each once; None else."""
    if not isinstance(node, ast.Dict):
        return None
    keys: set[tuple[type, object]] = set()
    for key in node.keys:
        if not isinstance(key, ast.Constant) or isinstance(key.value, float | complex | bool):
            return None  # `1`, `1.0` and `True` are one key
        keys.add((type(key.value), key.value))
    return len(keys) if len(keys) == len(node.keys) else None


def _count_at(function: FunctionNode, use: Statement, name: str) -> int | None:
    binding: ast.stmt | None = None
    uses: list[ast.Name] = []
    for node in ast.walk(function):
        match node:
            case ast.Name(id=found, ctx=ast.Load()) if found in _READS_ALL_NAMES:
                return None
            case ast.Global(names=names) | ast.Nonlocal(names=names) if name in names:
                return None
            case ast.arg(arg=argument) if argument == name:
                return None
            case ast.alias(name=imported, asname=alias):
                if (alias or imported.partition(".")[0]) in (name, "*"):
                    return None
            case ast.ExceptHandler(name=caught) if caught == name:
                return None
            case ast.MatchAs(name=matched) | ast.MatchStar(name=matched) if matched == name:
                return None
            case ast.MatchMapping(rest=matched) if matched == name:
                return None
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                if node is not function and _uses_name(node, name):
                    return None
            case ast.Name(id=found) if found == name:
                uses.append(node)
            case _:
                pass
    for node in ast.walk(function):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=found)]) | ast.AnnAssign(target=ast.Name(id=found))
            ) if found == name:
                if binding is not None:
                    return None
                binding = node
            case _:
                pass
    if binding is None or sum(not isinstance(use.ctx, ast.Load) for use in uses) != 1:
        return None
    first_load = min(
        ((node.lineno, node.col_offset) for node in uses if isinstance(node.ctx, ast.Load)),
        default=None,
    )
    first, last = use.node.lineno, use.node.end_lineno or use.node.lineno
    if first_load is None or not first <= first_load[0] <= last or binding.lineno >= first:
        return None
    if any(not _holds(loop, binding) for loop in use.loops):
        return None
    value = binding.value if isinstance(binding, ast.Assign | ast.AnnAssign) else None
    return literal_size(value)


def _uses_name(node: ast.AST, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))


def _holds(loop: ast.stmt, node: ast.stmt) -> bool:
    return any(inner is node for inner in ast.walk(loop))
