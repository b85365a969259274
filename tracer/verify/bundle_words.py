"""The words of a bundle's evidence for what its runs showed, beside the recordings themselves.

Only contradictions are told: a run that is not at hand, coverage data, or a tree that has changed
since contradict nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracer.model.evidence import EdgeVerdict, ReconciledEdge, SeenBy, TapResult
from tracer.model.graph import Effect
from tracer.model.recording import ObservedCall, Recording
from tracer.model.source import FunctionKind
from tracer.verify.ran import Ran
from tracer.verify.reading import Reading
from tracer.verify.syntax import Definition

_UNSEEN = (EdgeVerdict.NOT_TAKEN, EdgeVerdict.NOT_REACHED)
_READ = ("read", "as expected", "differs")


class BundleWords:
    """The recordings of a bundle, asked what speaks against its verdicts."""

    def __init__(self, reading: Reading, recordings: Sequence[Recording]) -> None:
        self._recordings = recordings
        self._own = Ran(reading, recordings)
        # A run under stand-ins reaches functions, too: `not reached` is said of all runs.
        self._all = Ran(reading, [replace(each, stand_ins=None) for each in recordings])
        has_all = all(each.lines and each.executed is None for each in recordings)
        is_hidden = any(each.converted or each.hidden for each in recordings)
        self._is_told = bool(recordings) and has_all and not is_hidden

    def of_edge(self, edge: ReconciledEdge, caller: Definition, callee: Definition | str) -> str:
        """What the recordings hold against the verdict on an edge; empty: nothing."""
        ends = [end for end in (caller, callee) if isinstance(end, Definition)]
        is_lambda = any(end.kind is FunctionKind.LAMBDA for end in ends)
        if not self._recordings or is_lambda or self._all.moved(ends):
            return ""
        seen = self._at_site(edge, caller, callee) if isinstance(callee, Definition) else []
        times = sum(call.calls for call in seen)
        if edge.verdict in _UNSEEN and any(_is_sure(call, edge) for call in seen):
            return f"told as {edge.verdict}; the recording holds {times} calls there"
        if edge.verdict is EdgeVerdict.CONFIRMED and edge.seen_by is SeenBy.CALL:
            # Of several calls on these lines, those that end elsewhere may be another edge's.
            own = [call for call in seen if call.span is None or _ends_alike(call, edge)]
            begun = [call for call in own if call.how != "resume"] or own
            least = sum(call.calls for call in begun)
            is_counted = bool(seen) and bool(edge.calls) and not least <= edge.calls <= times
            return (
                f"told with {edge.calls} calls; the recording holds {times}" if is_counted else ""
            )
        if not self._is_told or not edge.was_read:
            return ""
        ran = self._all.was_entered(caller)
        if edge.verdict is EdgeVerdict.NOT_REACHED and ran:
            return f"told as not reached; {caller.qualname} ran"
        if edge.verdict is EdgeVerdict.NOT_TAKEN and not ran:
            return f"told as not taken; {caller.qualname} never ran"
        lines = (edge.line, max(edge.line, edge.span.end_line if edge.span else 0))
        is_by_line = edge.verdict is EdgeVerdict.CONFIRMED and edge.seen_by is SeenBy.LINE
        if is_by_line and not self._own.line_of(caller, lines):
            return f"told as confirmed; line {edge.line} did not run"
        return ""

    def of_effect(self, effect: Effect, verdict: EdgeVerdict, function: Definition) -> str:
        """What the recordings hold against the verdict on an effect, which is one on its line."""
        if not self._is_told or self._all.moved([function]):
            return ""
        lines = effect.span.line, effect.span.end_line
        if verdict in _UNSEEN and self._all.line_of(function, lines):
            return f"told as {verdict}; the recording has its line"
        if verdict is EdgeVerdict.CONFIRMED and not self._own.line_of(function, lines):
            return "told as confirmed; the recording does not have its line"
        ran = self._all.was_entered(function)
        if verdict is EdgeVerdict.NOT_REACHED and ran:
            return f"told as not reached; {function.qualname} ran"
        if verdict is EdgeVerdict.NOT_TAKEN and not ran:
            return f"told as not taken; {function.qualname} never ran"
        return ""

    def of_tap(self, result: TapResult) -> str:
        """What the recordings hold against the values that a tap is said to have read."""
        readings = [
            reading
            for recording in self._recordings
            if not result.workload or recording.workload.name == result.workload
            for reading in recording.taps
            if reading.key == result.tap.key
        ]
        if result.outcome in _READ and self._recordings:
            is_same = any(
                (reading.values, reading.hits) == (result.observed, result.hits)
                for reading in readings
            )
            return "" if is_same else "the recording does not hold these values"
        hits = sum(reading.hits for reading in readings)
        if result.outcome == "not reached" and hits:
            return f"told as not reached; the recording has {hits} hits"
        return ""

    def _at_site(
        self, edge: ReconciledEdge, caller: Definition, callee: Definition
    ) -> list[ObservedCall]:
        """Calls of the program's own runs that were made from the very lines of the edge."""
        first, last = edge.line, edge.line
        if edge.span is not None:
            first, last = edge.span.line, edge.span.end_line
        return [
            call
            for call in self._own.exactly(caller, callee)
            if first <= call.line <= last or _ends_alike(call, edge)
        ]


def _is_sure(call: ObservedCall, edge: ReconciledEdge) -> bool:
    """Whether no other call on these lines can be meant: the ends say so, where both are known."""
    if edge.verdict is EdgeVerdict.NOT_REACHED:
        return True
    return _ends_alike(call, edge)


def _ends_alike(call: ObservedCall, edge: ReconciledEdge) -> bool:
    a, b = call.span, edge.span
    return (
        a is not None
        and b is not None
        and ((a.end_line, a.end_column) == (b.end_line, b.end_column))
    )
