"""`tracer trace`: one run of one program under the probe, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer.dynamic.interpreter import check_interpreter
from tracer.dynamic.taps import parse_tap
from tracer.dynamic.trace import trace as trace_program
from tracer.errors import WorkloadError
from tracer.model.plan import TracePlan, Workload
from tracer.static.sources import checked_root


@dataclass(frozen=True, slots=True)
class TraceRequest:
    """What to run under the probe."""

    root: Path
    command: tuple[str, ...]
    out: Path
    namespaces: tuple[str, ...]
    mode: str
    taps: tuple[str, ...]
    python: Path
    time_budget_s: float | None
    cwd: Path | None


def trace(request: TraceRequest) -> int:
    """Run the program and return its exit status; the log and `edges.json` lie in `out`.

    Raises:
        TracerError: It cannot be started, or the output folder already holds a recording.
    """
    root = checked_root(request.root)
    check_interpreter(request.python)
    if request.command[0] == "-m" and len(request.command) < 2:
        raise WorkloadError("-m: expected the name of a module after it")
    cwd = (request.cwd or Path()).resolve()
    if request.command[0] != "-m" and not (cwd / request.command[0]).exists():
        raise WorkloadError(f"no script {request.command[0]!r} in {request.cwd or Path()}")
    plan = TracePlan(
        root=str(root),
        namespaces=request.namespaces,
        workload=Workload("w1", request.command, str(cwd), "given on the command line"),
        taps=tuple(parse_tap(spec, root) for spec in request.taps),
        mode=request.mode,
        time_budget_s=request.time_budget_s,
    )
    return trace_program(plan, request.out, request.python)
