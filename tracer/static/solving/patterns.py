"""Names that code puts together: what the constant parts of a string expression tell."""

from __future__ import annotations

from typing import Any, cast

from tracer.static import flat
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.keys import constant_text
from tracer.static.solving.terms import Args


def possible_names(solver: Solver, code: Code | None, args: Args, index: int) -> Any:
    """What the constant strings of an argument's expression tell: whole names and prefixes."""
    if code is None or index >= len(args.nodes):
        return (), None
    return _pattern(code, args.nodes[index], 0)


def _pattern(code: Code, node: int, depth: int) -> Any:
    """(whole names, (beginning, end)) of a string expression, as far as constants tell."""
    parts = code.scope.nodes[code.template.alias[node]]
    if depth > 4:
        return (), None
    if parts[0] == flat.CONST and isinstance(parts[2], str):
        return (parts[2],), None
    if parts[0] in (flat.PARAMETER, flat.NAME):
        given = constant_text(code, node)
        return (() if given is None else (given,)), None
    if parts[0] == flat.TEXT:
        pieces = [
            code.scope.nodes[code.template.alias[piece]]
            for piece in cast("tuple[int, ...]", parts[1])
        ]
        start = pieces[0][2] if pieces and _is_text(pieces[0]) else ""
        end = pieces[-1][2] if len(pieces) > 1 and _is_text(pieces[-1]) else ""
        return (), ((start, end) if start or end else None)
    if parts[0] == flat.OPERATE and parts[1] == "__add__":
        left = _pattern(code, cast(int, parts[2]), depth + 1)
        right = _pattern(code, cast(int, parts[3]), depth + 1)
        start = left[0][0] if left[0] else (left[1][0] if left[1] else "")
        end = right[0][0] if right[0] else (right[1][1] if right[1] else "")
        return (), ((start, end) if start or end else None)
    if parts[0] == flat.OPERATE and parts[1] == "__mod__":
        left = _pattern(code, cast(int, parts[2]), depth + 1)
        if left[0] and "%" in left[0][0]:
            template: str = left[0][0]
            start, _, rest = template.partition("%")
            return (), ((start, rest[1:]) if start or rest[1:] else None)
    if parts[0] == flat.CALL:
        return _pattern_of_call(code, cast(int, parts[1]), depth)
    return (), None


def _pattern_of_call(code: Code, number: int, depth: int) -> Any:
    """The same of `"visit_{}".format(x)`, and of `.lower()` or `.upper()` of such a string."""
    method: Any = code.scope.nodes[code.template.alias[code.scope.sites[number][2]]]
    if method[0] != flat.ATTR:
        return (), None
    names, affixes = _pattern(code, method[1], depth + 1)
    if method[2] in ("lower", "upper"):
        change = str.lower if method[2] == "lower" else str.upper
        changed = tuple(map(change, names))
        return changed, None if affixes is None else tuple(map(change, affixes))
    if method[2] == "format" and names:
        start, brace, _ = names[0].partition("{")
        if not brace:
            return names, None
        end = names[0].rpartition("}")[2]
        return (), ((start, end) if start or end else None)
    return (), None


def _is_text(parts: tuple[object, ...]) -> bool:
    return parts[0] == flat.CONST and isinstance(parts[2], str)
