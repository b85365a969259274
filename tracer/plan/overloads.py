"""Definitions that only type checkers read: they never run, so no question is about them."""

from __future__ import annotations

import re
from dataclasses import replace

from tracer.model.graph import CallGraph
from tracer.model.source import FunctionKind
from tracer.static.sources import SourceTree

_OVERLOAD = re.compile(r"@\s*(?:\w+\s*\.\s*)*overload\s*(?:#.*)?$")
_DEFINED = frozenset({FunctionKind.FUNCTION, FunctionKind.METHOD})


def without_overloads(graph: CallGraph, tree: SourceTree) -> CallGraph:
    """The graph without the functions under `@typing.overload`; the one they describe stays."""
    lines = {file.path: file.text.splitlines() for file in tree.files if "overload" in file.text}
    kept = tuple(
        function
        for function in graph.functions
        if function.path not in lines
        or function.kind not in _DEFINED
        or not any(
            _OVERLOAD.match(line.strip())
            for line in lines[function.path][function.first_line - 1 : function.def_line - 1]
        )
    )
    return graph if len(kept) == len(graph.functions) else replace(graph, functions=kept)
