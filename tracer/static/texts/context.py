"""What reading any expression needs: where it runs, what is known, how far to go."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf

from tracer.model.source import FunctionId, path_of
from tracer.static.texts import syntax
from tracer.static.texts.bindings import ScopeNode, own_nodes
from tracer.static.texts.patterns import Hole, HoleKind, Pattern
from tracer.static.texts.scopes import Link, ParsedModule, Scopes
from tracer.static.texts.values import Value, Values


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the evaluator goes; each counts work, never time."""

    alternatives: int = 32  # of one expression
    calls: int = 6  # of a chain of calls, followed up or down
    steps: int = 20_000  # expressions looked at for one request
    depth: int = 80  # expressions that need one another; keeps clear of the interpreter's own limit
    expansions: int = 128  # patterns that one pattern may be expanded into


@dataclass(frozen=True, slots=True)
class Frame:
    """A function under a chain of calls: the last link calls it. Without links: however called."""

    function: FunctionId
    links: tuple[Link, ...] = ()

    @property
    def key(self) -> str:
        """Tells frames apart, and one run of the tool from no other."""
        return " ".join(f"{link.caller}@{link.end[0]}:{link.end[1]}" for link in self.links)


class TextEvaluation:
    """What the readers of expressions share: the program's scopes, a memory, and a budget.

    How an expression of one kind is read is told from above, so that the readers can stand in
    modules of their own and ask each other through here.
    """

    def __init__(
        self, scopes: Scopes, limits: Limits, written: Collection[str], read: _ReadExpression
    ) -> None:
        self.scopes = scopes
        self.limits = limits
        self.written = written  # state that the program writes, by dotted name
        self.loops: dict[Hole, tuple[ast.expr, Frame, tuple[int, ...]]] = {}
        self._read = read
        self._known: dict[tuple[ast.AST, Frame], Values] = {}
        self._open: dict[tuple[ast.AST, Frame], int] = {}
        self._lowest_cut: float = inf  # depth of the outermost expression that met itself
        self._steps = 0
        # Of a scope's own code, and of a module with all that is in it.
        self._globals: dict[ast.AST, frozenset[str]] = {}
        self._changes: dict[ast.AST, dict[str, int]] = {}

    def start(self) -> None:
        """Begin a request, with a budget of its own."""
        self._steps = 0

    def evaluate(self, node: ast.expr, frame: Frame) -> Values:
        """Evaluate, with memory; an expression that needs itself is a hole there."""
        key = (node, frame)
        if key in self._known:
            return self._known[key]
        if self.meets_itself(node, frame):
            text = shortened(node)
            return (self.hole(node, frame, text, reason="defined in terms of itself"),)
        depth = len(self._open)
        self._steps += 1
        if self._steps > self.limits.steps or depth > self.limits.depth:
            # Nothing above this may be remembered: with fewer steps behind it, it might be known.
            self._lowest_cut = -1
            text = shortened(node)
            return (self.hole(node, frame, text, reason=f"more than {self.limits.steps} steps"),)
        self._open[key] = depth
        try:
            found = self._bounded(self._read(self, node, frame), node, frame)
        finally:
            del self._open[key]
        if self._lowest_cut >= depth:
            self._known[key] = found
            self._lowest_cut = inf
        elif depth == 0:
            self._lowest_cut = inf
        return found

    def meets_itself(self, node: ast.AST, frame: Frame) -> bool:
        """Whether the node is being evaluated; then nothing on the way to it may be remembered."""
        depth = self._open.get((node, frame))
        if depth is not None:
            self._lowest_cut = min(self._lowest_cut, depth)
        return depth is not None

    @contextmanager
    def under_way(self, node: ast.AST, frame: Frame) -> Iterator[None]:
        """While the node is being evaluated, by other means than `evaluate`."""
        self._open[node, frame] = len(self._open)
        try:
            yield
        finally:
            del self._open[node, frame]

    def hole(
        self,
        node: ast.AST,
        frame: Frame,
        name: str,
        kind: HoleKind = HoleKind.OPEN,
        reason: str = "",
    ) -> Pattern:
        """A text of which nothing is known but where it comes from."""
        line, column = line_of(node), getattr(node, "col_offset", 0)
        path = path_of(frame.function)
        return Pattern((Hole(name, kind, path, line, column, frame.key, reason=reason),))

    def product(self, columns: list[list[Pattern]]) -> Iterator[tuple[Pattern, ...]]:
        """All combinations, or as many as an expression may have and one more."""
        return itertools.islice(itertools.product(*columns), self.limits.alternatives + 1)

    def function_frame(self, module: ParsedModule, node: ast.AST, frame: Frame) -> Frame:
        """The frame in which a node runs, seen from a frame of the same or of an inner function."""
        function = self.scopes.function_of(module.scope_of(node))
        return frame if function in (None, frame.function) else Frame(function)

    def declared_globals(self, scope: ScopeNode) -> frozenset[str]:
        """Names that the scope, or for a module any scope in it, declares global."""
        if scope not in self._globals:
            nodes = ast.walk(scope) if isinstance(scope, ast.Module) else own_nodes(scope)
            self._globals[scope] = syntax.declared_globals(nodes)
        return self._globals[scope]

    def changed_containers(self, scope: ScopeNode) -> dict[str, int]:
        """Containers that the scope, or for a module any scope in it, changes by name."""
        if scope not in self._changes:
            nodes = ast.walk(scope) if isinstance(scope, ast.Module) else own_nodes(scope)
            self._changes[scope] = syntax.changed_containers(nodes)
        return self._changes[scope]

    def _bounded(self, values: Iterable[Value], node: ast.expr, frame: Frame) -> Values:
        unique = tuple(dict.fromkeys(values))
        if len(unique) > self.limits.alternatives:
            reason = f"more than {self.limits.alternatives} alternatives"
            return (self.hole(node, frame, shortened(node), reason=reason),)
        return unique or (self.hole(node, frame, shortened(node), reason="no value"),)


def unknown_result(evaluation: TextEvaluation, node: ast.Call, frame: Frame) -> Iterable[Value]:
    """A hole for what a call gives."""
    return (evaluation.hole(node, frame, shortened(node), HoleKind.CALL, "result of a call"),)


def shortened(node: ast.AST, limit: int = 60) -> str:
    """The expression on one line; the node may have been deep, the text never is long."""
    try:
        text = " ".join(ast.unparse(node).split())
    except RecursionError:
        return type(node).__name__
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def quoted_read(node: ast.expr, frame: Frame) -> str:
    """How and where state is read."""
    return f"`{shortened(node)}` at {path_of(frame.function)}:{node.lineno}"


def line_of(node: ast.AST) -> int:
    """The node's line; 0 for a node without a place."""
    return getattr(node, "lineno", 0)


_ReadExpression = Callable[[TextEvaluation, ast.expr, Frame], Iterable[Value]]
