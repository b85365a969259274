"""`tracer trace`: one run of one program under the probe, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tracer.dynamic.interpreter import Interpreter, check_interpreter
from tracer.dynamic.launch import split_command
from tracer.dynamic.recording import LOG_NAME
from tracer.dynamic.taps import parse_tap
from tracer.dynamic.trace import trace as trace_program
from tracer.dynamic.watches import parse_watches
from tracer.errors import WorkloadError
from tracer.model.plan import TracePlan, Workload
from tracer.pipeline.launching import Launch
from tracer.pipeline.recorded_sources import SOURCES_NAME, encode_sources
from tracer.static.sources import checked_root, read_tree


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
    follows_children: bool = False
    launch: Launch = field(default_factory=Launch)


def trace(request: TraceRequest, on_trouble: Callable[[str], None] = lambda _: None) -> int:
    """Run the program and return its exit status; what was recorded lies in `out`.

    Args:
        request: What to run.
        on_trouble: Called with one line for what the user must hear of.

    Raises:
        TracerError: It cannot be started, or the output folder already holds a recording.
    """
    plan, _ = plan_trace(request)
    _tell_sources(request.out, Path(plan.root))
    return trace_program(plan, request.out, request.python, on_trouble=on_trouble)


def plan_trace(request: TraceRequest) -> tuple[TracePlan, Interpreter]:
    """What would be run, and by which interpreter; nothing is started but to ask its version.

    Raises:
        TracerError: It could not be started.
    """
    root = checked_root(request.root)
    interpreter = check_interpreter(request.python)
    _, words = split_command(request.command)
    if words[0] in ("-m", "-c") and len(words) < 2:
        raise WorkloadError(f"{words[0]}: expected the name of a module after it")
    cwd = (request.cwd or Path()).resolve()
    if words[0] not in ("-m", "-c", "-") and not (cwd / words[0]).exists():
        raise WorkloadError(f"no script {words[0]!r} in {request.cwd or Path()}")
    plan = TracePlan(
        root=str(root),
        namespaces=request.namespaces,
        workload=Workload("w1", request.command, str(cwd), "given on the command line"),
        taps=tuple(parse_tap(spec, root) for spec in request.taps),
        mode=request.mode,
        backend=request.backend,
        time_budget_s=request.time_budget_s,
        watched=parse_watches(request.watched),
        follows_children=request.follows_children,
        presets=request.launch.presets,
        environment=request.launch.variables(),
        memory_limit=request.launch.memory_limit,
        log_limit=request.launch.log_limit,
    )
    return plan, interpreter


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
