"""Run a workload under the probe, in the target's own interpreter."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

from tracer.dynamic.accelerator import find_accelerator
from tracer.dynamic.effects import describe_effects
from tracer.dynamic.interpreter import check_interpreter
from tracer.dynamic.log.files import LOG_NAME, LOG_TROUBLE, logs_of_children
from tracer.dynamic.memory import process_tree, resident_bytes
from tracer.dynamic.orphans import await_children
from tracer.dynamic.own_modules import own_modules
from tracer.dynamic.recording import read_recording
from tracer.dynamic.tap_results import asked_of
from tracer.dynamic.taps import describe_for_probe, place_tap
from tracer.errors import WorkloadError
from tracer.model.effect_plan import EffectPlan
from tracer.model.plan import ACCELERATORS, BACKENDS, Tap, TracePlan
from tracer.model.recording import Recording
from tracer.probe.arguments import split_options
from tracer.tables.arrays import load_arrays
from tracer.tables.find_recipes import find_recipes
from tracer.tables.outside import load_outside_table

logger = logging.getLogger(__name__)

_BOOTSTRAP = Path(__file__).resolve().parent.parent / "probe" / "bootstrap.py"
_TAIL_LINES = 20
_TAIL_BYTES = 64 * 1024
_TERM_WAIT_S = 5.0
_MEMORY_WAIT_S = 0.1
_LONGEST_START_S = 30.0
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH")
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")  # the terminal sends these to the target itself

_COERCED_LOCALES = ("C.UTF-8", "C.utf8", "UTF-8")  # the targets of PEP 538

_MONITORING_SINCE = (3, 12, 0)

Progress = Callable[[float, int], None]
"""Called about once a second with the seconds since the start and the bytes of the log."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A recording, and how its target ended."""

    recording: Recording
    signal: int | None  # that killed the target; an exit status above 128 does not tell
    trouble: str = ""  # of ours, which a user must hear of


def record(plan: TracePlan, out: Path, **options: Any) -> Recording:
    """Run a plan's workload and read what it left; see `run_plan` for the options."""
    return run_plan(plan, out, **options).recording


def run_plan(
    plan: TracePlan,
    out: Path,
    *,
    python: Path | None = None,
    grace_s: float = 30.0,
    end_after_budget: bool = False,
    inherit_output: bool = False,
    import_folders: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
    outside_tables: Sequence[Path] = (),
    on_progress: Progress | None = None,
    arrays_tables: Sequence[Path] = (),
    on_left: Callable[[Path], None] | None = None,
    accelerators: Path | None = None,
    redact: Callable[[str], str] = str,
) -> Ran:
    """Run a plan's workload and read what it left.

    The target runs in `workload.cwd`, or in a scratch folder that is removed afterwards. In a
    scratch folder `-m` finds modules in the root, and a script path is looked up below the root
    first. What the target prints is not kept, but for the last lines where it failed.

    Args:
        plan: What to record.
        out: The folder of the log; made where it is missing. A log that is there is not replaced.
        python: The target's interpreter; None means the one that runs this.
        grace_s: How long a target may go on after its time budget, with `end_after_budget`.
        end_after_budget: End the target then (SIGTERM, later SIGKILL); otherwise the budget ends
            the recording alone.
        inherit_output: Let the target have our standard streams, as `tracer trace` does.
        import_folders: Appended to the target's `sys.path`.
        environment: Variables that are added to the target's.
        outside_tables: Of the user's own, see `load_outside_table`.
        on_progress: See `Progress`.
        arrays_tables: Tables of arrays of the user's own, see `load_arrays`.
        on_left: Gets the scratch folder when the target has ended, before the folder is removed.
        accelerators: Where compiled hooks are kept; None: those in Python do it all.
        redact: Takes secrets out of what is kept of the target's output.

    Raises:
        WorkloadError: The interpreter, the script, the working folder or the output folder cannot
            be used. A target that fails is no error: its exit status stands in the recording.
    """
    interpreter = check_interpreter(python)
    root = Path(plan.root).absolute()
    log = out.absolute() / LOG_NAME
    for there in (log, *logs_of_children(log)):
        if there.exists():
            raise WorkloadError(f"{there}: there is a recording already")
    if not plan.workload.argv:
        raise WorkloadError(f"workload {plan.workload.name}: nothing to run")
    if plan.backend not in BACKENDS:
        raise WorkloadError(f"back end {plan.backend}: expected {', '.join(BACKENDS)}")
    if plan.backend == "monitoring" and interpreter.version < _MONITORING_SINCE:
        running = ".".join(map(str, interpreter.version))
        raise WorkloadError(f"back end monitoring: expected Python 3.12 or later, found {running}")
    if plan.accelerator not in ACCELERATORS:
        raise WorkloadError(f"accelerator {plan.accelerator}: expected {' or '.join(ACCELERATORS)}")
    accelerator = find_accelerator(interpreter, accelerators, root, plan.accelerator)
    taps = tuple(_placed(tap, root) for tap in plan.taps)
    changed = _changed_sources(plan, root)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkloadError(f"{out}: cannot be made: {error.strerror}") from error
    with tempfile.TemporaryDirectory(prefix="tracer-", ignore_cleanup_errors=True) as private:
        is_scratch = plan.workload.cwd is None
        scratch = Path(private).resolve() / "scratch"
        scratch.mkdir()
        cwd = scratch if plan.workload.cwd is None else Path(plan.workload.cwd)
        if not cwd.is_dir():
            raise WorkloadError(f"working folder {cwd}: no such folder")
        options, words = split_command(plan.workload.argv)
        argv = _located(words, root, cwd, is_scratch)
        plan_text = json.dumps(asdict(plan), sort_keys=True)
        job: dict[str, Any] = {
            "plan": asdict(replace(plan, effects=EffectPlan())),
            "plan_sha256": hashlib.sha256(plan_text.encode()).hexdigest(),
            "log": str(log),
            "trouble": str(Path(private) / "trouble"),
            "taps": [describe_for_probe(tap, root) for tap in taps],
            "asked_taps": [[tap.key, asked_of(tap)] for tap in taps],
            "arrays": load_arrays(arrays_tables),
            "accelerator": accelerator.described(),
            "effects": describe_effects(plan.effects),
            "argv": argv,
            "options": options,
            "outside": asdict(load_outside_table(outside_tables)),
            "module_folder": str(root) if is_scratch else None,
            "import_folders": [str(folder) for folder in import_folders],
            "scratch": str(scratch),
            "stand_ins": _stand_ins(plan, root),
        }
        job_file = Path(private) / "job.json"
        try:
            job_file.write_text(json.dumps(job, separators=(",", ":")), encoding="utf-8")
        except OSError as error:
            raise WorkloadError(f"{job_file}: cannot be written: {error.strerror}") from error
        command = [str(interpreter.executable), *options, str(_BOOTSTRAP), str(job_file)]
        command += ["stand-ins"] if plan.stand_ins else []
        deadline_s = None
        if end_after_budget and plan.time_budget_s is not None:
            deadline_s = plan.time_budget_s + grace_s
        variables = {**(environment or {}), **dict(plan.environment)}
        limits = _Limits(deadline_s, plan.memory_limit)
        ended = _run(command, cwd, variables, inherit_output, limits, log, on_progress)
        for tail in ("stderr_tail", "stdout_tail"):
            ended[tail] = [redact(line) for line in ended[tail]]
        if plan.follows_children:
            await_children(log)
        if (trouble_file := Path(job["trouble"])).exists():
            said = trouble_file.read_text(encoding="utf-8", errors="replace")
            ended["log_trouble"] = said.partition("\n")[0]
        if on_left is not None and is_scratch:
            on_left(scratch)
    stopped_by = ended.pop("stopped_by")
    if not log.exists():
        if stopped_by is not None:  # it ends us as it would have without a target
            signal.raise_signal(stopped_by)
        trouble = ended["stderr_tail"][-1] if ended["stderr_tail"] else "it left no log"
        raise WorkloadError(f"{argv[0]}: the recording did not start: {trouble}")
    end = {"t": "end", "changed_sources": changed, **ended}
    trouble = _append(log, end)
    recording = read_recording(out, end)
    logger.info("recorded %d distinct calls", len(recording.calls))
    return Ran(recording, ended["signal"], _trouble(recording, trouble, ended["is_by_us"]))


def split_command(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the interpreter's own options (`-O`, `-X dev`) from what it runs.

    Raises:
        WorkloadError: There is nothing to run, or a word is no option that can be given.
    """
    parted = split_options(list(words))
    if parted is None:
        raise WorkloadError(f"workload {words[0]}: expected a script, -m MODULE or -c CODE")
    if not parted[1]:
        raise WorkloadError(f"workload {' '.join(words)}: nothing to run")
    return parted


@dataclass(frozen=True, slots=True)
class _Limits:
    """When a target is ended by us."""

    deadline_s: float | None
    memory: int | None

    @property
    def wait_s(self) -> float:
        """How long to wait between two looks."""
        longest = 1.0 if self.memory is None else _MEMORY_WAIT_S
        return longest if self.deadline_s is None else min(longest, max(0.05, self.deadline_s))

    def why_end(self, elapsed_s: float, pid: int) -> str:
        if self.deadline_s is not None and elapsed_s >= self.deadline_s:
            return f"ended {self.deadline_s:g} s after its start: time budget and grace"
        if self.memory is not None and resident_bytes(pid) > self.memory:
            return f"ended at its memory limit of {self.memory} bytes"
        return ""


def check_stand_ins(
    names: Sequence[str], folders: Sequence[Path]
) -> Mapping[str, tuple[Path, ...]]:
    """The recipe files of each library.

    Raises:
        WorkloadError: A name is none of a top-level module.
        TableError: A folder or a file in it holds no recipes.
    """
    for name in names:
        if not name.isidentifier():
            raise WorkloadError(
                f"--stand-in {name!r}: expected auto or the name of a top-level module"
            )
    return find_recipes(folders)


def _placed(tap: Tap, root: Path) -> Tap:
    return place_tap(tap, root) if tap.statement_lines is None else tap


def _stand_ins(plan: TracePlan, root: Path) -> dict[str, Any] | None:
    """What the probe needs to fabricate modules; None: it does not."""
    if not plan.stand_ins:
        return None
    recipes = check_stand_ins(plan.stand_ins, tuple(Path(folder) for folder in plan.recipes))
    return {
        "wanted": list(plan.stand_ins),
        "own_modules": sorted(own_modules(root)),
        "recipes": {library: [str(path) for path in files] for library, files in recipes.items()},
    }


def _changed_sources(plan: TracePlan, root: Path) -> list[str]:
    changed = []
    for path, planned in plan.digests:
        try:
            found = hashlib.sha256((root / path).read_bytes()).hexdigest()
        except OSError:
            found = ""
        if found != planned:
            changed.append(path)
    return changed


def _located(argv: Sequence[str], root: Path, cwd: Path, is_scratch: bool) -> list[str]:
    """The arguments with a script path that holds in the working folder."""
    first = argv[0]
    if first in ("-m", "-c"):
        if len(argv) < 2:
            raise WorkloadError(f"workload {first}: expected a name after it")
        return list(argv)
    if first == "-":
        return list(argv)
    if Path(first).is_absolute() or not is_scratch:
        script = cwd / first
        shown = first
        if not script.exists() and (root / first).exists():
            script = root / first
            shown = str(script)
    else:
        script = root / first
        if not script.exists():
            script = Path.cwd() / first
        shown = str(script)
    if not script.exists():
        raise WorkloadError(f"workload {first}: no such script in {root if is_scratch else cwd}")
    if script.is_dir() and not (script / "__main__.py").exists():
        raise WorkloadError(f"workload {first}: a folder without __main__.py")
    if script.is_file() and not os.access(script, os.R_OK):
        raise WorkloadError(f"workload {first}: cannot be read")
    return [shown, *argv[1:]]


def _run(
    command: list[str],
    cwd: Path,
    environment: Mapping[str, str] | None,
    inherit_output: bool,
    limits: _Limits,
    log: Path,
    on_progress: Progress | None,
) -> dict[str, Any]:
    """Run to the end; returns the fields of the log's last record."""
    errors: deque[bytes] = deque(maxlen=_TAIL_LINES)
    output: deque[bytes] = deque(maxlen=_TAIL_LINES)
    streams: dict[str, Any] = {}
    if not inherit_output:
        streams = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
    started = time.monotonic()
    try:
        target = subprocess.Popen(
            command,
            cwd=cwd,
            env={**_given_environment(), **(environment or {})},
            close_fds=not inherit_output,  # ours are not inherited; what a shell gave us is
            **streams,
        )
    except OSError as error:
        raise WorkloadError(f"{command[0]}: cannot be run: {error.strerror}") from error
    readers = [
        threading.Thread(target=_keep_tail, args=(stream, tail), daemon=True)
        for stream, tail in ((target.stderr, errors), (target.stdout, output))
        if stream is not None
    ]
    for reader in readers:
        reader.start()
    why_ended = ""
    heard: list[int] = []
    term_sent_at: float | None = None
    begun: float | None = None  # when the recording began, in seconds after the start
    try:
        with _forwarding_signals(target, heard):
            while True:
                try:
                    target.wait(limits.wait_s)
                    break
                except subprocess.TimeoutExpired:
                    pass
                elapsed = time.monotonic() - started
                if on_progress is not None:
                    on_progress(elapsed, log.stat().st_size if log.exists() else 0)
                if term_sent_at is None:
                    if begun is None and (log.exists() or elapsed > _LONGEST_START_S):
                        begun = elapsed  # a loaded machine may take long to start an interpreter
                    recorded_s = 0.0 if begun is None else elapsed - begun
                    why_ended = limits.why_end(recorded_s, target.pid)
                    if why_ended:
                        _end(target, signal.SIGTERM, limits.memory is not None)
                        term_sent_at = elapsed
                elif elapsed > term_sent_at + _TERM_WAIT_S:
                    _end(target, signal.SIGKILL, limits.memory is not None)
    except BaseException:
        target.kill()
        target.wait()
        raise
    for reader in readers:
        reader.join(1.0)  # a grandchild may keep the pipe open
    status = target.returncode
    stopped_by = None
    if heard and status and not why_ended:  # a target that took it and went on has ended by itself
        stopped_by = heard[0]
        name = signal.Signals(heard[0]).name
        why_ended = (
            f"stopped by {name}, which was sent to us"
            if heard[0] != signal.SIGINT
            else ("stopped by Ctrl-C")
        )
    return {
        "exit_status": 128 - status if status < 0 else status,
        "signal": -status if status < 0 else None,
        "why_ended": why_ended,
        "is_by_us": term_sent_at is not None,
        "stopped_by": stopped_by,
        "stderr_tail": _texts(errors) if status else [],
        "stdout_tail": _texts(output) if status else [],
    }


def _texts(tail: deque[bytes]) -> list[str]:
    return [line.decode("utf-8", "replace") for line in list(tail)]


def _end(target: subprocess.Popen[bytes], number: int, with_children: bool) -> None:
    """Send a signal; for the sake of memory, to those as well that the target started."""
    children = process_tree(target.pid)[1:] if with_children else []
    target.send_signal(number)
    for pid in children:
        try:
            os.kill(pid, number)
        except OSError:
            continue  # it has ended, or is somebody else's


def _given_environment() -> dict[str, str]:
    """The environment that we were started with, for the target to have as well.

    In a C locale Python sets LC_CTYPE for itself and its children (PEP 538), and a target that
    inherits it runs in another mode than it would without us.
    """
    environment = dict(os.environ)
    try:
        given = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:  # no such file on this system: what we have is what can be told
        return environment
    was_set = any(entry.startswith(b"LC_CTYPE=") for entry in given)
    if not was_set and environment.get("LC_CTYPE") in _COERCED_LOCALES:
        del environment["LC_CTYPE"]
    return environment


@contextmanager
def _forwarding_signals(target: subprocess.Popen[bytes], heard: list[int]) -> Iterator[None]:
    """Hand on what is sent to us; a terminal's Ctrl-C reaches the target without us.

    Args:
        heard: Gets the number of each signal that came, whoever handed it on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, _frame: object) -> None:
        heard.append(number)

    def forward(number: int, _frame: object) -> None:
        heard.append(number)
        if target.poll() is None:
            target.send_signal(number)

    before: dict[int, Any] = {}
    for name in (*_FORWARDED, *_FROM_TERMINAL):
        number = getattr(signal, name, None)
        if number is None:
            continue
        previous = signal.getsignal(number)
        if previous is signal.SIG_IGN:
            continue  # the target has inherited that
        is_theirs = name in _FROM_TERMINAL and _is_in_foreground()
        signal.signal(number, note if is_theirs else forward)
        before[number] = previous
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _is_in_foreground() -> bool:
    try:
        with open("/dev/tty", "rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False


def _keep_tail(stream: IO[bytes], tail: deque[bytes]) -> None:
    with stream:
        for line in iter(lambda: stream.readline(_TAIL_BYTES), b""):
            tail.append(line.rstrip(b"\r\n"))


def _trouble(recording: Recording, of_the_log: str, is_ended_by_us: bool) -> str:
    if is_ended_by_us:
        return recording.why_incomplete
    if of_the_log or LOG_TROUBLE in recording.why_incomplete:
        return of_the_log or recording.why_incomplete
    return ""


def _append(log: Path, record: dict[str, Any]) -> str:
    """Add the parent's word to the log, on a line of its own even after a killed writer.

    Returns:
        Why it could not be added; empty where it was.
    """
    text = json.dumps(record, separators=(",", ":")) + "\n"
    try:
        with log.open("rb+") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                is_whole = file.read(1) == b"\n"
            else:
                is_whole = True
            file.seek(0, os.SEEK_END)
            file.write((b"" if is_whole else b"\n") + text.encode("ascii"))
    except OSError as error:
        return f"{LOG_TROUBLE}: {error.strerror}"
    return ""
