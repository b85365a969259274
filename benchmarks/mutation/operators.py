"""The small changes that are made to a file, one at a time.

Each keeps the lines and columns of the file, so that what coverage says of a line holds for the
mutant, too. Prose is left alone (f-strings, and texts with a blank), as are annotations and
docstrings.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

KINDS = (
    "comparison",
    "boolean",
    "condition",
    "arithmetic",
    "constant",
    "return",
    "statement",
    "call",
    "argument",
)
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_EXCHANGED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_DROPPED = {"sorted", "reversed"}  # f(x) becomes x
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

Change = Callable[[ast.AST], ast.AST]


@dataclass(frozen=True)
class Place:
    """A node of a file: its number in the walk, and what it stands in."""

    number: int
    node: ast.AST
    owner: str  # qualname of the outermost function or method around it; empty: the file runs it
    owner_line: int  # first line of that function's code, the first decorator included
    statement: ast.stmt


def places(tree: ast.Module) -> Iterator[Place]:
    """All nodes that run and that may be changed, in the order of the text."""
    number = 0

    def walk(
        node: ast.AST, classes: str, owner: str, line: int, statement: ast.stmt | None
    ) -> Iterator[Place]:
        nonlocal number
        number += 1
        if isinstance(node, ast.stmt):
            statement = node
        if statement is not None:
            yield Place(number, node, owner, line, statement)
        skipped = _not_mutated(node)
        for name, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if not isinstance(child, ast.AST) or child in skipped:
                    continue
                inner = (classes, owner, line)
                if isinstance(node, ast.ClassDef) and name == "body" and not owner:
                    inner = (f"{classes}{node.name}.", "", 0)
                elif isinstance(node, _FUNCTIONS) and name == "body" and not owner:
                    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                    inner = (classes, f"{classes}{node.name}", first)
                yield from walk(child, *inner, statement)

    yield from walk(tree, "", "", 0, None)


def _not_mutated(node: ast.AST) -> list[ast.AST]:
    out: list[ast.AST] = []
    for name in ("annotation", "returns"):
        if isinstance(found := getattr(node, name, None), ast.AST):
            out.append(found)
    if (
        isinstance(node, (ast.Module, ast.ClassDef, *_FUNCTIONS))
        and ast.get_docstring(node) is not None
    ):
        out.append(node.body[0])
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        out += [node.test, *node.body]
    if isinstance(node, ast.JoinedStr):
        out += [value for value in node.values if isinstance(value, ast.Constant)]
        out += [
            v.format_spec
            for v in node.values
            if isinstance(v, ast.FormattedValue) and v.format_spec
        ]
    return out


def changes(place: Place) -> Iterator[tuple[str, str, Change]]:
    """What may be done to a node: the kind, what it becomes, and the deed."""
    node = place.node
    for kind, change in _of(node, place):
        made = change(deepcopy(node))
        yield kind, f"{_text(node)} → {_text(made)}", change


def _of(node: ast.AST, place: Place) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARED:
            yield "comparison", _set(ops=[_COMPARED[type(operator)]()])
        case ast.BoolOp(op=operator):
            yield "boolean", _set(op=ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield "boolean", lambda old: old.operand  # type: ignore[attr-defined]
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in _COMPUTED:
            if not (isinstance(node, ast.BinOp) and _is_type(node)):
                yield "arithmetic", _set(op=_COMPUTED[type(operator)]())
        case ast.Constant(value=bool(value)):
            yield "constant", _set(value=not value)
        case ast.Constant(value=int(value)):
            yield "constant", _set(value=value + 1)
        case ast.Constant(value=str(value)) if not any(c.isspace() for c in value.strip()):
            yield "constant", _set(value=f"{value}?" if value else "?")
        case ast.Return(value=ast.expr() as value) if not _is_bool_or_none(value):
            yield "return", _set(value=ast.Constant(None))
    yield from _conditions(node)
    yield from _statements(node, place)
    yield from _calls(node)


def _conditions(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, (ast.If, ast.While, ast.IfExp)) and not _is_negated_elsewhere(node.test):
        yield "condition", lambda old: _with(old, test=ast.UnaryOp(ast.Not(), old.test))  # type: ignore[attr-defined]
    if isinstance(node, ast.comprehension):
        for index, test in enumerate(node.ifs):
            if not _is_negated_elsewhere(test):
                yield "condition", _negate_filter(index)


def _negate_filter(index: int) -> Change:
    def change(old: ast.AST) -> ast.AST:
        assert isinstance(old, ast.comprehension)
        ifs = list(old.ifs)
        ifs[index] = ast.UnaryOp(ast.Not(), ifs[index])
        return _with(old, ifs=ifs)

    return change


def _is_negated_elsewhere(test: ast.expr) -> bool:
    """Changing the test itself gives the same mutant."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return True
    exact = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
    return isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], exact)


def _statements(node: ast.AST, place: Place) -> Iterator[tuple[str, Change]]:
    removable = isinstance(node, (ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete))
    removable |= isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign) and place.owner:
        removable = all(isinstance(t, (ast.Attribute, ast.Subscript)) for t in node.targets)
    if removable:
        yield "statement", lambda _: ast.Pass()


def _calls(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if not isinstance(node, ast.Call):
        return
    plain = [each for each in node.args if not isinstance(each, ast.Starred)]
    if isinstance(node.func, ast.Name) and node.func.id in _EXCHANGED:
        yield "call", _set(func=ast.Name(_EXCHANGED[node.func.id], ast.Load()))
    if isinstance(node.func, ast.Name) and node.func.id in _DROPPED and len(plain) == 1:
        yield "call", lambda old: old.args[0]  # type: ignore[attr-defined]
    if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        yield "call", lambda old: old.func.value  # type: ignore[attr-defined]
    if len(plain) == len(node.args) >= 2 and ast.dump(plain[0]) != ast.dump(plain[1]):
        if isinstance(node.func, ast.Name) and node.func.id in _EXCHANGED:
            return  # in any order
        yield "argument", _set(args=[plain[1], plain[0], *plain[2:]])


def _is_type(node: ast.BinOp) -> bool:
    """`int | None` in a test or an alias is a type."""
    sides = {ast.unparse(node.left), ast.unparse(node.right)}
    return isinstance(node.op, ast.BitOr) and any(
        s == "None" or s.startswith("ast.") for s in sides
    )


def _is_bool_or_none(value: ast.expr) -> bool:
    """None is no other value than None, and as good as False."""
    return isinstance(value, ast.Constant) and (
        value.value is None or isinstance(value.value, bool)
    )


def _set(**fields: object) -> Change:
    return lambda old: _with(old, **fields)


def _with(old: ast.AST, **fields: object) -> ast.AST:
    for name, value in fields.items():
        setattr(old, name, value)
    return old


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.comprehension):
        return " if ".join(["for …", *map(ast.unparse, node.ifs)])
    if isinstance(node, (ast.If, ast.While)):
        word = "if" if isinstance(node, ast.If) else "while"
        return f"{word} {ast.unparse(node.test)}"
    return ast.unparse(node)
