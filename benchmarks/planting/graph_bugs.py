"""Errors of a solver, planted in a call graph: edges added, dropped and redirected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from tracer.model.evidence import EdgeVerdict, ReconciledEdge
from tracer.model.graph import CallGraph, OpenReason, Resolution, SiteKind
from tracer.model.recording import Recording
from tracer.model.source import Callee, FunctionKind
from tracer.model.verification import Claim, ClaimVerdict, Ground
from tracer.reconcile.edges import reconcile
from tracer.static.sources import SourceTree
from tracer.verify.edges import EdgeChecker
from tracer.verify.reading import Reading


class Bug(StrEnum):
    """What a solver did wrong."""

    ADDED = "an edge too many"
    ADDED_NAMESAKE = "an edge too many, to a method of that name"
    REDIRECTED = "another callee"
    REDIRECTED_NAMESAKE = "another callee of that name"
    DROPPED = "an edge dropped"


class Outcome(StrEnum):
    """What the bundle's reader learns of it."""

    SYNTAX = "refuted by syntax"
    TEXT = "refuted by text"
    RUN = "contradicted by the run"
    DERIVED = "derived: on the solver's word"
    BELIEVED = "verified, though wrong"
    UNSEEN = "nothing"


@dataclass(frozen=True, slots=True)
class Planted:
    """One bug at one call site."""

    bug: Bug
    right: Resolution
    wrong: Resolution
    callee: Callee | None  # the false one


def plant(graph: CallGraph, each: int, random: Random) -> tuple[CallGraph, tuple[Planted, ...]]:
    """A graph with `each` bugs of a kind, every one at a call site of its own."""
    functions = {
        f.id: f
        for f in graph.functions
        if f.kind in (FunctionKind.FUNCTION, FunctionKind.METHOD) and "<" not in f.qualname
    }
    namesakes: dict[str, list[Callee]] = {}
    for function in functions.values():
        namesakes.setdefault(function.qualname.rpartition(".")[2], []).append(function.id)
    sites = [
        r
        for r in graph.resolutions
        if len(r.callees) == 1
        and not r.is_open
        and r.site.kind is SiteKind.CALL
        and r.callees[0] in functions
    ]
    random.shuffle(sites)
    planted: list[Planted] = []
    wanted = dict.fromkeys(Bug, each)
    every = list(functions)
    for right in sites:
        name = functions[right.callees[0]].qualname.rpartition(".")[2]
        others = [c for c in namesakes[name] if c != right.callees[0]]
        for bug in sorted(Bug, key=lambda bug: -wanted[bug]):
            if not wanted[bug] or ("NAMESAKE" in bug.name and not others):
                continue
            other = random.choice(others if "NAMESAKE" in bug.name else every)
            if other not in right.callees:
                planted.append(_plant(bug, right, other))
                wanted[bug] -= 1
            break
    changed = {id(p.right): p.wrong for p in planted}
    resolutions = tuple(changed.get(id(r), r) for r in graph.resolutions)
    return replace(graph, resolutions=resolutions), tuple(planted)


def _plant(bug: Bug, right: Resolution, other: Callee) -> Planted:
    if bug is Bug.DROPPED:
        wrong = replace(right, callees=(), tier=None, open_reason=OpenReason.UNKNOWN_VALUE)
        return Planted(bug, right, wrong, None)
    is_added = bug in (Bug.ADDED, Bug.ADDED_NAMESAKE)
    callees = tuple(sorted([*right.callees, other])) if is_added else (other,)
    return Planted(bug, right, replace(right, callees=callees), other)


def outcomes(
    tree: SourceTree,
    graph: CallGraph,
    planted: Sequence[Planted],
    recordings: Sequence[Recording],
) -> list[tuple[Planted, Outcome]]:
    """Reconcile the graph with what ran, verify its edges, and see what is said of each bug."""
    functions = graph.function_index()
    callers = {p.right.site.caller for p in planted}
    edges = reconcile(graph, recordings, callers).edges
    checker = EdgeChecker(Reading(tree), recordings, functions)
    by_caller: dict[str, list[ReconciledEdge]] = {}
    for edge in edges:
        by_caller.setdefault(edge.caller, []).append(edge)
    return [
        (one, _outcome(one, by_caller.get(one.right.site.caller, []), checker)) for one in planted
    ]


def _outcome(planted: Planted, edges: Sequence[ReconciledEdge], checker: EdgeChecker) -> Outcome:
    site = planted.right.site
    true = planted.right.callees[0]
    was_seen = any(
        edge.verdict is EdgeVerdict.DYNAMIC_ONLY
        and edge.callee == true
        and site.span.line <= edge.line <= site.span.end_line
        for edge in edges
    )
    if planted.callee is None:
        return Outcome.RUN if was_seen else Outcome.UNSEEN
    here = [e for e in edges if e.callee == planted.callee and e.span == site.span]
    claims = [checker.check(edge) for edge in here]
    return _worst(claims, was_seen)


def _worst(claims: Sequence[Claim], was_seen: bool) -> Outcome:
    for claim in claims:
        if claim.verdict.is_bad:
            grounds = {Ground.SYNTAX: Outcome.SYNTAX, Ground.TEXT: Outcome.TEXT}
            return grounds.get(claim.ground or Ground.SOLVER, Outcome.RUN)
    if was_seen:
        return Outcome.RUN
    if any(claim.verdict is ClaimVerdict.VERIFIED for claim in claims):
        return Outcome.BELIEVED
    return Outcome.DERIVED if claims else Outcome.UNSEEN
