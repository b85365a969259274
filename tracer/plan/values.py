"""Which values a question of the value-flow shape is about."""

from __future__ import annotations

import re
from collections import Counter

from tracer.model.brief import Brief
from tracer.model.flow import ValueFlow
from tracer.model.graph import CallGraph
from tracer.model.source import FunctionId, FunctionKind, is_function, path_of, qualname_of
from tracer.plan.names import name_stems
from tracer.plan.scope import Scope
from tracer.static.call_graph import deep_recursion
from tracer.static.flows.index import FlowIndex
from tracer.static.flows.reader import follow_values
from tracer.static.flows.starts import Start, marked_starts, named_starts
from tracer.static.solver import Solution
from tracer.tables.flow import FlowTable
from tracer.tables.words import Words

MOST_VALUES = 6
_NAME = re.compile(r"\.?([A-Za-z_][\w.]*)\s*(?:\(.*\))?$", re.DOTALL)
_SHORTEST = 3  # of a word that names values by sharing it


def question_values(
    brief: Brief,
    scope: Scope,
    graph: CallGraph,
    solution: Solution,
    table: FlowTable,
    words: Words,
) -> tuple[ValueFlow, ...]:
    """Find the values and follow them.

    Values that are made for what the question asks (`requires_grad`) come first, then those that
    bear a name of the question, then attributes that share a word with it.
    """
    topics = table.topics_of(" ".join((brief.question, *brief.scope_hints)))
    asked = _asked_functions(brief, scope, graph)
    with deep_recursion():
        index = FlowIndex(solution)
        starts = marked_starts(index, {*scope.functions, *asked}, topics)
        starts += _by_name(brief, scope, graph, index, table, words)
        return follow_values(
            index,
            starts[:MOST_VALUES],
            table,
            topics,
            lambda function: function in scope.functions or _is_shipped(function, words),
            asked,
        )


def _is_shipped(function: FunctionId, words: Words) -> bool:
    role = words.folder_role(path_of(function))
    return role is None or role.role not in ("tests", "archived", "vendored")


def _asked_functions(brief: Brief, scope: Scope, graph: CallGraph) -> tuple[FunctionId, ...]:
    """Functions of the answer that the question names as it calls them: `.to(dtype)`."""
    last = {
        found[1].rpartition(".")[2]
        for mention in brief.mentions
        if (found := _NAME.match(mention)) is not None
    }
    near = {*scope.functions, *scope.named}
    files = {path_of(function) for function in scope.named}
    return tuple(
        function.id
        for function in graph.functions
        if function.name in last
        and function.kind in (FunctionKind.FUNCTION, FunctionKind.METHOD)
        and (function.id in near or function.path in files)
    )


def _by_name(
    brief: Brief,
    scope: Scope,
    graph: CallGraph,
    index: FlowIndex,
    table: FlowTable,
    words: Words,
) -> list[Start]:
    names: dict[str, str] = {}
    for texts, why in ((brief.mentions, "named by the question"), (brief.scope_hints, "a hint")):
        for text in texts:
            if (found := _NAME.match(text.strip())) is not None:
                names.setdefault(found[1].rpartition(".")[2], why)
    for word in re.findall(r"[A-Za-z_]\w*_\w+", brief.question):
        names.setdefault(word, "named by the question")
    for function in scope.named:
        names.pop(qualname_of(function).rpartition(".")[2], None)
    for definition in graph.classes:
        names.pop(definition.qualname.rpartition(".")[2], None)
    asked = _telling_stems(brief, graph, table, words)

    def matches(name: str) -> str:
        shared = sorted(asked & name_stems(name))
        return f"shares {', '.join(f'“{stem}…”' for stem in shared)} with the question" * bool(
            shared
        )

    functions = {*scope.functions, *_methods_of_named(scope, graph)}
    starts = named_starts(index, functions, names, matches)
    times = Counter(stem for start in starts for stem in asked & name_stems(start.name))

    told = {text.rpartition(".")[2] for text in (*brief.mentions, *brief.scope_hints)}

    used = {
        path_of(callee)
        for resolution in graph.resolutions
        for callee in resolution.callees
        if is_function(callee) and path_of(callee) != path_of(resolution.site.caller)
    }

    def rank(start: Start) -> tuple[bool, bool, bool, float, str]:
        shared = asked & name_stems(start.name)
        ref = start.places[0][0]
        is_of_named = start.kind == "attribute" and index.program.flat(ref).name in told
        return (
            start.name not in names,
            not is_of_named,
            index.program.paths[ref[0]] not in used,  # a copy that was laid aside comes last
            -sum(1 / times[stem] for stem in shared),
            start.name,
        )

    return sorted(starts, key=rank)


def _methods_of_named(scope: Scope, graph: CallGraph) -> frozenset[FunctionId]:
    """All methods of classes of which the question names one, or one method."""
    classes = {
        (path_of(each), qualname_of(each).rpartition(".")[0])
        for each in (*scope.named, *scope.entry_points)
    }
    return frozenset(
        function.id
        for function in graph.functions
        if function.kind is FunctionKind.METHOD
        and (function.path, function.qualname.rpartition(".")[0]) in classes
    )


def _telling_stems(
    brief: Brief, graph: CallGraph, table: FlowTable, words: Words
) -> frozenset[str]:
    """Words of the question that may be part of a value's name: not those of classes, functions,
    topics and kinds."""
    functions = {function.name for function in graph.functions}
    hints = [hint for hint in brief.scope_hints if hint.rpartition(".")[2] not in functions]
    told = name_stems(" ".join((brief.question, *hints)))
    own = frozenset().union(
        # `Detector` is a class; the `cache` of `RuntimeCache` may be a value of another one.
        *(
            stems
            for definition in graph.classes
            if len(stems := name_stems(definition.qualname.rpartition(".")[2])) == 1
        ),
        *(name_stems(word) for word in words.stop),
        *(name_stems(word.rstrip("*")) for topic in table.topics for word in topic.words),
        *(name_stems(word) for _, weights in words.shapes for word, _ in weights),
    )
    return frozenset(stem for stem in told - own if len(stem) >= _SHORTEST)
