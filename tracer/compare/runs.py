"""Two runs as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tracer.compare.listed import edge_difference, kinds_of_one
from tracer.compare.taps import tap_differences
from tracer.compare.trees import first_divergence
from tracer.model.difference import Divergence, NextCall, RunDifference
from tracer.model.recording import Frame, Recording, TapReading

GuardsOf = Callable[[Frame, int], tuple[str, ...]]
"""The conditions of a line of a function, outermost first, where they are known."""


@dataclass(frozen=True, slots=True)
class RunSide:
    """What is known of one run."""

    name: str
    edges: Mapping[str, Any]  # as `edges.json` has it
    recording: Recording | None = None  # None: the edges alone
    taps: tuple[TapReading, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)  # digests by path; empty: not told
    guards_of: GuardsOf = lambda frame, line: ()


def compare_runs(a: RunSide, b: RunSide, *, rtol: float, atol: float) -> RunDifference:
    """All that differs between two runs, the first divergence first."""
    same_lines = _have_same_sources(a, b)
    first, why, notes = _first(a, b, same_lines)
    taps, taps_same = tap_differences(a.taps, b.taps, rtol, atol)
    notes += [
        f"only {side} tells of {kind.replace('_', ' ')}: they are not compared"
        for kind, side in kinds_of_one(a.edges, b.edges)
        if kind != "taps"
    ]
    for name, shown in (("python", "Python"), ("backend", "back end")):
        left, right = a.edges.get(name), b.edges.get(name)
        if left and right and left != right:
            notes.append(f"{shown} {left} and {right}: not each hears of all that the other does")
    if not same_lines and a.sources and b.sources:
        changed = sorted(
            path
            for path in a.sources.keys() & b.sources.keys()
            if a.sources[path] != b.sources[path]
        )
        some = ", ".join(changed[:3]) + (
            f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        )
        notes.append(f"the sources differ ({some}): lines are not compared")
    elif not same_lines:
        notes.append("of which sources the runs were made is not told: lines are not compared")
    return RunDifference(
        name_a=a.name,
        name_b=b.name,
        calls_a=_calls(a),
        calls_b=_calls(b),
        first=first,
        why_no_first=why,
        lists=edge_difference(a.edges, b.edges, same_lines=same_lines),
        taps=taps,
        taps_same=taps_same,
        outcome=_outcome(a, b),
        notes=tuple(notes),
    )


def _have_same_sources(a: RunSide, b: RunSide) -> bool:
    both = a.sources.keys() & b.sources.keys()
    return bool(both) and all(a.sources[path] == b.sources[path] for path in both)


def _first(a: RunSide, b: RunSide, same_lines: bool) -> tuple[Divergence | None, str, list[str]]:
    if a.recording is None or b.recording is None:
        return None, "the edges alone were given: there is no call tree to compare", []
    for side in (a, b):
        if side.recording is not None and not side.recording.tree:
            return None, f"{side.name} has no call tree: it was recorded with the edges alone", []
    notes = [
        f"{side.name} is incomplete: {side.recording.why_incomplete}"
        for side in (a, b)
        if side.recording is not None and not side.recording.is_complete
    ]
    found = first_divergence(a.recording, b.recording, same_lines=same_lines)
    cut = [
        f"{side.name} ({len(side.recording.tree):,} calls)"
        for side in (a, b)
        if side.recording is not None
        and (side.recording.tree_cut or not side.recording.is_complete)
    ]
    if found is None:
        why = "the call trees are the same"
        if cut:
            why += f" as far as they were kept: {', '.join(cut)}"
        return None, why, notes
    frame = found.chain[-1].frame if found.chain else None
    return (
        replace(found, a=_guarded(found.a, frame, a), b=_guarded(found.b, frame, b)),
        "",
        notes,
    )


def _guarded(call: NextCall, frame: Frame | None, side: RunSide) -> NextCall:
    if frame is None or not call.line:
        return call
    return replace(call, guards=side.guards_of(frame, call.line))


def _calls(side: RunSide) -> int:
    return sum(
        item["count"]
        for kind in ("edges", "roots")
        for item in side.edges.get(kind, ())
        if isinstance(item.get("count"), int)
    )


def _outcome(a: RunSide, b: RunSide) -> tuple[tuple[str, str, str], ...]:
    """How the two runs ended."""
    told = []
    for name, shown in (("exit_status", "exit status"), ("complete", "complete")):
        left, right = a.edges.get(name), b.edges.get(name)
        if left != right:
            told.append((shown, _word(left), _word(right)))
    return tuple(told)


def _word(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
