"""Functions that somebody names on the command line: one each, or what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.errors import SourceError
from tracer.model.graph import CallGraph
from tracer.model.source import FunctionId
from tracer.plan.names import find_named

_MOST_CANDIDATES = 6


def entry_points(
    name: str, graph: CallGraph, hints: Sequence[str] = (), *, else_named: str = ""
) -> tuple[FunctionId, ...]:
    """The functions that are named, separated by commas: `path::function`, or dotted.

    Args:
        hints: Words of the path or name, by which one of several of that name is chosen.
        else_named: What else could have been named there, for the message.

    Raises:
        SourceError: A name stands for no function, or for several.
    """
    names = [part.strip() for part in name.split(",") if part.strip()]
    if not names:
        raise SourceError(f"{name!r}: expected entry points{else_named}")
    return tuple(dict.fromkeys(_entry_point(each, graph, hints, else_named) for each in names))


def _entry_point(name: str, graph: CallGraph, hints: Sequence[str], else_named: str) -> FunctionId:
    if FunctionId(name) in graph.function_index():
        return FunctionId(name)
    (named,) = find_named((name,), graph)
    found = named.functions
    if len(found) > 1 and hints:
        found = tuple(each for each in found if all(hint in each for hint in hints)) or found
    if len(found) == 1:
        return found[0]
    if found:
        shown = ", ".join(found[:_MOST_CANDIDATES])
        raise SourceError(f"{name}: expected one function, found {len(found)}: {shown}")
    methods = named.class_methods or named.module_functions
    if methods or named.is_class:
        what = "a class" if named.is_class else "a module"
        shown = f": {', '.join(methods[:_MOST_CANDIDATES])}" if methods else ""
        raise SourceError(f"{name}: expected a function, found {what}; name one of its own{shown}")
    raise SourceError(f"{name}: expected `path::function` or a dotted name of the tree{else_named}")
