"""The run as text: `callgraph/dynamic.txt`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from tracer.model.evidence import Evidence, Run
from tracer.report.phrases import command
from tracer.report.quoting import one_line, visible
from tracer.report.view import plural


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
