"""Paths through a call graph that is given by value, and what speaks against one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from tracer.model.graph import CallGraph, CallSite, OpenReason, Resolution, SiteKind
from tracer.model.source import Callee, FunctionId, FunctionKind, is_function, path_of
from tracer.verify.reading import Reading
from tracer.verify.syntax import Definition

_ANY_FUNCTION = frozenset(
    {OpenReason.DYNAMIC_ATTRIBUTE, OpenReason.CODE_FROM_TEXT, OpenReason.TOO_MANY}
)
_BY_NAME = frozenset(
    {
        OpenReason.UNKNOWN_RECEIVER,
        OpenReason.UNKNOWN_NAME,
        OpenReason.UNKNOWN_MEMBER,
        OpenReason.MISSING_MODULE,
    }
)
_IMPLICIT = frozenset(
    {
        SiteKind.PROPERTY,
        SiteKind.ITEM,
        SiteKind.ITERATION,
        SiteKind.OPERATOR,
        SiteKind.BUILTIN_PROTOCOL,
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One edge of a path."""

    caller: FunctionId
    callee: Callee
    line: int


@dataclass(frozen=True, slots=True)
class Siblings:
    """A function that calls two others, one after the other or not."""

    caller: FunctionId
    source_line: int
    target_line: int

    def __str__(self) -> str:
        lines = sorted((self.source_line, self.target_line))
        return f"siblings led to from {self.caller} at lines {lines[0]} and {lines[1]}"


@dataclass(frozen=True, slots=True)
class Frontier:
    """The unresolved call sites that a function reaches."""

    towards: tuple[Resolution, ...]  # those that could be calls of the target
    others: int  # those that could not


class Reach:
    """One call graph, indexed for questions about paths."""

    def __init__(self, graph: CallGraph) -> None:
        self._out: dict[FunctionId, list[Step]] = {}
        self._into: dict[Callee, list[Step]] = {}
        self._sites: dict[FunctionId, list[Resolution]] = {}
        self.functions = {function.id: function for function in graph.functions}
        for resolution in graph.resolutions:
            site = resolution.site
            for callee in resolution.callees:
                step = Step(site.caller, callee, site.span.line)
                self._out.setdefault(site.caller, []).append(step)
                self._into.setdefault(callee, []).append(step)
            self._sites.setdefault(site.caller, []).append(resolution)

    def externals_named(self, dotted: str) -> tuple[Callee, ...]:
        """Callees outside the tree whose dotted name is this, or ends so; sorted."""
        return tuple(
            sorted(
                callee
                for callee in self._into
                if not is_function(callee) and (callee == dotted or callee.endswith(f".{dotted}"))
            )
        )

    def path(self, source: FunctionId, target: Callee) -> tuple[Step, ...] | None:
        """A shortest path, the first in order; None where there is none."""
        came: dict[Callee, Step | None] = {source: None}
        queue: deque[FunctionId] = deque([source])
        while queue:
            at = queue.popleft()
            for step in sorted(self._out.get(at, ()), key=lambda s: (s.line, s.callee)):
                if step.callee == target:
                    return self._trace(came, step)
                if step.callee not in came:
                    came[step.callee] = step
                    if is_function(step.callee):
                        queue.append(step.callee)
        return None

    def lines(self, source: FunctionId, target: Callee) -> tuple[int, ...]:
        """Where the one calls the other, sorted."""
        steps = self._out.get(source, ())
        return tuple(sorted({step.line for step in steps if step.callee == target}))

    def siblings(self, source: FunctionId, target: Callee) -> tuple[Siblings, ...]:
        """Functions that call the target and, elsewhere, lead to the source; nearest first."""
        distances = self._distances_to(source)
        found: list[tuple[int, FunctionId, Siblings]] = []
        for step in self._into.get(target, ()):
            for other in self._out.get(step.caller, ()):
                if other.callee in distances and other.line != step.line:
                    pair = Siblings(step.caller, other.line, step.line)
                    found.append((distances[other.callee], step.caller, pair))
        nearest: dict[FunctionId, Siblings] = {}
        for _, caller, pair in sorted(found, key=lambda f: (f[0], f[1], f[2].source_line)):
            nearest.setdefault(caller, pair)
        return tuple(nearest.values())

    def frontier(self, source: FunctionId, target: Definition | str, reading: Reading) -> Frontier:
        """Open sites that the source reaches: which of them could be calls of the target.

        A site could be if nothing limits what it calls (a computed attribute, code from text, a
        cut-off search); if its last name is the target's; or if it calls a value, and some code
        hands the target on as one. A method called by its name on an object stays open whatever
        the solver says of the object: imports and definitions do not settle it. What nobody writes
        as a call is a property of its name, or a special method.
        """
        is_method = isinstance(target, Definition) and target.kind is FunctionKind.METHOD
        name = target.name if isinstance(target, Definition) else target.rpartition(".")[2]
        is_value: bool | None = None
        towards: list[Resolution] = []
        others = 0
        for resolution in self._from(source):
            reason = resolution.open_reason
            written = resolution.site.text.partition("(")[0].rpartition(".")[2]
            if not resolution.is_open:
                if written == name and is_method and not is_settled(resolution.site, reading):
                    towards.append(resolution)
                continue
            if resolution.site.kind in _IMPLICIT:
                is_property = resolution.site.kind is SiteKind.PROPERTY
                could = written == name if is_property else _is_special(name)
            elif reason is OpenReason.UNKNOWN_VALUE:
                if is_value is None:
                    is_value = reading.is_handed_on(target)
                could = is_value
            elif reason in _BY_NAME:
                could = written == name
            else:
                could = reason in _ANY_FUNCTION
            if could:
                towards.append(resolution)
            else:
                others += 1
        return Frontier(tuple(towards), others)

    def _from(self, source: FunctionId) -> list[Resolution]:
        seen: set[Callee] = {source}
        queue: deque[FunctionId] = deque([source])
        found: list[Resolution] = []
        while queue:
            at = queue.popleft()
            found += self._sites.get(at, [])
            for step in self._out.get(at, ()):
                if is_function(step.callee) and step.callee not in seen:
                    seen.add(step.callee)
                    queue.append(step.callee)
        return sorted(found, key=lambda r: (path_of(r.site.caller), r.site.span))

    def _distances_to(self, target: FunctionId) -> dict[Callee, int]:
        distances: dict[Callee, int] = {target: 0}
        queue: deque[Callee] = deque([target])
        while queue:
            at = queue.popleft()
            for step in self._into.get(at, ()):
                if step.caller not in distances:
                    distances[step.caller] = distances[at] + 1
                    queue.append(step.caller)
        return distances

    @staticmethod
    def _trace(came: dict[Callee, Step | None], last: Step) -> tuple[Step, ...]:
        steps = [last]
        while (step := came[steps[-1].caller]) is not None:
            steps.append(step)
        return tuple(reversed(steps))


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def is_settled(site: CallSite, reading: Reading) -> bool:
    """Whether imports and definitions alone bind the callee of a call site."""
    file = reading.file(site.path)
    caller = reading.definition(site.caller)
    if file is None or caller is None or "(" in site.text:
        return False
    return bool(reading.bound(site.text, file, caller.scope))
