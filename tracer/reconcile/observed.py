"""All recordings of a bundle as one set of observations, keyed by functions of the sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracer.model.recording import Recording
from tracer.model.source import FunctionId, Span
from tracer.reconcile.frames import FrameIndex

_WITH_METHODS = frozenset({"__enter__", "__exit__", "__aenter__", "__aexit__"})
_OF_STATEMENTS = _WITH_METHODS | {
    *("__iter__", "__next__", "__aiter__", "__anext__", "__await__", "__getitem__")
}


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A call out of a known function, to a known function or to one outside."""

    caller: FunctionId
    callee: FunctionId | None  # None: outside the namespace
    outside: str  # the dotted name as it ran, where `callee` is None
    line: int
    span: Span | None
    calls: int
    order: int
    how: str
    through: str | None
    workload: str
    tests: tuple[tuple[str, int], ...] = ()  # those that made it, with their calls
    is_at_least: bool = False  # the run stopped counting: `calls` is a lower bound

    def is_at(self, span: Span) -> bool:
        """Whether the call was made by this very expression.

        Starts are shared by chained calls (`f().g()`), ends are unique among expressions; without
        columns only the line can be compared. What a `with` statement enters and leaves may have
        the statement's place, which ends where the last call of its body does.
        """
        if self.span is None:
            return span.line <= self.line <= span.end_line
        starts_before = (self.span.line, self.span.column) < (span.line, span.column)
        if self.span.line < span.line or (starts_before and self._is_of_with()):
            return False
        return (self.span.end_line, self.span.end_column) == (span.end_line, span.end_column)

    @property
    def is_of_statement(self) -> bool:
        """Whether `with`, `for` and `await` run such a method, of whatever stands behind them.

        From 3.13 on it has the very place of that: `with f() as x` enters where `f()` was called.
        """
        return self._name in _OF_STATEMENTS

    def _is_of_with(self) -> bool:
        return self._name in _WITH_METHODS

    @property
    def _name(self) -> str:
        return (self.callee or self.outside).rpartition(".")[2]

    def is_near(self, span: Span) -> bool:
        """Whether the call was made on one of the expression's lines."""
        return span.line <= self.line <= span.end_line


class Observations:
    """What the runs of a bundle saw, in their order."""

    def __init__(self, recordings: Sequence[Recording], index: FrameIndex) -> None:
        self.calls: list[SeenCall] = []
        self.lines: defaultdict[FunctionId, set[int]] = defaultdict(set)
        self.raised: defaultdict[FunctionId, set[int]] = defaultdict(set)
        self.workloads: defaultdict[FunctionId, set[str]] = defaultdict(set)
        self.converted: set[FunctionId] = set()  # ran as code that a library made of them
        self.hidden: dict[tuple[str, str], str] = {}  # (module, name) -> the library
        self.unmatched: list[str] = []
        offset = 0
        for recording in recordings:
            offset = self._add(recording, index, offset)
        self.calls.sort(key=lambda call: (call.order, call.caller, call.line))
        self.twins = index.twins
        self.perhaps = frozenset(
            each for shared, ids in index.twins.items() if shared in self.lines for each in ids
        )  # one of them ran, and a frame does not tell which

    def ran(self, function: FunctionId) -> bool:
        """Whether the function's body was entered in any run."""
        return function in self.lines

    def by_caller(self, callers: Iterable[FunctionId]) -> dict[FunctionId, list[SeenCall]]:
        """The calls out of these functions, in order of their first sighting."""
        wanted = set(callers)
        found: dict[FunctionId, list[SeenCall]] = {}
        for call in self.calls:
            if call.caller in wanted:
                found.setdefault(call.caller, []).append(call)
        return found

    def _add(self, recording: Recording, index: FrameIndex, offset: int) -> int:
        name = recording.workload.name
        last = 0
        for call in recording.calls:
            last = max(last, call.order)
            if call.caller is None:
                continue
            self.calls.append(
                SeenCall(
                    index.name(call.caller),
                    index.name(call.callee),
                    "",
                    call.line,
                    call.span,
                    call.calls,
                    offset + call.order,
                    call.how,
                    call.through,
                    name,
                    tuple((recording.tests[test], count) for test, count in call.by_test),
                )
            )
        for external in recording.externals:
            last = max(last, external.order)
            self.calls.append(
                SeenCall(
                    index.name(external.caller),
                    None,
                    external.callee,
                    external.line,
                    external.span,
                    external.calls,
                    offset + external.order,
                    "call",
                    None,
                    name,
                    # `monitoring` hears of functions outside until they are known at a place.
                    is_at_least=recording.backend == "monitoring",
                )
            )
        for entry in recording.lines:
            function = index.name(entry.frame)
            self.lines[function].update(entry.lines)
            self.workloads[function].add(name)
            if index.find(entry.frame) is None:
                self.unmatched.append(f"{entry.frame.path}::{entry.frame.qualname}")
        self.converted.update(map(index.name, recording.converted))
        for each in recording.hidden:
            if each.made_of:
                self.hidden[each.module, each.made_of] = each.library
        for raised in recording.exceptions:
            self.raised[index.name(raised.frame)].add(raised.line)
        return offset + last
