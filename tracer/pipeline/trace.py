"""`tracer trace`: one run of one program under the probe, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer.dynamic.interpreter import check_interpreter
from tracer.dynamic.recording import LOG_NAME
from tracer.dynamic.taps import parse_tap
from tracer.dynamic.trace import trace as trace_program
from tracer.dynamic.watches import parse_watches
from tracer.errors import WorkloadError
from tracer.model.plan import TracePlan, Workload
from tracer.pipeline.recorded_sources import SOURCES_NAME, encode_sources
from tracer.static.sources import checked_root, read_tree
from tracer.tables.outside import load_outside_table


@dataclass(frozen=True, slots=True)
class TraceRequest:
    """What to run under the probe."""

    root: Path
    command: tuple[str, ...]
    out: Path
    namespaces: tuple[str, ...]
    mode: str
    backend: str
    taps: tuple[str, ...]
    python: Path
    time_budget_s: float | None
    cwd: Path | None
    watched: tuple[str, ...] = ()
    outside_tables: tuple[Path, ...] = ()  # of the user's own, see `load_outside_table`


def trace(request: TraceRequest) -> int:
    """Run the program and return its exit status; what was recorded lies in `out`.

    Raises:
        TracerError: It cannot be started, or the output folder already holds a recording.
    """
    load_outside_table(request.outside_tables)  # refused before anything is written
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
        backend=request.backend,
        time_budget_s=request.time_budget_s,
        watched=parse_watches(request.watched),
    )
    _tell_sources(request.out, root)
    return trace_program(plan, request.out, request.python, outside_tables=request.outside_tables)


def _tell_sources(out: Path, root: Path) -> None:
    """Before the run, which may change them, and may take us along when it is killed."""
    if (out / LOG_NAME).exists():
        return  # a recording is there already: it is refused, and must keep its own
    text = encode_sources(read_tree(root))
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / SOURCES_NAME).write_text(text, encoding="utf-8")
    except OSError as error:
        raise WorkloadError(f"{out}: cannot be written: {error.strerror}") from error
