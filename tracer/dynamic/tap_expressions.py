"""What a tap may read: its expression as steps, which the probe takes one by one.

Names, attributes and constant items are looked up statically; `len`, `keys`, `type`, `stats` and
`digest` stand outermost. All else would run the target's code, and is left to taps that may call.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from tracer.errors import WorkloadError

FUNCTIONS = ("len", "keys", "type", "stats", "digest")
GRAMMAR = (
    "names, attributes, constant items, len(), keys(), type(), stats() and digest()"
    " are what it may hold"
)
_RETURNED = "__returned__"  # `return` is no name in Python

Step = tuple[str, Any]


class TapError(WorkloadError):
    """A tap that cannot be placed, or whose expression is not in the grammar."""


def compile_expression(expression: str) -> list[Step]:
    """Turn an expression into steps: `("name", "x")`, `("attr", "y")`, `("len", None)`.

    Raises:
        TapError: It holds more than can be read without running code.
    """
    if expression.strip() == "return":
        return [("name", "return")]
    return _steps(_parsed(expression), expression)


def compile_calling(expression: str) -> list[Step]:
    """The same for a tap that may run code: `("code", "x.f(1)")`, then what is said of its value.

    Raises:
        TapError: It is no expression of Python.
    """
    tree = _parsed(expression)
    match tree:
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if (
            name in FUNCTIONS and name != "len" and not isinstance(argument, ast.Starred)
        ):
            return [("code", ast.unparse(argument)), (name, None)]
    return [("code", ast.unparse(tree))]


def _parsed(expression: str) -> ast.expr:
    text = re.sub(r"\breturn\b", _RETURNED, expression.strip())
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise TapError(f"tap expression {expression}: {GRAMMAR}") from error


def _steps(node: ast.expr, expression: str) -> list[Step]:
    match node:
        case ast.Name(id=name):
            return [("name", "return" if name == _RETURNED else name)]
        case ast.Attribute(value=value, attr=name):
            return [*_steps(value, expression), ("attr", name)]
        case ast.Subscript(value=value, slice=index):
            try:
                key = ast.literal_eval(index)
            except ValueError:
                key = None
            if type(key) in (str, int):
                return [*_steps(value, expression), ("item", key)]
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            inner = _steps(argument, expression)
            if inner[-1][0] not in FUNCTIONS:
                return [*inner, (name, None)]
    raise TapError(f"tap expression {expression}: {GRAMMAR}")
