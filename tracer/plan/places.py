"""Which function owns a line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracer.model.source import Function, FunctionId, FunctionKind

_HOLDERS = frozenset({FunctionKind.MODULE, FunctionKind.CLASS_BODY})


@dataclass(frozen=True, slots=True)
class Places:
    """The functions of each file, by first line."""

    by_path: Mapping[str, tuple[Function, ...]]

    def owner(self, path: str, line: int) -> Function | None:
        """The innermost function around a line; class bodies belong to the module."""
        functions = self.by_path.get(path, ())
        starts = [function.first_line for function in functions]
        for function in reversed(functions[: bisect_right(starts, line)]):
            if function.end_line >= line and function.kind is not FunctionKind.CLASS_BODY:
                return function
        return None

    def between(self, path: str, line: int | None, end_line: int | None) -> tuple[FunctionId, ...]:
        """Functions and methods that stand in the lines (all of the file without lines), by half at
        least, or around them; outermost only: what a closure holds belongs to its holder."""
        first = line or 1
        last = end_line or (line if line is not None else 10**9)
        return tuple(
            function.id
            for function in self.by_path.get(path, ())
            if function.kind not in _HOLDERS
            and "<locals>" not in function.qualname
            and function.kind is not FunctionKind.LAMBDA
            and _is_meant(function, first, last)
        )


def _is_meant(function: Function, first: int, last: int) -> bool:
    start, end = function.first_line, function.end_line
    if start <= first and last <= end:
        return True
    inside = min(end, last) - max(start, first) + 1
    return inside > 0 and 2 * inside >= end - start + 1


def places_of(functions: Iterable[Function]) -> Places:
    """Index functions, in any order, by where they stand."""
    by_path: dict[str, list[Function]] = {}
    for function in functions:
        by_path.setdefault(function.path, []).append(function)
    return Places(
        {
            path: tuple(sorted(found, key=lambda f: (f.first_line, -f.end_line, f.id)))
            for path, found in sorted(by_path.items())
        }
    )
