"""The run as text: `callgraph/dynamic.txt`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from tracer.model.evidence import Evidence, Run
from tracer.model.recording import Frame, Recording, TreeCall
from tracer.report.phrases import command
from tracer.report.quoting import one_line, visible
from tracer.report.view import limit_text, plural

_TREE_LINES = 20_000


def render_dynamic(evidence: Evidence, trees: Sequence[str]) -> str:
    """Each run with its command on top, then its call tree; or why there is no run.

    Args:
        evidence: What the bundle knows.
        trees: One call tree for each run of the evidence, in their order.
    """
    if not evidence.runs:
        return _no_run(evidence)
    parts = []
    for run, tree in zip_longest(evidence.runs, trees[: len(evidence.runs)]):
        body = tree if tree and tree.strip() else "no call tree was kept of this run"
        parts.append("\n".join([*_head(run), "", visible(body).rstrip("\n")]))
    return "\n\n".join(parts) + "\n"


def render_call_tree(recording: Recording, *, lines: int = _TREE_LINES) -> str:
    """The calls of one run, indented by depth, in call order.

    Args:
        recording: One run.
        lines: How many calls to show; a cut says so.
    """
    depths: list[int] = []
    shown: list[str] = []
    for call in recording.tree:
        depths.append(depths[call.parent] + 1 if call.parent >= 0 else 0)
        if len(shown) < lines:
            shown.append("  " * depths[-1] + _call(call, _parent(recording, call)))
    notes = []
    if cut := limit_text(len(shown), len(recording.tree), "calls", "in call order"):
        notes.append(cut)
    if recording.tree_cut:
        notes.append(
            f"{plural(recording.tree_cut, 'call')} more ran than the recording's tree holds"
        )
    if recording.dropped:
        notes.append(f"{plural(recording.dropped, 'event')} could not be recorded")
    return "\n".join([*shown, *(f"({note})" for note in notes)])


def _no_run(evidence: Evidence) -> str:
    lines = [
        "No run is recorded.",
        "",
        f"Why: {one_line(evidence.why_no_run) or 'the evidence gives no reason.'}",
        "",
    ]
    if evidence.workload_candidates:
        lines.append("What would make it possible: one of these, ranked, where it can run.")
        for rank, workload in enumerate(evidence.workload_candidates, 1):
            lines.append(f"  {rank}. {one_line(command(workload))}")
            if workload.reason:
                lines.append(f"     {one_line(workload.reason)}")
    else:
        lines.append("What would make it possible: a workload; the evidence names no candidate.")
    for unknown in evidence.unknowns:
        if unknown.next_step:
            lines.append(f'Would decide "{one_line(unknown.text)}": {one_line(unknown.next_step)}')
    lines += ["", "So every edge is `not run`, which says nothing about whether it is used."]
    return "\n".join(lines) + "\n"


def _head(run: Run) -> list[str]:
    status = "exit status not known" if run.exit_status is None else f"exit {run.exit_status}"
    lines = [
        f"{one_line(run.workload.name)}  $ {one_line(command(run.workload))}",
        f"    python {run.python or 'not known'}, {run.backend or 'back end not known'}, {status}, "
        + ("complete" if run.is_complete else f"INCOMPLETE: {one_line(run.why_incomplete)}"),
        f"    {plural(run.calls, 'call')}, {plural(run.edges, 'edge')}, "
        f"{plural(run.functions, 'function')}",
    ]
    if run.workload.cwd is not None:
        lines.append(f"    working folder {one_line(run.workload.cwd)}")
    if run.workload.reason:
        lines.append(f"    chosen because: {one_line(run.workload.reason)}")
    lines += [f"    cannot see: {one_line(text)}" for text in run.cannot_see]
    for raised in run.exceptions:
        lines.append(
            f"    exception: {raised.type_name} ×{raised.times} at {raised.frame.path}:"
            f"{raised.line} in {one_line(raised.frame.qualname)}"
        )
    for opened in run.opened:
        by = f" by {opened.caller.path}:{opened.line}" if opened.caller else ""
        lines.append(f"    opened: {one_line(opened.path)} ({opened.mode}) ×{opened.times}{by}")
    if run.stderr_tail:
        lines.append("    last lines of stderr:")
        lines += [f"    | {visible(line)}" for line in run.stderr_tail.splitlines()]
    return lines


def _parent(recording: Recording, call: TreeCall) -> Frame | None:
    return recording.tree[call.parent].frame if call.parent >= 0 else None


def _call(call: TreeCall, caller: Frame | None) -> str:
    text = f"{call.frame.module}.{call.frame.qualname}".replace(".<locals>", "")
    place = f"{caller.path}:{call.line}" if caller and call.line else call.frame.path
    text = f"{one_line(text)}  {place}"
    if call.repeats > 1:
        text += f"  ×{call.repeats}"
    if call.through:
        text += f"  through {one_line(call.through)}"
    if call.exception:
        text += f"  raised {one_line(call.exception)}"
    return text
