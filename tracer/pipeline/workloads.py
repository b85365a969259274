"""Which runs a bundle holds, and making them."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tracer.bundle.left import ARTIFACTS_NAME, decode_left
from tracer.bundle.recordings import RECORDING_NAME, decode_recording
from tracer.dynamic.coverage_data import read_coverage
from tracer.dynamic.executed import TreeFile, read_executed
from tracer.dynamic.interpreter import check_interpreter
from tracer.dynamic.launch import check_stand_ins, record
from tracer.dynamic.recording import read_recording, read_timeline
from tracer.errors import WorkloadError
from tracer.model.artifact import LeftArtifacts
from tracer.model.evidence import Run, TapResult
from tracer.model.failure import failure_line
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Recording
from tracer.pipeline.answer import Answer
from tracer.pipeline.launching import Launch, accelerator_folder
from tracer.pipeline.left import inspect_left
from tracer.pipeline.own_taps import own_taps
from tracer.pipeline.progress import StageClock
from tracer.pipeline.reading import Reading
from tracer.pipeline.recorded_sources import check_sources
from tracer.plan.effect_calls import effect_plan
from tracer.plan.trace_plan import make_plan
from tracer.plan.watched import watched_state
from tracer.static.quoting import quote, redact_secrets

AUTO = "auto"
_GRACE_S = 5.0  # how long a program may go on after its time budget; the help says so


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to run, and how."""

    python: Path = Path(sys.executable)
    workloads: tuple[str, ...] = ()  # command lines after the interpreter, or `auto`
    recordings: tuple[Path, ...] = ()  # made elsewhere: folders with a log or a recording
    coverage: tuple[Path, ...] = ()  # data files of coverage.py
    is_off: bool = False  # --no-dynamic
    time_budget_s: float | None = None  # overrides the brief's
    cwd: Path | None = None  # None: a scratch folder per run
    launch: Launch = field(default_factory=Launch)
    stand_ins: tuple[str, ...] = ()
    recipes: tuple[Path, ...] = ()

    def check(self, root: Path) -> None:
        """Refuse what cannot run before anything long begins.

        Raises:
            WorkloadError: The interpreter, a script or a recording is not there.
        """
        if not self.is_off:
            check_interpreter(self.python)
            self.launch.variables()
        check_stand_ins(self.stand_ins, self.recipes)
        for command in self.workloads:
            if command != AUTO:
                _check_command(_words(command), root)
        for folder in self.recordings:
            if not folder.exists():
                raise WorkloadError(f"{folder}: expected a folder with a recording")
        for data in self.coverage:
            read_coverage(data)

    def asks_more_than(self, runs: Sequence[Run]) -> str:
        """Why a bundle with these runs would not do; empty where it would.

        A run under stand-ins does only for somebody who asks for them.
        """
        if self.coverage:
            return "coverage data are given"
        if self.is_off:
            return ""
        if self.recordings:
            return "a recording is given"
        good = [
            run.workload.argv
            for run in runs
            if run.is_complete and (run.stand_ins is None or self.stand_ins)
        ]
        if not good:
            return "it holds no whole run of the program's own, and one is asked for"
        for command in self.workloads:
            if command != AUTO and _words(command) not in good:
                return f"it holds no whole run of {command}"
        return ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The runs to make; or why there are none."""

    workloads: tuple[Workload, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The runs of a bundle, in order."""

    recordings: tuple[Recording, ...]
    timelines: Mapping[str, str]  # by workload: clock times of the runs that were made here
    left: Mapping[str, LeftArtifacts]  # by workload: what was in the scratch folder at the end
    own_taps: tuple[TapResult, ...] = ()  # of recordings made elsewhere


def choose_workloads(request: RunRequest, ranked: Sequence[Workload]) -> Chosen:
    """The runs that were asked for, `auto` replaced by the best that can be run unattended."""
    if request.is_off:
        return Chosen((), "dynamic tracing was switched off with --no-dynamic")
    commands = request.workloads or (() if request.recordings or request.coverage else (AUTO,))
    chosen: list[Workload] = []
    why = ""
    for command in commands:
        if command != AUTO:
            chosen.append(Workload("", _words(command), reason="given on the command line"))
        elif runnable := [workload for workload in ranked if workload.argv]:
            chosen.append(runnable[0])
        else:
            why = (
                "no script or test of the tree that reaches the answer can be run without "
                "arguments; give one with --workload 'SCRIPT ARGS', or a recording made "
                "elsewhere with --recording DIR"
            )
    named = tuple(
        replace(
            workload,
            name=f"w{number}",
            cwd=str(request.cwd.resolve()) if request.cwd else workload.cwd,
        )
        for number, workload in enumerate(chosen, start=1)
    )
    return Chosen(named, why)


def record_all(
    workloads: Sequence[Workload],
    request: RunRequest,
    answer: Answer,
    reading: Reading,
    scratch: Path,
    clock: StageClock,
) -> Recorded:
    """Make the runs one after another, and join the recordings made elsewhere."""
    recordings: list[Recording] = []
    timelines: dict[str, str] = {}
    left: dict[str, LeftArtifacts] = {}
    own: list[TapResult] = []

    def take(scratch_folder: Path) -> None:
        if (found := inspect_left(scratch_folder)) != LeftArtifacts():
            left[name] = found

    for workload in workloads:
        name = workload.name
        placed = plan_run(workload, request, answer, reading)
        with clock.stage(f"run {workload.name}") as result:
            made = record(
                placed,
                scratch / workload.name,
                python=request.python,
                end_after_budget=True,
                grace_s=_GRACE_S,
                import_folders=(reading.tree.root,),  # where `PYTHONPATH` leaves it out
                environment=_import_path(reading),
                on_left=take,
                accelerators=accelerator_folder(),
                redact=redact_secrets,
            )
            # As it was asked for, but for paths of this machine, which say nothing elsewhere.
            recording = replace(made, workload=replace(workload, argv=made.workload.argv))
            result.append(f"{sum(call.calls for call in recording.calls)} calls")
            result.append(f"exit status {recording.exit_status}")
            if recording.exit_status:
                why = failure_line(recording.stderr_tail, recording.stdout_tail)
                result.append(quote(why) or "it said nothing")
            if found := left.get(name, LeftArtifacts()).files:
                result.append(f"{len(found)} files left")
            if not recording.is_complete:
                result.append(recording.why_incomplete)
        recordings.append(recording)
        timelines[workload.name] = "".join(read_timeline(scratch / workload.name).text())
    for folder in request.recordings:
        joined = check_sources(_read(folder), folder, reading.tree)
        name = f"w{len(recordings) + 1}"
        joined = _named(joined, name)
        known = (*answer.taps, *(result.tap for result in own))
        found_taps, missed = own_taps(joined, folder, known, reading.tree.root)
        own += found_taps
        recordings.append(replace(joined, cannot_see=(*joined.cannot_see, *missed)))
        if (there := decode_left(_beside(folder))) != LeftArtifacts():
            left[name] = there
    for data in request.coverage:
        with clock.stage("coverage") as result:
            lines = read_executed(data, _tree_files(reading), reading.tree.root)
            assert lines.executed is not None
            result.append(f"{len(lines.executed.files)} files")
            result.append(f"{len(lines.executed.contexts)} contexts")
            if lines.executed.left_out:
                result.append(f"{len(lines.executed.left_out)} left out")
        recordings.append(_named(lines, f"w{len(recordings) + 1}"))
    return Recorded(tuple(recordings), timelines, left, tuple(own))


def plan_run(
    workload: Workload, request: RunRequest, answer: Answer, reading: Reading
) -> TracePlan:
    """All that one run is made of."""
    plan = make_plan(
        answer.brief,
        answer.scope,
        answer.taps,
        workload,
        reading.tree,
        time_budget_s=request.time_budget_s,
        watched=watched_state(reading.graph, answer.scope.functions, workload),
        effects=effect_plan(reading.table),
    )
    return replace(
        plan,
        workload=_placed(workload, reading.tree.root),
        presets=request.launch.presets,
        environment=request.launch.variables(),
        memory_limit=request.launch.memory_limit,
        log_limit=request.launch.log_limit,
        accelerator=request.launch.accelerator,
        stand_ins=request.stand_ins,
        recipes=tuple(str(folder.absolute()) for folder in request.recipes),
    )


def _placed(workload: Workload, root: Path) -> Workload:
    """The workload as it starts in a scratch folder: pytest looks for tests from where it runs."""
    if workload.cwd is not None or workload.argv[:2] != ("-m", "pytest"):
        return workload
    arguments = (_absolute(argument, root) for argument in workload.argv[2:])
    return replace(workload, argv=(*workload.argv[:2], *arguments))


def _absolute(argument: str, root: Path) -> str:
    """`tests/test_a.py::test_b` below the root; what names no file there stays as it is."""
    path, separator, test = argument.partition("::")
    if not path or path.startswith("-") or not (root / path).exists():
        return argument
    return f"{root / path}{separator}{test}"


def _import_path(reading: Reading) -> dict[str, str]:
    """`PYTHONPATH` with the folders from which the tree's modules are imported, such as `src`.

    They come before what is installed: the run must import the sources that were read. A root with
    a `code.py` or a `types.py` would hide Python's own, so it comes last, by `import_folders`.
    """
    root = reading.tree.root
    folders: dict[str, None] = {}
    for file in reading.graph.files:
        parts = file.path.removesuffix(".py").removesuffix("/__init__").split("/")
        module = file.module.split(".")
        depth = len(parts) - len(module)
        if depth > 0 and parts[depth:] == module:
            folders[str(root.joinpath(*parts[:depth]))] = None
    tops = {file.path.partition("/")[0].removesuffix(".py") for file in reading.graph.files}
    if not tops & sys.stdlib_module_names:
        folders[str(root)] = None
    inherited = os.environ.get("PYTHONPATH")
    path = [*folders, *([inherited] if inherited else ())]
    return {"PYTHONPATH": os.pathsep.join(path)} if path else {}


def _tree_files(reading: Reading) -> list[TreeFile]:
    """The files of the tree that could be read."""
    modules = {file.path: file.module for file in reading.graph.files}
    return [
        TreeFile(file.path, modules[file.path], file.text)
        for file in reading.tree.files
        if not file.problem and file.path in modules
    ]


def _named(recording: Recording, name: str) -> Recording:
    return replace(recording, workload=replace(recording.workload, name=name))


def _beside(recording: Path) -> Path:
    """Where a bundle keeps what the run of a recording left."""
    return (recording.parent if recording.is_file() else recording) / ARTIFACTS_NAME


def _read(folder: Path) -> Recording:
    if folder.is_file():
        return decode_recording(folder)
    kept = folder / RECORDING_NAME
    return decode_recording(kept) if kept.is_file() else read_recording(folder)


def _words(command: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise WorkloadError(f"--workload {command!r}: {error}") from error
    if not words:
        raise WorkloadError("--workload: expected a script or `-m MODULE`, found nothing")
    return words


def _check_command(words: tuple[str, ...], root: Path) -> None:
    if words[0] == "-m":
        if len(words) < 2:
            raise WorkloadError("--workload '-m': expected the name of a module after it")
        return
    if words[0].startswith("-"):
        raise WorkloadError(
            f"--workload: expected a script or `-m MODULE`, found the option {words[0]!r}"
        )
    if not (root / words[0]).is_file():
        raise WorkloadError(f"--workload: no script {words[0]!r} below {root}")
