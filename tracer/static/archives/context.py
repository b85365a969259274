"""Accesses, archives and drafts, and what reading them needs."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from tracer.model.evidence import LayoutKey
from tracer.model.graph import CallGraph, Effect, EffectKind
from tracer.model.source import Anchor, AnchorKind, FunctionId, path_of, qualname_of
from tracer.static.archives.conditions import Conditions
from tracer.static.sources import SourceTree
from tracer.static.texts.context import Frame
from tracer.static.texts.evaluator import StringEvaluator
from tracer.static.texts.patterns import Hole, Pattern, concat, literal
from tracer.static.texts.scopes import Link

TESTED = "tested for"  # the content of a member whose existence is asked, and no more
NPZ_WRITERS = frozenset({"numpy.savez", "numpy.savez_compressed"})
NPZ_READERS = frozenset({"numpy.load"})
ATTRIBUTE = "attribute"  # what the table calls a key that names no data but a mark on it
MEMBER = "member"  # what the table of effects calls what a key names in an archive


@dataclass(frozen=True, slots=True)
class Access:
    """One place that reads, writes or tests a path."""

    path: Pattern
    anchor: Anchor
    content: str = ""
    keys: tuple[LayoutKey, ...] = ()
    keys_open: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()  # the calls that lead to it, the outermost first


@dataclass(frozen=True, slots=True)
class Archive:
    """A call that opens or makes an archive."""

    call: ast.Call
    path: ast.expr
    direction: EffectKind
    suffix: str = ""  # that the call itself adds
    adds_always: bool = True  # not only where it is missing

    def named(self, path: Pattern) -> Pattern:
        """The name that the archive gets for this path."""
        if self.adds_always:
            return concat(path, literal(self.suffix))
        return completed(path, self.suffix)


@dataclass(slots=True)
class Draft:
    """Members and gaps of one artefact under one caller, while they are gathered."""

    members: list[tuple[Pattern, Access]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)


class LayoutReading:
    """What following archives needs: texts, scopes, effects, and the functions of the answer."""

    def __init__(
        self, tree: SourceTree, graph: CallGraph, functions: frozenset[FunctionId]
    ) -> None:
        self.evaluator = StringEvaluator(tree, graph)
        self.scopes = self.evaluator.scopes
        self.answer = functions
        self.conditions = Conditions(graph)
        self.effects: dict[FunctionId, list[Effect]] = {}
        for effect in graph.effects:
            self.effects.setdefault(effect.function, []).append(effect)

    def names(self, call: ast.Call, function: FunctionId) -> set[str]:
        """The dotted names of what the call may call."""
        module = self.scopes.module(path_of(function))
        if module is None:
            return set()
        names = {name.removesuffix(".__init__") for name in self.scopes.callees(module.path, call)}
        dotted = self.scopes.dotted(call.func, module)
        return names | {dotted} if dotted else names

    def target(self, call: ast.Call, frame: Frame) -> str:
        """The name that the call's result is bound to."""
        module = self.scopes.module(path_of(frame.function))
        parent = None if module is None else module.parents.get(call)
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
            return one_line(parent.targets[0])
        return ""


def argument_of(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    """The argument at a position or of a name; None where it is not evident."""
    if position < len(call.args):
        argument = call.args[position]
        return None if isinstance(argument, ast.Starred) else argument
    return next((each.value for each in call.keywords if each.arg == keyword), None)


def anchor_of(node: ast.expr, function: FunctionId) -> Anchor:
    """Where a call stands, for readers of a layout."""
    return Anchor(
        path_of(function),
        node.lineno,
        node.end_lineno,
        symbol=qualname_of(function),
        kind=AnchorKind.CALL,
    )


def place_of(node: ast.AST, frame: Frame) -> str:
    """Where a node stands, for sentences."""
    return f"{path_of(frame.function)}:{getattr(node, 'lineno', 0)}"


def one_line(node: ast.AST) -> str:
    """An expression on one line, cut where it is long."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def completed(path: Pattern, suffix: str) -> Pattern:
    """The path with a suffix that is added where it is missing; a hole at the end may hold it."""
    last = path.parts[-1] if path.parts else ""
    if isinstance(last, Hole) or last.endswith(suffix):
        return path
    return concat(path, literal(suffix))
