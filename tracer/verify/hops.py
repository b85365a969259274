"""The verdict on one hop: does this function lead to that one, and how is it known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracer.model.graph import CallGraph, Resolution
from tracer.model.recording import Recording
from tracer.model.source import Callee, FunctionId, is_function
from tracer.model.verification import ClaimVerdict, Ground
from tracer.verify.alternatives import OneFunction, one_function_of
from tracer.verify.direct import (
    STRENGTH,
    DirectCall,
    best,
    direct_calls,
    is_binding_to,
    written_names,
)
from tracer.verify.ran import Ran
from tracer.verify.reach import Frontier, Reach, Siblings, Step
from tracer.verify.reading import Reading
from tracer.verify.syntax import CallExpression, Definition

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its ground and what to tell the reader."""

    verdict: ClaimVerdict
    ground: Ground | None = None
    detail: str = ""
    lines: tuple[int, ...] = ()  # of the direct calls, sorted
    siblings: tuple[Siblings, ...] = ()  # who calls the two one after the other, instead


class HopJudge:
    """Judges hops against one tree, some recordings, and a call graph where there is one."""

    def __init__(
        self, reading: Reading, graph: CallGraph | None, recordings: Sequence[Recording]
    ) -> None:
        self.reading = reading
        self.ran = Ran(reading, recordings)
        self.recorded = self.ran.recorded
        self._graph = graph
        self._reach: Reach | None = None
        self._sites: dict[tuple[str, int, int], list[Resolution]] | None = None
        self._ids: dict[tuple[str, str, int], FunctionId] = {}

    def judge(self, source: Definition, target: Definition | str) -> Judgement:
        """Judge one hop.

        Args:
            target: A function of the tree, or the dotted name of something outside it.

        A function of several definitions does what one of them does: the best verdict counts.
        """
        sources = self._parts(source)
        targets = None if isinstance(target, str) else self._parts(target)
        ends: tuple[Definition | str, ...] = targets.definitions if targets else (target,)
        found = [self._judge(one, other) for one in sources.definitions for other in ends]
        best_one = min(found, key=_rank)
        lines = {line for each in found if each.verdict.holds for line in each.lines}
        rules = [(source.qualname, sources.rule)]
        if targets is not None and isinstance(target, Definition):
            rules.append((target.qualname, targets.rule))
        told = [f"{name}: {rule}" for name, rule in dict.fromkeys(rules) if rule]
        detail = "; ".join(filter(None, (best_one.detail, *told)))
        return replace(best_one, detail=detail, lines=tuple(sorted(lines)))

    def _parts(self, function: Definition) -> OneFunction:
        return one_function_of(function, self.reading.file(function.path))

    def _judge(self, source: Definition, target: Definition | str) -> Judgement:
        if isinstance(target, Definition) and (seen := self.recorded.lines(source, target)):
            detail = f"seen to be called at {source.path}:{_listed(seen)}"
            return Judgement(ClaimVerdict.VERIFIED, Ground.RUN, detail, seen)
        direct = self.direct(source, target)
        strongest = best(direct)
        if strongest is not None:
            lines = tuple(sorted({item.call.line for item in direct}))
            return Judgement(
                ClaimVerdict.VERIFIED,
                strongest.ground,
                f"called at {source.path}:{_listed(lines)}",
                lines,
            )
        way = self._seen_way(source, target)
        if self._graph is None:
            return way or Judgement(
                ClaimVerdict.UNVERIFIABLE,
                detail=f"no call of it in {source.id}, and no call graph to look further",
            )
        read = self._indirect(source, target, self._graph)
        is_firm = read.verdict.holds and read.ground is not Ground.SOLVER
        return read if is_firm or way is None else way

    def _seen_way(self, source: Definition, target: Definition | str) -> Judgement | None:
        """A path that a run went, whatever reading makes of it."""
        if isinstance(target, str) or self.ran.moved([source, target]):
            return None
        way = self.ran.way(source, target)
        if not way:
            return None
        detail = f"a run went there: {' → '.join(way)}"
        return Judgement(ClaimVerdict.CALL_PATH, Ground.RUN, detail)

    def direct(self, source: Definition, target: Definition | str) -> list[DirectCall]:
        """Calls of the target in the source, but for those that the graph takes elsewhere."""
        ends: tuple[Definition | str, ...] = (
            (target,) if isinstance(target, str) else self._parts(target).definitions
        )
        found: dict[CallExpression, DirectCall] = {}
        for one in self._parts(source).definitions:
            for other in ends:
                for item in direct_calls(one, other, self.reading, self.recorded):
                    if item.ground is Ground.TEXT and self._is_elsewhere(one, item, other):
                        continue
                    known = found.get(item.call)
                    if known is None or STRENGTH[item.ground] < STRENGTH[known.ground]:
                        found[item.call] = item
        return sorted(found.values(), key=lambda item: (item.call.line, item.call.column))

    def is_unread(self, source: Definition, target: Definition) -> bool:
        """Whether the call graph has no way from the one to the other, nor any text of a call."""
        names = written_names(target)
        if self._graph is None or any(c.call.name in names for c in self.direct(source, target)):
            return False
        return self._graph_reach(self._graph).path(self._id(source), self._id(target)) is None

    def is_edge(self, source: Definition, target: Definition) -> bool:
        """Whether the call graph has the one calling the other."""
        if self._graph is None:
            return False
        steps = self._graph_reach(self._graph).path(self._id(source), self._id(target))
        return steps is not None and len(steps) == 1

    def _is_elsewhere(self, source: Definition, item: DirectCall, target: Definition | str) -> bool:
        """Whether the graph knows all callees of an unsettled call, and the target is not one."""
        if self._graph is None:
            return False
        if self._sites is None:
            self._sites = {}
            for resolution in self._graph.resolutions:
                span = resolution.site.span
                key = resolution.site.path, span.end_line, span.end_column
                self._sites.setdefault(key, []).append(resolution)
        key = source.path, item.call.end_line, item.call.end_column
        at = self._sites.get(key, [])
        if not at or any(r.is_open for r in at):
            return False
        callees = {callee for resolution in at for callee in resolution.callees}
        if isinstance(target, str):
            name = target.rpartition(".")[2]
            return all(callee.rpartition(".")[2].rpartition("::")[2] != name for callee in callees)
        return self._id(target) not in callees

    def _indirect(
        self, source: Definition, target: Definition | str, graph: CallGraph
    ) -> Judgement:
        reach = self._graph_reach(graph)
        source_id = self._id(source)
        if source_id not in reach.functions:
            return Judgement(
                ClaimVerdict.UNVERIFIABLE, detail=f"{source.id} is not in the call graph"
            )
        if isinstance(target, str):
            return self._external(source_id, target, reach)
        target_id = self._id(target)
        if target_id not in reach.functions:
            return Judgement(
                ClaimVerdict.UNVERIFIABLE, detail=f"{target.id} is not in the call graph"
            )
        steps = reach.path(source_id, target_id)
        if steps is not None:
            return self._along(steps, reach)
        return self._no_path(source_id, target_id, target, reach)

    def _external(self, source: FunctionId, target: str, reach: Reach) -> Judgement:
        paths = [p for e in reach.externals_named(target) if (p := reach.path(source, e))]
        if paths:
            return self._along(min(paths, key=len), reach)
        frontier = reach.frontier(source, target, self.reading)
        detail = f"no call of it in or below {source}"
        if frontier.towards:
            detail = f"{detail}, but {_open_text(frontier)}"
            return Judgement(ClaimVerdict.NOT_FOUND, Ground.SOLVER, detail)
        return Judgement(ClaimVerdict.REFUTED, Ground.SOLVER, detail)

    def _along(self, steps: tuple[Step, ...], reach: Reach) -> Judgement:
        """A path holds as firmly as its weakest step."""
        grounds = [self._step_ground(step) for step in steps]
        weakest = max(grounds, key=lambda ground: STRENGTH[ground])
        is_derived = weakest is Ground.SOLVER
        first = steps[0]
        if len(steps) == 1:
            verdict = ClaimVerdict.DERIVED if is_derived else ClaimVerdict.VERIFIED
            lines = reach.lines(first.caller, first.callee)
            return Judgement(verdict, weakest, f"called at line {_listed(lines)}", lines)
        through = " → ".join(_short(step.callee) for step in steps[:-1])
        detail = f"call path through {through}, from line {first.line}"
        verdict = ClaimVerdict.DERIVED if is_derived else ClaimVerdict.CALL_PATH
        return Judgement(verdict, weakest, detail)

    def _step_ground(self, step: Step) -> Ground:
        source = self.reading.definition(step.caller)
        target = self.reading.definition(step.callee) if is_function(step.callee) else step.callee
        if source is None or target is None:
            return Ground.SOLVER
        on_line = [
            item
            for item in direct_calls(source, target, self.reading, self.recorded)
            if item.call.line <= step.line <= item.call.end_line
        ]
        strongest = best(on_line)
        return strongest.ground if strongest else Ground.SOLVER

    def _no_path(
        self, source: FunctionId, target: FunctionId, defined: Definition, reach: Reach
    ) -> Judgement:
        frontier = reach.frontier(source, defined, self.reading)
        siblings = reach.siblings(source, target)
        told = _siblings_text(siblings)
        if frontier.towards:
            detail = f"no path is known, but {_open_text(frontier)}"
            return Judgement(ClaimVerdict.NOT_FOUND, Ground.SOLVER, _joined(detail, told))
        if defined.name.startswith("__") or (defined.is_wrapped and not siblings):
            detail = "no path is known, but it may run without being called by name"
            return Judgement(ClaimVerdict.NOT_FOUND, Ground.SOLVER, _joined(detail, told))
        in_order = tuple(pair for pair in siblings if pair.source_line < pair.target_line)
        verdict = ClaimVerdict.ORDER_ONLY if in_order else ClaimVerdict.NO_PATH
        detail = f"no path: {_siblings_text(in_order or siblings)}" if siblings else "no path"
        if truth := self._instead(source, target, defined):
            detail += f"; {truth}"
        if frontier.others:
            noun = "site" if frontier.others == 1 else "sites"
            detail += f"; {frontier.others} open call {noun} on the way cannot be calls of it"
        return Judgement(verdict, Ground.SOLVER, detail, siblings=in_order)

    def _instead(self, source: FunctionId, target: FunctionId, defined: Definition) -> str:
        """What is true of the two: the other way round, or who calls the target."""
        start = self.reading.definition(source)
        if start is not None and (back := self.direct(defined, start)):
            line = back[0].call.line
            return f"the other way round: {defined.qualname} calls it at {defined.path}:{line}"
        callers = self.callers(defined)
        if not callers or self._graph_reach(self._graph_or_fail()).siblings(source, target):
            return ""
        places = [f"{path}:{call.line}" for path, call in callers[:_SHOWN]]
        more = len(callers) - _SHOWN
        return f"it is called at {', '.join(places)}" + (f" and {more} more" if more > 0 else "")

    def callers(self, target: Definition) -> list[tuple[str, CallExpression]]:
        """Calls of a function anywhere in the tree that imports and definitions alone settle."""
        return [
            (file.path, call)
            for file in self.reading.mentions(target.name)
            for call in file.calls
            if call.name == target.name
            and is_binding_to(self.reading.callees(call, file.path), target)
        ]

    def _graph_or_fail(self) -> CallGraph:
        assert self._graph is not None
        return self._graph

    def _graph_reach(self, graph: CallGraph) -> Reach:
        if self._reach is None:
            self._reach = Reach(graph)
            self._ids = {(f.path, f.qualname, f.def_line): f.id for f in graph.functions}
        return self._reach

    def _id(self, definition: Definition) -> FunctionId:
        if self._graph is not None:
            self._graph_reach(self._graph)
        key = definition.path, definition.qualname, definition.def_line
        return self._ids.get(key, FunctionId(definition.id))


def _rank(judgement: Judgement) -> tuple[int, int]:
    """The best first: what holds, then what is open, then what does not hold."""
    verdict = judgement.verdict
    order = (
        0
        if verdict is ClaimVerdict.VERIFIED
        else 1
        if verdict.holds
        else 3
        if verdict.is_bad
        else 2
    )
    return order, STRENGTH[judgement.ground or Ground.SOLVER]


def _siblings_text(siblings: Sequence[Siblings]) -> str:
    shown = "; ".join(str(pair) for pair in siblings[:_SHOWN])
    more = len(siblings) - _SHOWN
    return f"{shown}; {more} more such" if more > 0 else shown


def _open_text(frontier: Frontier) -> str:
    site = frontier.towards[0].site
    place = f"{site.path}:{site.span.line} `{site.text}`"
    if len(frontier.towards) == 1:
        return f"the call site {place} could lead there"
    return f"{len(frontier.towards)} call sites could lead there, the first {place}"


def _joined(detail: str, more: str) -> str:
    return f"{detail}; {more}" if more else detail


def _short(callee: Callee) -> str:
    return callee.rpartition("::")[2] if is_function(callee) else callee


def _listed(lines: Sequence[int]) -> str:
    shown = ",".join(str(line) for line in lines[:5])
    return f"{shown},…" if len(lines) > 5 else shown
