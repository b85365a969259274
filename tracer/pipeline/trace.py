"""`tracer trace`: one run of one program under the probe, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tracer.dynamic.interpreter import Interpreter, check_interpreter
from tracer.dynamic.launch import split_command
from tracer.dynamic.log.files import LOG_NAME
from tracer.dynamic.trace import trace as trace_program
from tracer.dynamic.watches import parse_watches
from tracer.errors import WorkloadError
from tracer.model.plan import TracePlan, Workload
from tracer.pipeline.launching import Launch, accelerator_folder
from tracer.pipeline.recorded_sources import SOURCES_NAME, encode_sources
from tracer.pipeline.taps import TapRequest, check_nothing_is_lost, tap_request, write_taps
from tracer.plan.effect_calls import effect_plan
from tracer.static.sources import checked_root, read_tree
from tracer.tables.load import load_effect_table
from tracer.tables.outside import load_outside_table

_OFTEN = 256  # as of a plan that says nothing else
_EVERY = 1 << 60


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
    tap_files: tuple[Path, ...] = ()
    expectations: tuple[tuple[str, str], ...] = ()  # key of a tap, what is expected
    may_call: bool = False  # let taps run code of the target
    arrays_tables: tuple[Path, ...] = ()
    watched: tuple[str, ...] = ()
    follows_children: bool = False
    launch: Launch = field(default_factory=Launch)
    tables: tuple[Path, ...] = ()
    stand_ins: tuple[str, ...] = ()
    recipes: tuple[Path, ...] = ()
    outside_tables: tuple[Path, ...] = ()  # of the user's own, see `load_outside_table`
    looks_at_all_calls: bool = False  # also of functions that are called often: costs time


def trace(request: TraceRequest, on_trouble: Callable[[str], None] = lambda _: None) -> int:
    """Run the program and return its exit status; what was recorded lies in `out`.

    Where there are taps, `taps.json` and `tap_points.md` say what came of them.

    Args:
        request: What to run.
        on_trouble: Called with one line for what the user must hear of, as each row of a file of
            taps that cannot be one.

    Raises:
        TracerError: It cannot be started, or the output folder already holds a recording.
    """
    load_outside_table(request.outside_tables)  # refused before anything is written
    plan, _, taps = _planned(request)
    check_nothing_is_lost(request.out)
    for tap in taps.refused:
        on_trouble(f"tap {tap.tap.key} is not placed: {tap.why}")
    _tell_sources(request.out, Path(plan.root))
    return trace_program(
        plan,
        request.out,
        request.python,
        arrays_tables=request.arrays_tables,
        outside_tables=request.outside_tables,
        accelerators=accelerator_folder(),
        write_more=lambda recording: write_taps(taps, recording, request.out),
        on_trouble=on_trouble,
    )


def plan_trace(request: TraceRequest) -> tuple[TracePlan, Interpreter]:
    """What would be run, and by which interpreter; nothing is started but to ask its version.

    Raises:
        TracerError: It could not be started.
    """
    plan, interpreter, _ = _planned(request)
    return plan, interpreter


def _planned(request: TraceRequest) -> tuple[TracePlan, Interpreter, TapRequest]:
    root = checked_root(request.root)
    interpreter = check_interpreter(request.python)
    _, words = split_command(request.command)
    if words[0] in ("-m", "-c") and len(words) < 2:
        raise WorkloadError(f"{words[0]}: expected the name of a module after it")
    cwd = (request.cwd or Path()).resolve()
    if words[0] not in ("-m", "-c", "-") and not (cwd / words[0]).exists():
        raise WorkloadError(f"no script {words[0]!r} in {request.cwd or Path()}")
    taps = tap_request(
        root, request.taps, request.tap_files, request.expectations, may_call=request.may_call
    )
    plan = TracePlan(
        root=str(root),
        namespaces=request.namespaces,
        workload=Workload("w1", request.command, str(cwd), "given on the command line"),
        taps=taps.taps,
        mode=request.mode,
        backend=request.backend,
        time_budget_s=request.time_budget_s,
        watched=parse_watches(request.watched),
        follows_children=request.follows_children,
        calls_looked_at=_EVERY if request.looks_at_all_calls else _OFTEN,
        presets=request.launch.presets,
        environment=request.launch.variables(),
        memory_limit=request.launch.memory_limit,
        log_limit=request.launch.log_limit,
        accelerator=request.launch.accelerator,
        effects=effect_plan(load_effect_table(request.tables)),
        stand_ins=request.stand_ins,
        recipes=tuple(str(folder.absolute()) for folder in request.recipes),
    )
    return plan, interpreter, taps


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
