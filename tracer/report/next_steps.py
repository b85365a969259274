"""What is left to do: gates of the brief, runs that are missing or say less."""

from __future__ import annotations

from tracer.model.evidence import Evidence
from tracer.model.executed import executed_text
from tracer.report.lines import within
from tracer.report.memory import ledger_lines
from tracer.report.phrases import command
from tracer.report.quoting import MARKDOWN, clipped, code, prose


def next_steps(evidence: Evidence, width: int, ledger_width: int) -> tuple[str, ...]:
    """One line each, of at most so many characters."""
    steps = [f"Ledger: {line}" for line in ledger_lines(evidence, MARKDOWN)]
    if not evidence.runs:
        reason = evidence.why_no_run or "the evidence gives no reason"
        steps.append(f"No run is recorded: {prose(clipped(reason, width))}")
        if evidence.workload_candidates:
            first = evidence.workload_candidates[0]
            steps.append(f"Next: record {code(command(first))} ({prose(first.reason)})")
    for run in evidence.runs:
        if not run.is_complete:
            steps.append(
                f"Run {prose(run.workload.name)} {code(command(run.workload))} is incomplete: "
                + prose(run.why_incomplete)
            )
        if run.executed is not None:
            steps.append(
                f"Run {prose(run.workload.name)} is executed ({prose(executed_text(run.executed))})"
                ": which lines ran is known, which calls were made is not"
            )
        if run.stand_ins is not None:
            modules = ", ".join(code(name) for name in run.stand_ins.modules)
            steps.append(
                f"Run {prose(run.workload.name)} was made under stand-ins for {modules}: nothing "
                "of it is confirmed. Next: the same run in an environment that has them"
            )
    steps += [f"Gate: {prose(text)}" for text in evidence.brief.gating]
    return tuple(
        within(step, ledger_width if step.startswith("Ledger") else width) for step in steps
    )
