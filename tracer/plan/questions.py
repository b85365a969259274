"""Which paths a question takes for granted, and whether they exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from tracer.model.brief import Brief
from tracer.model.evidence import PathAnswer
from tracer.model.graph import CallGraph
from tracer.model.source import FunctionId, path_of, qualname_of
from tracer.paths import GraphView, find_path, forward_cone, view_of
from tracer.plan.scope import Scope

MOST_PATHS = 16
_MOST_NEIGHBOURS = 4


def question_paths(brief: Brief, scope: Scope, graph: CallGraph) -> tuple[PathAnswer, ...]:
    """Ask for each path that a reader of the question would take for granted.

    Three kinds of pairs, in this order: what one function calls one after the other (a reader
    sees `train(); save()` and says that training saves); named functions in the order of the
    question; each entry point and the named functions.
    """
    view = view_of(graph)
    pairs: dict[tuple[FunctionId, FunctionId], None] = {}
    neighbours = _neighbours(scope, view)
    in_order = _in_order(brief, scope)
    for kind in (neighbours, in_order, _driven(scope)):
        for source, target in kind:
            if source != target:
                pairs.setdefault((source, target))
    answers: list[PathAnswer] = []
    for source, target in pairs:
        answer = find_path(view, source, target)
        is_implied = (source, target) in (*neighbours, *in_order)
        if (answer.is_path or is_implied) and len(answers) < MOST_PATHS:
            answers.append(_ranked(answer, scope))
    return tuple(answers)


def _ranked(answer: PathAnswer, scope: Scope) -> PathAnswer:
    """Sibling callers that the answer starts from before all others; drivers of production code
    stand among the entry points, tests do not."""
    rank = {entry: position for position, entry in enumerate(scope.entry_points)}
    callers = sorted(answer.sibling_callers, key=lambda caller: rank.get(caller, len(rank)))
    position = {(path_of(c), qualname_of(c)): place for place, c in enumerate(callers)}
    siblings = sorted(answer.siblings, key=lambda anchor: position[anchor.path, anchor.symbol])
    return replace(answer, sibling_callers=tuple(callers), siblings=tuple(siblings))


def _neighbours(scope: Scope, view: GraphView) -> tuple[tuple[FunctionId, FunctionId], ...]:
    """Pairs of entry points that a third one calls in this order, the later one on the way to what
    the question is about; those first whose earlier one has most of the run below it."""
    goals = frozenset(scope.named)
    below = {entry: forward_cone(view, (entry,)).keys() for entry in scope.entry_points}
    pairs: dict[tuple[FunctionId, FunctionId], int] = {}
    for driver in scope.entry_points:
        called = sorted(
            (view.calls[driver, entry][0], entry)
            for entry in scope.entry_points
            if (driver, entry) in view.calls and entry != driver
        )
        for position, (line, source) in enumerate(called):
            for later, target in called[position + 1 :]:
                # On one line they may be what one call site may call: then neither follows.
                if later > line and goals & below[target] and not goals & {source}:
                    pairs.setdefault((source, target), len(below[source]))
    ranked = sorted(pairs, key=lambda pair: (-pairs[pair], pair))
    return tuple(ranked[:_MOST_NEIGHBOURS])


def _in_order(brief: Brief, scope: Scope) -> tuple[tuple[FunctionId, FunctionId], ...]:
    """Neighbours among the functions that the question names, in its order."""
    asked = {mention.rpartition(".")[2].rpartition(":")[2] for mention in brief.mentions}
    selected = [
        function
        for function in scope.named
        if function in scope.entry_points and qualname_of(function).rpartition(".")[2] in asked
    ]
    return tuple(
        (source, target)
        for source, target in pairwise(selected)
        if not any(_bears(source, name) and _bears(target, name) for name in brief.mentions)
    )


def _bears(function: FunctionId, mention: str) -> bool:
    """Whether a name of the question may stand for the function. Two that bear one name (of two
    classes, or under the branches of an `if`) are one step of the question, not two."""
    name = mention.rpartition(":")[2]
    qualname = qualname_of(function)
    return qualname == name or qualname.endswith(f".{name}") or name.endswith(f".{qualname}")


def _driven(scope: Scope) -> Iterator[tuple[FunctionId, FunctionId]]:
    for entry in scope.entry_points:
        for named in scope.named:
            if named in scope.entry_points:
                yield entry, named
