"""Which context managers stand around a line: what is made there may be another thing for it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from tracer.model.graph import SiteKind
from tracer.model.source import Callee, Span
from tracer.static import flat
from tracer.static.flat import unpack_span
from tracer.static.program import Program
from tracer.static.solver import Solution
from tracer.static.values import Ref


@dataclass(frozen=True, slots=True)
class Context:
    """A `with` block, or a function as a whole that is decorated with a context manager."""

    first_line: int  # of its body
    last_line: int
    callees: tuple[Callee, ...]  # what the manager may be made by
    text: str  # as written


class Contexts:
    """The contexts of each scope. Code of functions that are called from there is not looked at."""

    def __init__(self, program: Program, solution: Solution) -> None:
        self._program = program
        self._solution = solution
        self._blocks: dict[int, dict[tuple[int, int], tuple[int, int]]] = {}
        self._contexts: dict[Ref, tuple[Context, ...]] = {}

    def around(self, ref: Ref, line: int) -> tuple[Context, ...]:
        """Those around a line of a scope, the innermost first."""
        if ref not in self._contexts:
            self._contexts[ref] = (*self._decorators(ref), *self._withs(ref))
        found = [c for c in self._contexts[ref] if c.first_line <= line <= c.last_line]
        found.reverse()  # of `with a, b:` the last is the innermost
        return tuple(sorted(found, key=lambda c: c.last_line - c.first_line))

    def _withs(self, ref: Ref) -> Iterator[Context]:
        scope = self._program.flat(ref)
        for kind, packed, node, *_ in scope.sites:
            made = scope.nodes[node]
            if kind == SiteKind.WITH and made[0] == flat.CALL:
                span = unpack_span(packed)
                lines = self._lines(ref[0]).get((span.end_line, span.end_column))
                if lines is not None:
                    yield self._context(ref, cast(int, made[1]), *lines)

    def _decorators(self, ref: Ref) -> Iterator[Context]:
        scope = self._program.flat(ref)
        around = self._program.parent(ref)
        for node in scope.decorators:
            made = self._program.flat(around).nodes[node]
            if made[0] == flat.CALL:
                site = cast(int, made[1])
                yield self._context(around, site, scope.def_line, scope.end_line)

    def _context(self, ref: Ref, site: int, first: int, last: int) -> Context:
        callees = self._solution.callees.get((ref, site))
        text = f"{self._program.site_text(ref, site)}()"
        return Context(first, last, () if callees is None else callees.ids, text)

    def _lines(self, file: int) -> dict[tuple[int, int], tuple[int, int]]:
        """First and last line of the body of each `with`, by the end of the manager's expression.

        The summaries do not hold where blocks end. A file that this interpreter cannot parse has
        none: what is made there is told as if it were made anywhere.
        """
        if file not in self._blocks:
            self._blocks[file] = dict(_blocks(self._text(file)))
        return self._blocks[file]

    def _text(self, file: int) -> str:
        excerpts = self._program.excerpts(file)
        return "" if excerpts is None else excerpts.at(Span(1, 0, excerpts.lines, 1 << 20))


def _blocks(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            lines = node.body[0].lineno, node.end_lineno or node.lineno
            for item in node.items:
                expression = item.context_expr
                yield (expression.end_lineno or 0, expression.end_col_offset or 0), lines
