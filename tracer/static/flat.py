"""What one file says, in plain tuples of integers and strings: small, and quick to keep and load.

A scope is a list of nodes; a node is a tuple whose first item says what it is, and its index is the
variable that holds its value. Other nodes are named by index, always in the same scope. A summary
depends on the text of its file alone, and `marshal` stores it.

Spans are packed into one integer (see `pack_span`), since most are never asked for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tracer.model.source import Span

# What a node is; beside each, the items that follow.
UNKNOWN = 0  # why
CONST = 1  # name of its builtin type, value (of strings, integers; a slice: its start; else None)
NAME = 2  # name, bindings of this scope that may reach here; `~k`: all of loop k; (): none of here
ATTR = 3  # base, name, span
CALL = 4  # site
ITEM = 5  # base, key, span
ELEMENT = 6  # base, span, is async: what iteration gives
UNPACK = 7  # base, index, count, index of the starred target or -1, span
ENTER = 8  # base, is async
AWAIT = 9  # base, span
RAISED = 10  # base: an instance of the exception class, or of one in the tuple
NARROW = 11  # base, type or (`class`, type) or (`none`,), holds: what `isinstance` and its like say
EITHER = 12  # nodes
OPERATE = 13  # method, left, right, span, is augmented
COMPARE = 14  # method, left, right, span; the right one of `__contains__` is the container
UNARY = 15  # method, operand, span
PROTOCOL = 16  # method (`__bool__`, `__format__`), base, span
DEFINED = 17  # scope of this file, its decorators' sites in source order
PARAMETER = 18  # index
IMPORT = 19  # dotted name, whether the whole is bound (`as`) or only its first part
FROM = 20  # level, module, name; "" for the module itself
LITERAL = 21  # container
SENT = 22  # what `yield` gives
DELEGATED = 23  # base: what `yield from` gives
TEXT = 24  # nodes: the parts of an f-string

TypeTree = tuple[object, ...]
"""A type expression as nested tuples: `("name", id)`, `("attr", tree, name)`, `("item", tree,
trees)`, `("or", left, right)`, `("group", trees)`, `("none",)`, `("...",)`, `("const", value)`,
`("?", why)`."""

FlatParameter = tuple[str, str, TypeTree | None, int]
"""Name, kind (a `ParameterKind`), annotation, node of its default in the scope around, or -1."""

FlatBinding = tuple[str, int, TypeTree | None, int]
"""Name, node of the value, annotation, line."""

FlatSite = tuple[str, int, int, int, tuple[tuple[str, int, int], ...], int, bool, bool]
"""Kind (a `SiteKind`), span, node of the callee, span of the callee, arguments (keyword, `*`, `**`
or "", node, span), guard, is conditional, is unreachable."""

FlatAccess = tuple[str, int, str, int, int, int, int, int, bool, TypeTree | None]
"""Kind (an `AccessKind`), base node, name, key node, value node, span of the value or 0, span,
guard, is unreachable, annotation. Nodes are -1 where there is none."""

FlatContainer = tuple[str, tuple[int, ...], tuple[int, ...], bool, bool]
"""Type, elements, keys, is open, is repeated; an element `~n` is what iteration over n gives."""

FlatGuard = tuple[
    int, str, str, int, tuple[int, int], tuple[int, int], tuple[int, ...], tuple[int, ...], int
]
"""Parent, kind, text, line, its range of sites, its range of accesses, nodes of its names, the
guards that it joins (of an early exit), the first line of its branch or 0."""


FlatRaise = tuple[int, str, bool, int, bool]
"""Span, type as written or as caught, whether a handler caught it, guard, is unreachable."""


class FlatScope(NamedTuple):
    """A module, class body, function or lambda."""

    kind: str  # a `FunctionKind`
    name: str
    qualname: str
    ordinal: int
    parent: int  # -1 for the module
    first_line: int
    def_line: int
    end_line: int
    parameters: tuple[FlatParameter, ...] = ()
    returns_annotation: TypeTree | None = None  # read in the scope around
    bases: tuple[int, ...] = ()  # nodes of the scope around
    keywords: tuple[tuple[str, int], ...] = ()  # of a class statement: `metaclass`
    decorators: tuple[int, ...] = ()  # nodes of the scope around
    is_generator: bool = False
    is_coroutine: bool = False
    docstring_line: str = ""
    documented_types: tuple[tuple[str, str], ...] = ()  # of a docstring: parameter, words
    nodes: tuple[tuple[object, ...], ...] = ()
    bindings: tuple[FlatBinding, ...] = ()
    exits: tuple[tuple[str, tuple[int, ...]], ...] = ()  # what is bound at the end of the scope
    loops: tuple[tuple[int, int], ...] = ()  # ranges of bindings
    sites: tuple[FlatSite, ...] = ()
    accesses: tuple[FlatAccess, ...] = ()
    containers: tuple[FlatContainer, ...] = ()
    returns: tuple[int, ...] = ()
    # For each of these, the tests around it: node, and whether it must be None or not be None.
    return_tests: tuple[tuple[tuple[int, bool], ...], ...] = ()
    yields: tuple[int, ...] = ()
    guards: tuple[FlatGuard, ...] = ()
    stars: tuple[tuple[int, str], ...] = ()  # `from module import *`: level, module
    global_names: tuple[str, ...] = ()
    nonlocal_names: tuple[str, ...] = ()
    dead_nodes: tuple[tuple[int, int], ...] = ()  # ranges of nodes that are never evaluated
    raises: tuple[FlatRaise, ...] = ()
    guard_starts: tuple[tuple[int, int], ...] = ()  # node from which on a guard holds; from -1 on
    return_lines: tuple[int, ...] = ()  # one for each of `returns`


class FileSummary(NamedTuple):
    """All scopes of a file, the module first, each after its parent."""

    scopes: tuple[FlatScope, ...]
    exported: tuple[str, ...] | None = None  # `__all__`, where it is a plain list
    problem: str = ""  # why there are no scopes


_COLUMN_BITS = 20
_LARGEST_COLUMN = (1 << _COLUMN_BITS) - 1


def pack_span(line: int, column: int, end_line: int, end_column: int) -> int:
    """A span as one integer; columns beyond a million are cut."""
    return (
        (line << 64)
        | (min(column, _LARGEST_COLUMN) << 44)
        | (min(end_line - line, 0xFFFFFF) << _COLUMN_BITS)
        | min(end_column, _LARGEST_COLUMN)
    )


def unpack_span(packed: int) -> Span:
    """The span that was packed."""
    line = packed >> 64
    return Span(
        line,
        (packed >> 44) & _LARGEST_COLUMN,
        line + ((packed >> _COLUMN_BITS) & 0xFFFFFF),
        packed & _LARGEST_COLUMN,
    )


def encode_summary(summary: FileSummary) -> tuple[Any, ...]:
    """Plain tuples, as `marshal` takes them."""
    return (tuple(map(tuple, summary.scopes)), summary.exported, summary.problem)


def decode_summary(data: tuple[object, ...]) -> FileSummary:
    """The summary that was encoded.

    Raises:
        TypeError, ValueError: The data have another form.
    """
    scopes, exported, problem = data
    return FileSummary(
        tuple(FlatScope(*scope) for scope in scopes),  # type: ignore[attr-defined]
        exported,  # type: ignore[arg-type]
        problem,  # type: ignore[arg-type]
    )
