"""What is not known, why, and the cheapest step that would decide it."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Sequence

from tracer.model.evidence import (
    AnchorVerdict,
    ArtifactLayout,
    CheckedAnchor,
    EdgeVerdict,
    OpenSite,
    ReconciledEdge,
    Unknown,
)
from tracer.model.failure import missing_distribution, missing_module
from tracer.model.graph import CallGraph
from tracer.model.plan import Workload
from tracer.model.recording import Recording
from tracer.model.source import path_of
from tracer.reconcile.other_copies import OtherCopy


def find_unknowns(
    graph: CallGraph,
    edges: Sequence[ReconciledEdge],
    open_sites: Sequence[OpenSite],
    anchors: Sequence[CheckedAnchor],
    layouts: Sequence[ArtifactLayout],
    recordings: Sequence[Recording],
    workloads: Sequence[Workload],
    why_no_run: str,
    copies: Sequence[OtherCopy] = (),
) -> tuple[Unknown, ...]:
    """Everything that the answer leaves open, the most decisive first.

    What a run decides comes before what only more reading would; of the places that the brief
    names and that are gone, and of sources of other kinds, nothing in the answer hangs.
    """
    return (
        *_no_run(recordings, why_no_run, workloads),
        *_other_copies(copies),
        *_incomplete_runs(recordings),
        *_stand_ins(recordings),
        *_only_lines(edges, recordings),
        *_not_reached(edges, recordings, workloads),
        *_open(open_sites, edges),
        *_layouts(layouts),
        *_anchors(anchors),
        *_limits(graph),
        *_unread(graph),
    )


def _no_run(
    recordings: Sequence[Recording], why: str, workloads: Sequence[Workload]
) -> Iterable[Unknown]:
    if recordings:
        return
    step = "give a run with --workload, or a recording made elsewhere with --recording"
    if (best := next((w for w in workloads if w.argv), None)) is not None:
        step = f"--workload {_quoted(best.argv)}"
    yield Unknown("Which of the edges run, and with which values", why or "nothing was run", step)


def _other_copies(copies: Sequence[OtherCopy]) -> Iterable[Unknown]:
    for copy in copies:
        yield Unknown(
            f"What the code of this tree does in run {copy.run}",
            copy.told,
            "`pip install -e .` of this tree there, or its packages first on PYTHONPATH",
        )


def _incomplete_runs(recordings: Sequence[Recording]) -> Iterable[Unknown]:
    for recording in recordings:
        if not recording.is_complete:
            yield Unknown(
                f"What run {recording.workload.name} does after its recording ended",
                recording.why_incomplete,
                "a larger --time-budget, or a smaller workload",
            )
        elif recording.exit_status:
            yield Unknown(
                f"What run {recording.workload.name} would have done",
                f"it ended with exit status {recording.exit_status}",
                _mending(recording),
            )


def _mending(recording: Recording) -> str:
    """What would let a run that failed go on."""
    tail = recording.stderr_tail
    if (module := missing_module(tail)) and recording.stand_ins is None:
        return f"an environment with {module} (--python), or --stand-in auto"
    if name := missing_distribution(tail):
        return (
            f"an environment into which {name} is installed (--python): the code asks for the "
            "metadata of the package, which a folder on the import path does not have"
        )
    return f"mend it and run again: {shlex.join(recording.workload.argv)}"


def _stand_ins(recordings: Sequence[Recording]) -> Iterable[Unknown]:
    for recording in recordings:
        found = recording.stand_ins
        if found is None:
            continue
        modules = ", ".join(found.modules)
        reason = f"run {recording.workload.name} was made under stand-ins"
        if found.invented:
            first = found.invented[0]
            place = f" at {first.caller.path}:{first.line}" if first.caller else ""
            times = sum(use.times for use in found.invented)
            reason += f": {times} uses of invented things, the first `{first.name}`{place}"
        yield Unknown(
            f"Whether the program goes the same way with {modules} itself",
            reason,
            "the same run in an environment that has them: --python EXE",
        )


def _only_lines(
    edges: Sequence[ReconciledEdge], recordings: Sequence[Recording]
) -> Iterable[Unknown]:
    """What coverage data leave open."""
    known = [recording for recording in recordings if recording.executed is not None]
    executed = sum(edge.verdict is EdgeVerdict.EXECUTED for edge in edges)
    if executed and known:
        tools = sorted({recording.backend for recording in known})
        yield Unknown(
            f"Whether {executed} executed edge{'s were' if executed > 1 else ' was'} called there, "
            "and how often",
            f"{', '.join(tools)} tells lines and no calls",
            "a run under the probe: --workload",
        )
    for recording in known:
        assert recording.executed is not None
        for path, why in recording.executed.left_out:
            yield Unknown(
                f"What ran of {path}",
                f"left out of {recording.executed.source}: {why}",
                "measure again with the sources as they are",
            )


def _not_reached(
    edges: Sequence[ReconciledEdge], recordings: Sequence[Recording], workloads: Sequence[Workload]
) -> Iterable[Unknown]:
    missed: defaultdict[str, int] = defaultdict(int)
    for edge in edges:
        if edge.verdict is EdgeVerdict.NOT_REACHED:
            missed[path_of(edge.caller)] += 1
    if not missed or not recordings:
        return
    total = sum(missed.values())
    worst = sorted(missed.items(), key=lambda item: (-item[1], item[0]))[:3]
    files = ", ".join(f"{path} ({count})" for path, count in worst)
    ran = [recording.workload.argv for recording in recordings]
    other = next((w for w in workloads if w.argv and not _is_in(w.argv, ran)), None)
    yield Unknown(
        f"Whether {total} {'edge runs' if total == 1 else 'edges run'}",
        f"no run entered their callers; most in {files}",
        f"--workload {_quoted(other.argv)}" if other else "a workload that enters them",
    )


def _is_in(argv: Sequence[str], ran: Iterable[Sequence[str]]) -> bool:
    """Whether one of the runs was this one, or this one with arguments, which a proposal lacks."""
    return any(tuple(each[: len(argv)]) == tuple(argv) for each in ran)


def _open(open_sites: Sequence[OpenSite], edges: Sequence[ReconciledEdge]) -> Iterable[Unknown]:
    """Sites of which no run has shown what they call: of others it stands as seen but not read."""
    seen = {(e.caller, e.line) for e in edges if e.verdict is EdgeVerdict.DYNAMIC_ONLY}
    groups: defaultdict[str, list[OpenSite]] = defaultdict(list)
    for site in open_sites:
        if (site.caller, site.line) not in seen:
            groups[site.reason.value].append(site)
    for reason, sites in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        shown = ", ".join(f"`{site.text}` {path_of(site.caller)}:{site.line}" for site in sites[:3])
        more = f" and {len(sites) - 3} more" if len(sites) > 3 else ""
        yield Unknown(
            f"What {len(sites)} call site{'s' * (len(sites) > 1)} of the answer call",
            f"{reason}: {shown}{more}",
            "a run that reaches them shows their callees",
        )


def _anchors(anchors: Sequence[CheckedAnchor]) -> Iterable[Unknown]:
    for checked in anchors:
        if checked.verdict is not AnchorVerdict.VERIFIED:
            yield Unknown(
                f"What `{checked.anchor.text}` says, which the brief names",
                f"{checked.verdict.value}: {checked.detail}",
                "correct the brief, or give the tree that holds it",
            )


def _layouts(layouts: Sequence[ArtifactLayout]) -> Iterable[Unknown]:
    for layout in layouts:
        for reason in layout.unknown:
            yield Unknown(
                f"All members of `{layout.artifact}` ({layout.anchor})",
                reason,
                "a run that writes it, then `tracer inspect` on the artefact",
            )


def _unread(graph: CallGraph) -> Iterable[Unknown]:
    for kind in graph.unread:
        yield Unknown(
            f"What {kind} of the tree call",
            "sources of this kind are not read",
            "search them for the names of the entry points",
        )


def _limits(graph: CallGraph) -> Iterable[Unknown]:
    for limit in graph.limits:
        yield Unknown(
            "All callees of the call sites that are open as too many",
            limit,
            "give fewer files: `tracer callgraph PATH`, or a smaller root",
        )


def _quoted(argv: Sequence[str]) -> str:
    """As one word of a shell, whose own words are quoted within: a path may hold a blank."""
    return shlex.quote(shlex.join(argv))
