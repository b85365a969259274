"""The run as text: `callgraph/dynamic.txt`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from tracer.model.evidence import Evidence, Run
from tracer.model.recording import OpenedFile
from tracer.report.counted import plural
from tracer.report.ledger import ledger_lines
from tracer.report.phrases import command
from tracer.report.quoting import one_line, visible
from tracer.report.state_ledger import ledger_text


def render_dynamic(evidence: Evidence, trees: Sequence[str]) -> str:
    """Each run's call tree, then what else the run showed; or why there is no run.

    Args:
        evidence: What the bundle knows.
        trees: One call tree for each run of the evidence, in their order, each with its command
            on top.
    """
    if not evidence.runs:
        return _no_run(evidence)
    parts = []
    for run, tree in zip_longest(evidence.runs, trees[: len(evidence.runs)]):
        body = visible(tree or "").strip("\n")
        if not body:
            body = f"$ {one_line(command(run.workload))}\n\nNo call tree was kept of this run."
        parts.append("\n".join([body, "", *_notes(run), *ledger_text(evidence, run)]))
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


def _stand_ins(run: Run) -> list[str]:
    """What was fabricated, and where the run stopped being the program's own."""
    found = run.stand_ins
    if found is None:
        return []
    lines = [
        f"Run with --stand-in {','.join(found.asked_for)}: {', '.join(found.modules)} stood in,"
        " so the edges of this run are seen under stand-ins, never confirmed."
    ]
    if found.first is None:
        lines.append("Nothing was invented: recipes gave all that was used.")
        return lines
    first = found.first
    place = f" at {first.caller.path}:{first.line}" if first.caller is not None else ""
    lines.append(
        f"Invented: {plural(found.names, 'name')} in {plural(found.invented, 'use')}, the first"
        f" {one_line(first.name)}{place}; {plural(found.by_recipe, 'use')} of what recipes gave."
    )
    most = ", ".join(f"{one_line(name)} {times}×" for name, times in found.most_used)
    lines.append(f"Used most: {most}.")
    return lines


def _notes(run: Run) -> list[str]:
    status = "exit status not known" if run.exit_status is None else f"exit {run.exit_status}"
    state = "complete" if run.is_complete else f"INCOMPLETE: {one_line(run.why_incomplete)}"
    lines = [
        f"Run {one_line(run.workload.name)}: {plural(run.calls, 'call')}, "
        f"{plural(run.edges, 'edge')}, {plural(run.functions, 'function')}, {status}, {state}.",
    ]
    lines += _stand_ins(run)
    if run.workload.cwd is not None:
        lines.append(f"Working folder: {one_line(run.workload.cwd)}.")
    if run.workload.reason:
        lines.append(f"Chosen because: {one_line(run.workload.reason)}.")
    lines += [f"Cannot see: {one_line(text)}" for text in run.cannot_see]
    for raised in run.exceptions:
        lines.append(
            f"Exception: {raised.type_name} ×{raised.times} at {raised.frame.path}:"
            f"{raised.line} in {one_line(raised.frame.qualname)}"
        )
    if not run.exceptions:
        lines.append("Exceptions: none passed through the namespace.")
    lines += ledger_lines(run)
    is_told = bool(run.ledger.files)  # every opening is a deed of the account
    opened = [each for each in run.opened if not _is_of_import(each) and not is_told]
    for each in opened:
        by = f" by {each.caller.path}:{each.line}" if each.caller else ""
        lines.append(f"Opened: {one_line(each.path)} ({each.mode}) ×{each.times}{by}")
    if hidden := sum(_is_of_import(each) for each in run.opened):
        lines.append(f"Opened besides, not listed: {plural(hidden, 'file')} of imports and Python.")
    if run.stderr_tail:
        lines.append("Last lines of stderr:")
        lines += [f"| {visible(line)}" for line in run.stderr_tail.splitlines()]
    if run.stdout_tail:
        lines.append("Last lines of standard output:")
        lines += [f"| {visible(line)}" for line in run.stdout_tail.splitlines()]
    return lines


def _is_of_import(opened: OpenedFile) -> bool:
    return opened.path.startswith("<python>/") or opened.path.endswith((".py", ".pyc"))
