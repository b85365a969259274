"""What callers pass for the part of a path that a function does not know by itself.

A folder that is looked up, `settings["cache_dir"]`, is a setting; one that is handed on by its name
says no more than the parameter does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.model.evidence import LayoutArgument
from tracer.model.source import FunctionId, path_of
from tracer.static.archives.context import LayoutReading, anchor_of, one_line
from tracer.static.texts.patterns import HoleKind, Pattern
from tracer.static.texts.scopes import bind_arguments


def given_by_callers(
    reading: LayoutReading, path: Pattern, function: FunctionId
) -> tuple[LayoutArgument, ...]:
    """For each parameter in the path: what is looked up for it, by call site."""
    names = {hole.name for hole in path.holes if hole.kind is HoleKind.PARAMETER}
    found = (argument for name in names for argument in _given(reading, name, function))
    return tuple(sorted(found, key=lambda each: (each.name, each.anchor, each.text)))


def _given(reading: LayoutReading, name: str, function: FunctionId) -> Iterator[LayoutArgument]:
    node, module = reading.scopes.node(function), reading.scopes.module(path_of(function))
    if node is None or module is None:
        return
    for link in reading.scopes.shipped_callers(function):
        call = reading.scopes.call(link)
        bound = None if call is None else bind_arguments(call, node, module.parents)
        if call is None or bound is None:
            continue
        argument = bound.get(name)
        if argument is not None and _is_looked_up(argument):
            yield LayoutArgument(name, one_line(argument), anchor_of(call, link.caller))


def _is_looked_up(node: ast.expr) -> bool:
    """`settings["dir"]`, `settings.dir`, `settings.get("dir", …)`."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str())):
            return True
        case ast.Attribute():
            return True
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str()), *_]):
            return True
    return False
