"""Quoted code beside the code that stands there: parsed expressions are compared, not their text.

`X = 3` is a piece of the text `X = 30`, and of `X = 3 * n`; neither says that X is 3.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Iterator
from enum import IntEnum
from textwrap import dedent

Constant = object
_DEEPEST = 100  # of nested expressions that are compared
_LARGEST = 10**6  # of operands that are multiplied or repeated
_OPERATORS: dict[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Lambda, ast.JoinedStr)


class Likeness(IntEnum):
    """How a quoted expression fits the one that stands there, best first."""

    SAME = 0
    SHORTENED = 1  # arguments or the front of a name are left out
    UNKNOWN = 2  # a value is told where an expression stands: only a run would know
    OTHER_CONSTANT = 3  # the same but for a constant
    OTHER = 4

    @property
    def stands(self) -> bool:
        """Whether the quotation is right."""
        return self <= Likeness.SHORTENED


def parse_quoted(text: str) -> ast.stmt | None:
    """One statement; the header of a compound one stands for the whole."""
    source = dedent(text).strip()
    if source.startswith("elif "):
        source = source[2:]
    for candidate in (source, f"{source}\n    pass", f"{source}:\n    pass"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                body = ast.parse(candidate).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return body[0] if len(body) == 1 else None
    return None


def bindings_of(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement gives a value, each with the expression: assignments, keyword
    arguments, defaults of parameters and entries of dicts; functions within it are left out."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _unpacked(target, value)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            yield ast.unparse(target), value
        case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
            yield from _defaults(args)
            return  # its body is other statements
    for node in _within(statement):
        match node:
            case ast.Call(keywords=keywords):
                yield from ((k.arg, k.value) for k in keywords if k.arg)
            case ast.NamedExpr(target=target, value=value):
                yield target.id, value
            case ast.Dict(keys=keys, values=values):
                for key, each in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key.value, each


def expressions_of(statement: ast.stmt) -> Iterator[ast.expr]:
    """All expressions of a statement, bodies left out."""
    return (node for node in _within(statement) if isinstance(node, ast.expr))


def compare(told: ast.expr, actual: ast.expr) -> Likeness:
    """How a quoted expression fits the one that stands there."""
    if _is_left_out(told):
        return Likeness.SAME
    known, value = fold(told)
    there, stands = fold(actual)
    if known and there:
        is_same = type(value) is type(stands) and value == stands
        return Likeness.SAME if is_same else Likeness.OTHER_CONSTANT
    if known:
        is_display = isinstance(actual, _DISPLAYS) and type(actual) is not type(told)
        return Likeness.OTHER_CONSTANT if is_display else Likeness.UNKNOWN
    return Likeness.OTHER if there and not _has_hole(told) else _compare(told, actual, 0)


def compare_statements(told: ast.stmt, actual: ast.stmt) -> Likeness:
    """How a quoted statement, or its header, fits another of the same kind."""
    match told, actual:
        case ast.Return(value=value), ast.Return(value=other) if value and other:
            return compare(value, other)
        case ast.Raise(exc=ast.Name() as one), ast.Raise(exc=ast.expr() as other):
            raised = other.func if isinstance(other, ast.Call) else other
            name = raised.id if isinstance(raised, ast.Name) else ""
            is_other = name[:1].isupper() and one.id[:1].isupper() and name != one.id
            return Likeness.OTHER_CONSTANT if is_other else Likeness.SHORTENED
        case ast.Raise(exc=ast.expr() as value), ast.Raise(exc=ast.expr() as other):
            return compare(value, other)
        case ast.For(), ast.For():
            return max(_compare(told.target, actual.target, 0), compare(told.iter, actual.iter))
        case ast.ClassDef(), ast.ClassDef() if told.name == actual.name:
            bases = [ast.unparse(each).rpartition(".")[2] for each in told.bases]
            known = [ast.unparse(each).rpartition(".")[2] for each in actual.bases]
            return Likeness.SAME if set(bases) <= set(known) else Likeness.OTHER_CONSTANT
        case ast.FunctionDef(), ast.FunctionDef() if told.name == actual.name:
            return _compare_heads(told.args, actual.args)
    return Likeness.OTHER


def _compare_heads(told: ast.arguments, actual: ast.arguments) -> Likeness:
    """Parameters may be left out; one that is told must be there, with that default."""
    names, known = (
        {each.arg for each in ast.walk(args) if isinstance(each, ast.arg)}
        for args in (told, actual)
    )
    if not names <= known:
        return Likeness.OTHER_CONSTANT
    defaults = dict(_defaults(actual))
    worst = Likeness.SAME if names == known else Likeness.SHORTENED
    for name, default in _defaults(told):
        there = defaults.get(name)
        worst = max(worst, compare(default, there) if there else Likeness.OTHER_CONSTANT)
    return worst


def fold(node: ast.expr) -> tuple[bool, Constant]:
    """Whether an expression is a constant by itself, arithmetic included, and which."""
    try:
        return True, _fold(node)
    except (ValueError, TypeError, ArithmeticError, SyntaxError, MemoryError, RecursionError):
        return False, None


def _fold(node: ast.expr) -> Constant:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _fold(node.left), _fold(node.right)
        for each in (left, right):
            if not isinstance(each, int | float | str) or (
                isinstance(each, int | float) and abs(each) > _LARGEST
            ):
                raise ValueError
        if isinstance(node.op, ast.Pow) and not (isinstance(right, int) and 0 <= right <= 64):
            raise ValueError
        if isinstance(left, str) != isinstance(right, str) or (
            isinstance(left, str) and not isinstance(node.op, ast.Add)
        ):
            raise ValueError
        return _OPERATORS[type(node.op)](left, right)
    if _has_hole(node):
        raise ValueError
    return ast.literal_eval(node)


def _compare(told: ast.AST, actual: ast.AST, depth: int) -> Likeness:
    if depth > _DEEPEST:
        return Likeness.UNKNOWN
    if isinstance(told, ast.expr) and _is_left_out(told):
        return Likeness.SAME
    if isinstance(told, ast.Constant) and isinstance(actual, ast.Constant):
        is_same = type(told.value) is type(actual.value) and told.value == actual.value
        return Likeness.SAME if is_same else Likeness.OTHER_CONSTANT
    if isinstance(told, ast.Name | ast.Attribute) and isinstance(actual, ast.Name | ast.Attribute):
        short, whole = ast.unparse(told), ast.unparse(actual)
        if short == whole:
            return Likeness.SAME
        is_end = whole.endswith(f".{short}") or short.endswith(f".{whole}")
        return Likeness.SHORTENED if is_end else Likeness.OTHER
    if type(told) is not type(actual):
        return Likeness.OTHER
    if isinstance(told, ast.Call) and isinstance(actual, ast.Call):
        return _compare_calls(told, actual, depth)
    worst = Likeness.SAME
    for name in told._fields:
        if name == "ctx":
            continue
        worst = max(worst, _compare_fields(getattr(told, name), getattr(actual, name, None), depth))
    return worst


def _compare_fields(told: object, actual: object, depth: int) -> Likeness:
    if isinstance(told, ast.AST) and isinstance(actual, ast.AST):
        return _compare(told, actual, depth + 1)
    if isinstance(told, list) and isinstance(actual, list):
        if len(told) != len(actual):
            return _compare_cut(told, actual, depth)
        pairs = zip(told, actual, strict=True)
        return max((_compare_fields(a, b, depth) for a, b in pairs), default=Likeness.SAME)
    return Likeness.SAME if told == actual else Likeness.OTHER


def _compare_cut(told: list[object], actual: list[object], depth: int) -> Likeness:
    """`[a, ..., z]`: what stands before and behind the ellipsis must stand at the ends."""
    holes = [at for at, each in enumerate(told) if isinstance(each, ast.AST) and _is_hole(each)]
    behind = len(told) - holes[-1] - 1 if holes else 0
    if not holes or holes[0] + behind > len(actual):
        return Likeness.OTHER
    ends = [*zip(told[: holes[0]], actual, strict=False)]
    ends += zip(told[len(told) - behind :], actual[len(actual) - behind :], strict=True)
    return max([Likeness.SHORTENED, *(_compare_fields(a, b, depth) for a, b in ends)])


def _compare_calls(told: ast.Call, actual: ast.Call, depth: int) -> Likeness:
    """Arguments may be left out, in whatever place; those that are told must stand there."""
    worst = _compare(told.func, actual.func, depth + 1)
    given = [(k.arg, k.value) for k in actual.keywords]
    is_cut = len(told.args) + len(told.keywords) < len(actual.args) + len(actual.keywords)
    at = 0
    for argument in told.args:
        if _is_left_out(argument):
            is_cut = True
            continue
        rest = [_compare(argument, each, depth + 1) for each in actual.args[at:]]
        rest = rest or [_compare(argument, value, depth + 1) for _, value in given]
        if not rest:
            return Likeness.OTHER
        best = min(rest) if is_cut else rest[0]
        at += rest.index(best) + 1
        worst = max(worst, best)
    for keyword in told.keywords:
        same = [value for name, value in given if name == keyword.arg]
        if not same:
            return Likeness.OTHER
        worst = max(worst, _compare(keyword.value, same[0], depth + 1))
    return max(worst, Likeness.SHORTENED) if is_cut else worst


def _is_left_out(node: ast.expr) -> bool:
    """`...` stands for anything; so does a display of nothing but that."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return bool(node.elts) and all(_is_left_out(each) for each in node.elts)
    return _is_hole(node)


def _has_hole(node: ast.AST) -> bool:
    return any(_is_hole(each) for each in ast.walk(node))


def _is_hole(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    yield ast.unparse(target), value
    pairs = (ast.Tuple, ast.List)
    if isinstance(target, pairs) and isinstance(value, pairs):
        is_plain = not any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts))
        if is_plain and len(target.elts) == len(value.elts):
            for each, part in zip(target.elts, value.elts, strict=True):
                yield from _unpacked(each, part)


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    for parameter, default in zip(with_default, arguments.defaults, strict=True):
        yield parameter.arg, default
    for parameter, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if given is not None:
            yield parameter.arg, given


def _within(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement and of its expressions, without those of statements in it."""
    queue: list[ast.AST] = [statement]
    while queue:
        node = queue.pop(0)
        yield node
        queue += [
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case)
        ]
