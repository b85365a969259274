"""What `tracer run --dry-run` would do."""

from __future__ import annotations

import shlex

from tracer.model.evidence import Evidence


def render_plan(evidence: Evidence) -> str:
    """Entry points, workloads in their order, and taps; nothing of it has been run."""
    lines = [f"question    {evidence.brief.question}", "", "entry points"]
    lines += [f"  {entry}" for entry in evidence.entry_points] or ["  none found"]
    lines += ["", "workloads, best first"]
    for workload in evidence.workload_candidates:
        command = shlex.join(workload.argv) if workload.argv else "(not runnable unattended)"
        lines.append(f"  {command}  — {workload.reason}")
    if not evidence.workload_candidates:
        lines.append("  none found: give one with --workload")
    lines += ["", "taps"]
    for result in evidence.taps:
        tap = result.tap
        lines.append(f"  {tap.key} = {tap.expression} @ {tap.path}:{tap.line} ({tap.moment.value})")
    if not evidence.taps:
        lines.append("  none")
    return "\n".join(lines) + "\n"
