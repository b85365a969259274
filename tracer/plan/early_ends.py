"""Arguments that may be left out, and without which a program ends before it does anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.plan.statements import FunctionNode, Syntax

_ENDS = frozenset({"exit", "quit", "_exit", "error", "fail", "abort"})


def end_without(syntax: Syntax, call: ast.Call) -> tuple[str, int] | None:
    """The argument that the call declares, and the line at which the program ends without it.

    Only what the same file says in so many words counts: `if not NAME` (alone, or first of
    several that `or` joins), and a branch that ends in `sys.exit()`, `return`, `raise` or the like.
    """
    function = decorated_by(syntax, call)
    for name in _names(call):
        for statement in syntax.statements:
            node = statement.node
            if not isinstance(node, ast.If) or (function and statement.function is not function):
                continue
            is_parameter = function is not None
            if _is_absence(node.test, name, is_parameter=is_parameter) and _ends(node.body[-1]):
                return _shown(call), node.lineno
    return None


def decorated_by(syntax: Syntax, call: ast.Call) -> FunctionNode | None:
    """The function that gets the argument as a parameter: what click's decorators stand above."""
    for statement in syntax.statements:
        node = statement.node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and call in node.decorator_list:
            return node
    return None


def _names(call: ast.Call) -> Iterator[str]:
    """What the program calls the argument."""
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "dest"), None)
    texts = [each.value for each in (given, *call.args) if isinstance(each, ast.Constant)]
    for text in texts:
        if isinstance(text, str) and (name := text.lstrip("-").replace("-", "_")):
            yield name


def _shown(call: ast.Call) -> str:
    return next(str(each.value) for each in call.args if isinstance(each, ast.Constant))


def _is_absence(test: ast.expr, name: str, *, is_parameter: bool) -> bool:
    match test:
        case ast.BoolOp(op=ast.Or(), values=[first, *_]):
            return _is_absence(first, name, is_parameter=is_parameter)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is_it(operand, name, is_parameter=is_parameter)
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return _is_it(left, name, is_parameter=is_parameter)
    return False


def _is_it(node: ast.expr, name: str, *, is_parameter: bool) -> bool:
    """A parameter of the function; or a field of what was parsed, `args.NAME`."""
    if is_parameter:
        return isinstance(node, ast.Name) and node.id == name
    return (
        isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.value, ast.Name)
    )


def _ends(last: ast.stmt) -> bool:
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Call):
        return False
    function = last.value.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _ENDS
