"""What coverage data say of edges: which lines ran, and never which call was made.

`executed` is the most that they can say: the edge is exact, its line ran, and so did the callee's
body. That the one called the other there was not seen, so it is never `confirmed`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from tracer.model.evidence import EdgeVerdict, ReconciledEdge
from tracer.model.graph import CallSite, Effect, Guard, SiteKind
from tracer.model.recording import Frame, Recording
from tracer.model.source import FunctionId, is_function, path_of
from tracer.reconcile.frames import FrameIndex
from tracer.reconcile.obstacles import find_obstacle
from tracer.reconcile.tests import with_tests

_NO_CONTEXT = -1
_ONCE_A_PROCESS = (SiteKind.IMPORT, SiteKind.CLASS_BODY)  # whoever comes first runs the body


@dataclass(frozen=True, slots=True)
class _Told:
    """What lines say of one edge."""

    verdict: EdgeVerdict
    cause: str = ""
    barred_by: Guard | None = None
    tests: frozenset[str] = frozenset()
    is_mute: bool = False  # nothing is known of the caller at all


class ExecutedLines:
    """The lines that ran, of all recordings that know lines alone."""

    def __init__(self, recordings: Sequence[Recording], index: FrameIndex) -> None:
        self._index = index
        self._lines: defaultdict[FunctionId, set[int]] = defaultdict(set)
        self._workloads: defaultdict[FunctionId, set[str]] = defaultdict(set)
        self._tests: dict[tuple[FunctionId, int], set[str]] = {}  # `""`: under no test, too
        self._measured: set[str] = set()
        self._left_out: dict[str, str] = {}
        self._untold: defaultdict[FunctionId, set[int]] = defaultdict(set)
        self.is_empty = True
        for recording in recordings:
            if recording.executed is not None:
                self.is_empty = False
                self._add(recording)

    def join(
        self, edge: ReconciledEdge, site: CallSite, seen_lines: Collection[int]
    ) -> ReconciledEdge:
        """The edge with what its lines add to its verdict.

        Args:
            edge: As it was judged by what was seen; `not run` where nothing was.
            site: Of the edge.
            seen_lines: Of the caller, in the runs that were seen.
        """
        if self.is_empty:
            return edge
        told = self._told(edge, site, seen_lines)
        if not _decides(told, edge.verdict, site, seen_lines):
            return edge
        return replace(
            with_tests(edge, dict.fromkeys(told.tests, 0)),
            verdict=told.verdict,
            cause=told.cause,
            barred_by=told.barred_by,
            seen_by=None,
            calls=0,
            order=None,
            through=None,
            workloads=tuple(sorted(self._workloads.get(edge.caller, ()))),
        )

    def effect(self, effect: Effect, verdict: EdgeVerdict) -> EdgeVerdict:
        """The verdict on an effect, by its line."""
        if self.is_empty or verdict is EdgeVerdict.CONFIRMED:
            return verdict
        at, span = effect.function, effect.span
        if path_of(at) not in self._measured or (at in self._untold and at not in self._lines):
            return EdgeVerdict.UNDECIDED if verdict is EdgeVerdict.NOT_RUN else verdict
        if self._ran_within(at, span.line, span.end_line):
            return EdgeVerdict.EXECUTED
        if self._is_untold(at, span.line, span.end_line):
            return EdgeVerdict.UNDECIDED
        has_run = at in self._lines
        if verdict in (EdgeVerdict.NOT_RUN, EdgeVerdict.NOT_REACHED):
            return EdgeVerdict.NOT_TAKEN if has_run else EdgeVerdict.NOT_REACHED
        return verdict

    def _add(self, recording: Recording) -> None:
        executed = recording.executed
        assert executed is not None
        self._measured.update(executed.files)
        self._left_out.update(executed.left_out)
        for entry in executed.untold:
            self._untold[self._name(entry.frame)].update(entry.lines)
        for entry in recording.lines:
            function = self._name(entry.frame)
            self._lines[function].update(entry.lines)
            self._workloads[function].add(recording.workload.name)
        for each in executed.by_context:
            names = {
                "" if number == _NO_CONTEXT else executed.contexts[number]
                for number in each.contexts
            }
            for line in each.lines:
                self._tests.setdefault((self._name(each.frame), line), set()).update(names)

    def _name(self, frame: Frame) -> FunctionId:
        return self._index.name(frame)

    def _ran_within(self, function: FunctionId, first: int, last: int) -> bool:
        lines = self._lines.get(function, ())
        return any(line in lines for line in range(first, last + 1))

    def _is_untold(self, function: FunctionId, first: int, last: int) -> bool:
        lines = self._untold.get(function, ())
        return any(line in lines for line in range(first, last + 1))

    def _told(self, edge: ReconciledEdge, site: CallSite, seen_lines: Collection[int]) -> _Told:
        caller, path = site.caller, path_of(site.caller)
        if path not in self._measured:
            why = self._left_out.get(path, "it was not measured")
            return _undecided(f"of {path} no lines are known: {why}", is_mute=True)
        if caller not in self._lines:
            if caller in self._untold:
                return _undecided(_SHARED.format("the caller"), is_mute=True)
            return _Told(EdgeVerdict.NOT_REACHED)
        span = site.span
        if not self._ran_within(caller, span.line, span.end_line):
            if self._is_untold(caller, span.line, span.end_line):
                return _undecided("its line ran, there or in the code that holds its caller")
            return _not_taken(site, self._lines[caller] | set(seen_lines))
        if is_function(edge.callee):
            return self._of_function(edge, edge.callee, site)
        if _is_conditional(site):
            return _undecided("its line ran; whether this part of it did, lines do not tell")
        if not edge.is_exact:
            return _undecided("its line ran; to which of several callees, lines do not tell")
        if edge.is_declared:
            return _undecided("its line ran; of what class its object was is only declared")
        tests = self._tests_within(caller, site)
        return _Told(
            EdgeVerdict.EXECUTED,
            "its line ran; that the call came to its end is not told",
            tests=tests - {""},
        )

    def _of_function(self, edge: ReconciledEdge, callee: FunctionId, site: CallSite) -> _Told:
        """The line ran; what of the callee?"""
        path = path_of(callee)
        if path not in self._measured:
            why = self._left_out.get(path, "it was not measured")
            return _undecided(f"its line ran; of {path} no lines are known: {why}")
        if callee not in self._lines:
            if callee in self._untold:
                return _undecided(f"its line ran; {_SHARED.format('the callee')}")
            return _Told(EdgeVerdict.NOT_TAKEN, "its line ran, no line of the callee's body did")
        if not edge.is_exact:
            return _undecided(
                "its line ran, and so did the callee's body; which of several callees it went to, "
                "lines do not tell"
            )
        if _is_conditional(site):
            return _undecided(
                "its line ran, and so did the callee's body; whether this part of the line did, "
                "lines do not tell"
            )
        at_site = self._tests_within(site.caller, site)
        in_callee = self._tests_of(callee)
        common = at_site & in_callee
        if at_site and in_callee and not common and site.kind not in _ONCE_A_PROCESS:
            return _undecided("its line ran, and the callee's body only under other contexts")
        return _Told(
            EdgeVerdict.EXECUTED,
            "its line ran, and so did the callee's body",
            tests=common - {""},
        )

    def _tests_within(self, function: FunctionId, site: CallSite) -> frozenset[str]:
        """The contexts of a site's lines; empty where those of any line are not known."""
        found: set[str] = set()
        for line in range(site.span.line, site.span.end_line + 1):
            if line in self._lines[function]:
                under = self._tests.get((function, line))
                if under is None:
                    return frozenset()
                found |= under
        return frozenset(found)

    def _tests_of(self, function: FunctionId) -> frozenset[str]:
        found: set[str] = set()
        for line in self._lines[function]:
            found |= self._tests.get((function, line), set())
        return frozenset(found)


def _decides(
    told: _Told, verdict: EdgeVerdict, site: CallSite, seen_lines: Collection[int]
) -> bool:
    """Whether what lines say stands over what was seen."""
    match verdict:
        case EdgeVerdict.NOT_RUN:
            return True
        case EdgeVerdict.CONFIRMED | EdgeVerdict.DYNAMIC_ONLY:
            return False
    if told.verdict is EdgeVerdict.EXECUTED:
        return True
    if told.is_mute or verdict in (EdgeVerdict.STAND_INS, EdgeVerdict.UNDECIDED):
        return False
    if told.verdict is EdgeVerdict.NOT_REACHED:
        return False
    if verdict is EdgeVerdict.NOT_TAKEN and told.verdict is EdgeVerdict.NOT_TAKEN:
        # That a line never ran holds of all runs together; else the run that came to it knows more.
        lines = range(site.span.line, site.span.end_line + 1)
        return not any(line in seen_lines for line in lines)
    return True


_SHARED = "{} shares a line that ran with other code, and no other line tells whether it ran"


def _undecided(cause: str, *, is_mute: bool = False) -> _Told:
    return _Told(EdgeVerdict.UNDECIDED, cause, is_mute=is_mute)


def _not_taken(site: CallSite, lines: Collection[int]) -> _Told:
    """What kept the line from running, as far as lines tell."""
    text = f"line {site.span.line} did not run"
    if site.is_unreachable:
        text = "its line cannot run: it stands behind a return, raise or constant condition"
        return _Told(EdgeVerdict.NOT_TAKEN, text)
    if not site.guards:
        return _Told(EdgeVerdict.NOT_TAKEN, text)
    obstacle = find_obstacle(site.guards, lines, has_raised=False)
    guard = obstacle.guard
    hidden = ""
    if guard is not None and guard.hidden_inputs:
        hidden = f"; depends on {', '.join(guard.hidden_inputs)} ({site.path}:{guard.line})"
    # Behind an early exit whose branch was entered an exception may have left it, unseen.
    is_decided = obstacle.is_decided and guard is not None and not guard.is_early_exit
    return _Told(
        EdgeVerdict.NOT_TAKEN,
        f"{text}: {obstacle.text}{hidden}",
        guard if is_decided else None,
    )


def _is_conditional(site: CallSite) -> bool:
    """Whether the line may run without this call: within a statement, or behind its own `if`."""
    return site.is_conditional or any(
        guard.line == site.span.line and not guard.is_early_exit for guard in site.guards
    )
