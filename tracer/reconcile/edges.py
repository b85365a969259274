"""A verdict on each edge of the answer.

An edge is confirmed by the callee's frame (`seen_by: call`). Callees in C have no frame: there the
edge is confirmed by its line (`seen_by: line`) when the line ran, the site is unconditional within
its statement, and no exception passed through. Absence of a run is never more than `not reached`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from tracer.model.evidence import EdgeVerdict, ReconciledEdge, SeenBy
from tracer.model.graph import (
    CallGraph,
    CallSite,
    Effect,
    Resolution,
    SiteKind,
)
from tracer.model.recording import Recording
from tracer.model.source import (
    Callee,
    Function,
    FunctionId,
    Span,
    is_function,
)
from tracer.reconcile.executed import ExecutedLines
from tracer.reconcile.frames import FrameIndex
from tracer.reconcile.observed import Observations, SeenCall
from tracer.reconcile.obstacles import find_obstacle
from tracer.reconcile.placing import of_this_site
from tracer.reconcile.tests import tests_of, with_tests
from tracer.reconcile.unread_calls import unread_calls

_TWIN_CALLEE = (
    "its line ran; two functions of one line and name fit what was entered, and a frame tells"
    " no more"
)
_TWIN_CALLER = "one of two functions of one line and name ran, and a frame does not tell which"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The edges of the answer with verdicts, and what the runs saw that fits nothing."""

    edges: tuple[ReconciledEdge, ...]  # sorted by caller, line, end, callee
    effect_verdicts: tuple[EdgeVerdict, ...] = ()  # one for each effect that was given
    unmatched_frames: tuple[str, ...] = ()  # `path::qualname` of frames no source defines, sorted


def reconcile(
    graph: CallGraph,
    recordings: Sequence[Recording],
    functions: Collection[FunctionId],
    effects: Sequence[Effect] = (),
) -> Reconciled:
    """Join the edges out of these functions with what was seen.

    Args:
        graph: The whole static graph.
        recordings: In the bundle's order; empty gives `not run` everywhere.
        functions: The functions of the answer. Edges into them from elsewhere are kept as well.
        effects: Of the answer; judged by their lines, since a store is no call.

    Returns:
        One item per static edge between functions of the answer, or from one of them to a callee
        elsewhere; and one per pair that was seen and not read, where either end is of the answer.
    """
    known = graph.function_index()
    index = FrameIndex(graph.functions)
    executed = ExecutedLines(recordings, index)
    recordings = [recording for recording in recordings if recording.executed is None]
    seen = Observations(recordings, index)
    wanted = frozenset(functions)
    resolutions = [
        resolution
        for resolution in graph.resolutions
        if resolution.site.caller in wanted or any(c in wanted for c in resolution.callees)
    ]
    callers = {resolution.site.caller for resolution in resolutions} | wanted
    callers |= {call.caller for call in seen.calls if call.callee in wanted}
    calls = seen.by_caller(callers)
    sites: dict[tuple[FunctionId, Callee], list[Span]] = {}
    for resolution in resolutions:
        for callee in resolution.callees:
            sites.setdefault((resolution.site.caller, callee), []).append(resolution.site.span)
    judge = _make_judge(known, seen, index, recordings, sites)
    edges: list[ReconciledEdge] = []
    claimed: set[int] = set()
    for resolution in resolutions:
        here = calls.get(resolution.site.caller, [])
        for callee in resolution.callees:
            if resolution.site.caller not in wanted and callee not in wanted:
                continue
            edge, used = judge.judge(resolution, callee, here)
            edges.append(
                executed.join(edge, resolution.site, seen.lines.get(resolution.site.caller, ()))
            )
            claimed.update(map(id, used))
    edges.extend(
        replace(edge, verdict=EdgeVerdict.STAND_INS)
        if judge.is_under_stand_ins.issuperset(edge.workloads)
        else edge
        for edge in unread_calls(graph, calls, claimed, wanted, known)
        if edge.caller not in index.twins and edge.callee not in index.twins
    )
    edges.sort(key=_edge_order)
    return Reconciled(
        tuple(edges),
        tuple(executed.effect(effect, judge.effect(effect)) for effect in effects),
        tuple(sorted(set(seen.unmatched))),
    )


def _make_judge(
    functions: Mapping[FunctionId, Function],
    seen: Observations,
    index: FrameIndex,
    recordings: Sequence[Recording],
    sites: Mapping[tuple[FunctionId, Callee], Sequence[Span]],
) -> _Judge:
    """Who judges by all runs, and knows which of them were the program's own."""
    ordinary = [recording for recording in recordings if recording.stand_ins is None]
    if len(ordinary) == len(recordings):
        return _Judge(functions, seen, recordings, sites)
    own = _Judge(functions, Observations(ordinary, index), ordinary, sites)
    return _Judge(functions, seen, recordings, sites, own)


class _Judge:
    """Verdicts by some runs; `own` judges by those of them that were made without stand-ins."""

    def __init__(
        self,
        functions: Mapping[FunctionId, Function],
        seen: Observations,
        recordings: Sequence[Recording],
        sites: Mapping[tuple[FunctionId, Callee], Sequence[Span]],
        own: _Judge | None = None,
    ) -> None:
        self._sites = sites  # where a pair has call sites
        self._own = own
        self.is_under_stand_ins = {
            recording.workload.name for recording in recordings if recording.stand_ins is not None
        }
        self._functions = functions
        self._seen = seen
        self._recordings = recordings

    def judge(
        self, resolution: Resolution, callee: Callee, here: list[SeenCall]
    ) -> tuple[ReconciledEdge, list[SeenCall]]:
        """The edge with its verdict, and the sightings that it accounts for."""
        edge, used = self._judge_by_all(resolution, callee, here)
        if self._own is None:
            return edge, used
        ordinary = [call for call in here if call.workload not in self.is_under_stand_ins]
        own_edge, _ = self._own._judge_by_all(resolution, callee, ordinary)
        if own_edge.verdict is EdgeVerdict.CONFIRMED:
            return own_edge, used
        if edge.verdict is EdgeVerdict.CONFIRMED:
            return replace(edge, verdict=EdgeVerdict.STAND_INS), used
        if own_edge.verdict is EdgeVerdict.NOT_RUN or own_edge.verdict is EdgeVerdict.NOT_REACHED:
            cause = f"{edge.cause}, under stand-ins" if edge.cause else ""
            return replace(edge, cause=cause), used
        return own_edge, used

    def _judge_by_all(
        self, resolution: Resolution, callee: Callee, here: list[SeenCall]
    ) -> tuple[ReconciledEdge, list[SeenCall]]:
        site = resolution.site
        edge = ReconciledEdge(
            caller=site.caller,
            callee=callee,
            line=site.span.line,
            span=site.span,
            text=site.text,
            kind=site.kind,
            verdict=EdgeVerdict.NOT_RUN,
            tier=resolution.tier,
            is_exact=resolution.is_exact,
            is_declared=resolution.is_declared,
            guards=site.guards,
            is_unreachable=site.is_unreachable,
        )
        if not self._recordings:
            return edge, []
        target = self._functions.get(callee) if is_function(callee) else None
        matching = [call for call in here if _fits(call, site, callee, target)]
        others = [span for span in self._sites[site.caller, callee] if span != site.span]
        if others:
            matching = of_this_site(matching, site.span, others)
        unplaced = [call for call in here if not call.line and call.callee == callee]
        if matching:
            return _confirmed(edge, matching, unplaced), [*matching, *unplaced]
        twins = [
            call
            for call in here
            if call.callee is not None
            and callee in self._seen.twins.get(call.callee, ())
            and (call.is_at(site.span) or call.is_near(site.span))
        ]
        if twins:
            return replace(edge, verdict=EdgeVerdict.UNDECIDED, cause=_TWIN_CALLEE), twins
        return self._unseen(edge, site, callee, here, unplaced), unplaced

    def effect(self, effect: Effect) -> EdgeVerdict:
        """Whether the effect's line ran. That it did not raise is not asked: it was tried."""
        verdict = self._effect_by_all(effect)
        if self._own is None or verdict is not EdgeVerdict.CONFIRMED:
            return verdict
        is_own = self._own._effect_by_all(effect) is EdgeVerdict.CONFIRMED
        return verdict if is_own else EdgeVerdict.STAND_INS

    def _effect_by_all(self, effect: Effect) -> EdgeVerdict:
        if not self._recordings:
            return EdgeVerdict.NOT_RUN
        owner = self._functions.get(effect.function)
        if not self._seen.ran(effect.function):
            if owner is not None and not self._is_recorded(owner):
                return EdgeVerdict.UNDECIDED
            if self._hidden(owner) is not None or effect.function in self._seen.perhaps:
                return EdgeVerdict.UNDECIDED
            return EdgeVerdict.NOT_REACHED
        may_hide = effect.function in self._seen.converted or self._hidden(owner) is not None
        lines = self._seen.lines[effect.function]
        ran = any(line in lines for line in range(effect.span.line, effect.span.end_line + 1))
        if not ran and may_hide:
            return EdgeVerdict.UNDECIDED
        return EdgeVerdict.CONFIRMED if ran else EdgeVerdict.NOT_TAKEN

    def _unseen(
        self,
        edge: ReconciledEdge,
        site: CallSite,
        callee: Callee,
        here: list[SeenCall],
        unplaced: list[SeenCall],
    ) -> ReconciledEdge:
        caller = self._functions.get(site.caller)
        if (library := self._hidden(caller)) is not None:
            return replace(
                edge,
                verdict=EdgeVerdict.UNDECIDED,
                cause=f"its caller may have run as code that {library} made of it",
            )
        if not self._seen.ran(site.caller):
            if site.caller in self._seen.perhaps:
                return replace(edge, verdict=EdgeVerdict.UNDECIDED, cause=_TWIN_CALLER)
            if caller is not None and not self._is_recorded(caller):
                return replace(
                    edge,
                    verdict=EdgeVerdict.UNDECIDED,
                    cause="its caller lies outside the recorded namespace",
                )
            return replace(edge, verdict=EdgeVerdict.NOT_REACHED)
        if site.caller in self._seen.converted:
            return replace(
                edge,
                verdict=EdgeVerdict.UNDECIDED,
                cause="its caller ran as code that a library made of it, and this was not seen",
            )
        lines = self._seen.lines[site.caller]
        workloads = tuple(sorted(self._seen.workloads[site.caller]))
        if not any(line in lines for line in range(site.span.line, site.span.end_line + 1)):
            return _not_run(edge, site, lines, self._seen.raised[site.caller])
        if unplaced:
            is_elsewhere = any(call.line and call.callee == callee for call in here)
            if len(self._sites[site.caller, callee]) == 1 and not is_elsewhere:
                return replace(
                    _confirmed(edge, unplaced, []),
                    cause="its line ran, and no other line of the caller can call it",
                )
            return replace(
                edge,
                verdict=EdgeVerdict.UNDECIDED,
                cause="its line ran, and the caller called it; from which line was not looked at",
            )
        others = [
            call
            for call in here
            if call.is_at(site.span)
            and call.span is not None
            and not (site.kind is SiteKind.CALL and call.is_of_statement)
        ]
        if is_function(callee):
            target = self._functions.get(callee)
            if target is not None and target.is_generator and self._seen.ran(callee):
                return replace(
                    edge,
                    verdict=EdgeVerdict.CONFIRMED,
                    seen_by=SeenBy.LINE,
                    workloads=workloads,
                    cause="creation: its line ran, and the body was started",
                )
            if (library := self._hidden(target)) is not None:
                return replace(
                    edge,
                    verdict=EdgeVerdict.UNDECIDED,
                    cause=f"its line ran; the callee may have run as what {library} made of it",
                )
            if others:
                names = sorted({c.callee or c.outside for c in others})
                return replace(
                    edge, verdict=EdgeVerdict.NOT_TAKEN, cause=f"went to {', '.join(names)}"
                )
            if target is not None and not self._is_recorded(target):
                return replace(
                    edge,
                    verdict=EdgeVerdict.UNDECIDED,
                    cause="its line ran, but the callee lies outside the recorded namespace",
                )
            return replace(
                edge,
                verdict=EdgeVerdict.NOT_TAKEN,
                cause="its line ran, the callee was not entered",
            )
        if site.is_conditional or site.span.line in self._seen.raised[site.caller]:
            return replace(
                edge,
                verdict=EdgeVerdict.UNDECIDED,
                cause="its line ran; whether this part of it did cannot be seen",
            )
        if not edge.is_exact:
            return replace(
                edge,
                verdict=EdgeVerdict.UNDECIDED,
                cause="its line ran; which of several callees it went to cannot be seen",
            )
        if edge.is_declared:
            return replace(
                edge,
                verdict=EdgeVerdict.UNDECIDED,
                cause="its line ran; of what class its object was is only declared",
            )
        return replace(
            edge, verdict=EdgeVerdict.CONFIRMED, seen_by=SeenBy.LINE, workloads=workloads
        )

    def _hidden(self, function: Function | None) -> str | None:
        """The library whose hidden code may have stood for a function."""
        if function is None:
            return None
        return self._seen.hidden.get((function.module, function.name))

    def _is_recorded(self, function: Function) -> bool:
        """Whether any run would have shown a frame of this function."""
        for recording in self._recordings:
            if not recording.namespaces or any(
                function.module == name or function.module.startswith(f"{name}.")
                for name in recording.namespaces
            ):
                return True
            if function.path in recording.workload.argv:  # `__main__` is always recorded
                return True
        return False


def _fits(call: SeenCall, site: CallSite, callee: Callee, target: Function | None) -> bool:
    if is_function(callee):
        if call.callee is None:  # a function of the tree, outside the recorded namespace
            return target is not None and call.outside == target.dotted and call.is_at(site.span)
        if call.callee != callee:
            return False
        # Implicit calls (imports, properties, with) have spans that differ between versions.
        return call.is_at(site.span) or call.is_near(site.span)
    if call.callee is not None:
        return False
    if call.span is not None and site.kind is SiteKind.CALL:
        return call.is_at(site.span)  # `json.dump` on the line of `dill.dump` is another call
    return call.is_near(site.span) and _same_name(call.outside, callee)


def _same_name(outside: str, callee: str) -> bool:
    """`dill._dill.dump` runs for `dill.dump`, `zipfile.ZipFile.__init__` for the class."""
    return outside.removesuffix(".__init__").rpartition(".")[2] == callee.rpartition(".")[2]


def _begun(calls: list[SeenCall]) -> list[SeenCall]:
    """Without the resumptions of generators, where it was seen that these began."""
    return [call for call in calls if call.how != "resume"] or calls


def _confirmed(
    edge: ReconciledEdge, calls: list[SeenCall], unplaced: list[SeenCall]
) -> ReconciledEdge:
    """Confirmed by the callee's frame; or, where another function's frame was entered out of that
    very call (a wrapper, or what a callee in C calls in turn), by the line, which says so."""
    own = [
        call
        for call in calls
        if call.callee or is_function(edge.callee) or _same_name(call.outside, edge.callee)
    ]
    # A wrapper outside the namespace that bears the callee's name (`functools.wraps`) was entered
    # by the same call: counted with the callee's own frame, each call would be two.
    framed = {(call.workload, call.line) for call in own if call.callee}
    own = [call for call in own if call.callee or (call.workload, call.line) not in framed]
    inner = sorted({call.outside for call in calls if call not in own and not call.callee})
    first = (own or calls)[0]
    cause = f"{', '.join(inner[:3])} was entered out of this call" if inner and not own else ""
    if unplaced:
        more = sum(call.calls for call in unplaced)
        cause = f"of this and other lines of the caller, {more:,} more calls were counted"
    return replace(
        with_tests(edge, tests_of([*own, *unplaced])),
        verdict=EdgeVerdict.CONFIRMED,
        seen_by=SeenBy.CALL if own else SeenBy.LINE,
        calls=sum(call.calls for call in _begun(own)),
        is_at_least=any(call.is_at_least for call in own),
        order=first.order,
        workloads=tuple(sorted({call.workload for call in calls})),
        through=first.through,
        cause=cause,
    )


def _not_run(
    edge: ReconciledEdge, site: CallSite, lines: set[int], raised: set[int]
) -> ReconciledEdge:
    """The edge with what kept its line from running."""
    if site.is_unreachable:
        text = "its line cannot run: it stands behind a return, raise or constant condition"
        return replace(edge, verdict=EdgeVerdict.NOT_TAKEN, cause=text)
    text = f"line {site.span.line} did not run"
    if not site.guards:
        return replace(edge, verdict=EdgeVerdict.NOT_TAKEN, cause=text)
    obstacle = find_obstacle(site.guards, lines, bool(raised))
    guard = obstacle.guard
    hidden = ""
    if guard is not None and guard.hidden_inputs:
        hidden = f"; depends on {', '.join(guard.hidden_inputs)} ({site.path}:{guard.line})"
    return replace(
        edge,
        verdict=EdgeVerdict.NOT_TAKEN,
        cause=f"{text}: {obstacle.text}{hidden}",
        barred_by=guard if obstacle.is_decided else None,
    )


def _edge_order(edge: ReconciledEdge) -> tuple[str, int, int, int, str]:
    span = edge.span
    return (
        edge.caller,
        edge.line,
        span.end_line if span else 0,
        span.end_column if span else 0,
        edge.callee,
    )
