"""What `--dry-run` says would be done."""

from __future__ import annotations

import shlex
from pathlib import Path

from tracer.model.evidence import Evidence
from tracer.model.plan import TracePlan

_MOST_TAPS = 50


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


def render_launch(plan: TracePlan, python: Path, version: tuple[int, ...]) -> str:
    """One run: its command, interpreter, environment and limits."""
    running = ".".join(map(str, version))
    has_monitoring = version >= (3, 12)
    backend = plan.backend
    if backend == "auto":
        backend = f"auto: {'monitoring' if has_monitoring else 'settrace'}"
    packages = ", ".join(("__main__", *plan.namespaces))
    if not plan.namespaces:
        packages = f"__main__, and every file below {plan.root}"
    rows = [
        ("command", shlex.join((str(python), *plan.workload.argv))),
        ("interpreter", f"{python}  (Python {running})"),
        ("working folder", plan.workload.cwd or "a scratch folder that is removed afterwards"),
        ("root", plan.root),
        ("recorded", f"{packages}; mode {plan.mode}, back end {backend}"),
        ("children", "recorded, too" if plan.follows_children else "not recorded"),
        ("time budget", "none" if plan.time_budget_s is None else f"{plan.time_budget_s:g} s"),
        ("memory limit", _size(plan.memory_limit)),
        ("log limit", _size(plan.log_limit)),
        ("presets", ", ".join(plan.presets) or "none"),
    ]
    lines = [f"{name:<16}{value}" for name, value in rows]
    lines.append("environment     " + ("as it is, and" if plan.environment else "as it is"))
    lines += [f"  {name}={shlex.quote(value)}" for name, value in plan.environment]
    lines.append("taps            " + (str(len(plan.taps)) if plan.taps else "none"))
    lines += [
        f"  {tap.key} = {tap.expression} @ {tap.path}:{tap.line} ({tap.moment.value})"
        for tap in plan.taps[:_MOST_TAPS]
    ]
    if len(plan.taps) > _MOST_TAPS:
        lines.append(f"  {_MOST_TAPS} of {len(plan.taps)} taps shown")
    return "\n".join(lines) + "\n"


def _size(limit: int | None) -> str:
    if limit is None:
        return "none"
    for unit in ("bytes", "KiB", "MiB"):
        if limit < 1024 or limit % 1024:
            return f"{limit} {unit}"
        limit //= 1024
    return f"{limit} GiB"
