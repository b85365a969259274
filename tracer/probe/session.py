"""One recorded run, from the job to the footer."""

from __future__ import annotations

import os
import sys
from typing import Any

from . import accelerated, arrays, audit, encoding, ending, guard, signals, tests, values
from .arguments import program_of
from .children import Children, open_log
from .codes import Codes
from .effects import Effects
from .host import Program, Undecodable
from .job import parse_json
from .log import Log
from .monitoring import MonitoringBackend, free_tool_ids
from .recorder import Recorder
from .settrace import SettraceBackend
from .taps import TapTable
from .watching import watch_state

_SCHEMA = "tracer/log/1"
_REDACTED = "<redacted>"
install_stand_ins: Any = None  # set by the bootstrap of a run that wants them
_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy"}


def run(job_path: str, pattern: dict[str, Any], private_modules: dict[str, Any]) -> None:
    """Run the target of a job to its end, and let its end be ours."""
    job = _read(job_path)
    recorder, backend = _prepare(job, Log(job["log"], job["trouble"]), {})
    state = watch_state(recorder, job["plan"]["watched"])
    given = job["options"]
    program = Program(job["argv"], pattern, job["module_folder"], given)
    run_program = program.prepare()
    sys.path.extend(job["import_folders"])
    if install_stand_ins is not None:
        install_stand_ins(
            {**job["stand_ins"], "not_own": _prefixes()}, recorder, _roots(job["plan"]["root"])
        )
    _begin(recorder, backend, private_modules, _children(job, job_path, recorder, backend, ""))
    if state is not None:
        state.start()
    try:
        run_program()
    except SystemExit:
        raise
    except Undecodable as error:
        recorder.stop(f"the script could not be compiled: {type(error.__cause__).__name__}")
        recorder.before_exec()
        program.hand_over()
    except BaseException:
        guard.hide_frames()
        raise


def follow(given: str, private_modules: dict[str, Any]) -> None:
    """Record this process, which a recorded one started; the interpreter runs its program."""
    job_path, given_name, deadline = parse_json(given)
    job = _read(job_path)
    log, name = open_log(job["log"], given_name, job["trouble"])
    recorder, backend = _prepare(job, log, _words_of(sys.orig_argv[1:], name))
    recorder.deadline = deadline
    ending.close_before_end(recorder)
    _begin(recorder, backend, private_modules, _children(job, job_path, recorder, backend, name))


def _read(job_path: str) -> dict[str, Any]:
    with open(job_path, encoding="utf-8") as file:
        job: dict[str, Any] = parse_json(file.read())
    return job


def _prepare(
    job: dict[str, Any], log: Log, about: dict[str, Any]
) -> tuple[Recorder, MonitoringBackend | SettraceBackend]:
    """All that listens, but silent yet, and the header of the log."""
    plan = job["plan"]
    arrays.FOREIGN.update(job["arrays"])
    prefixes = _prefixes()
    codes = Codes(
        plan["namespaces"],
        plan["root"],
        [folder + os.sep for folder in prefixes],
        job.get("outside"),
    )
    recorder = Recorder(log, codes, TapTable(job["taps"], plan["root"]), plan["time_budget_s"])
    recorder.log_limit = plan["log_limit"]
    job["is_accelerated"] = _accelerate(recorder, job["accelerator"])
    recorder.effects = Effects(recorder, job["effects"])
    tests.tell_apart(recorder)
    backend = _backend(plan, recorder)
    log.add({**_header(job, prefixes, backend.name), **about})
    log.write()
    return recorder, backend


def _accelerate(recorder: Recorder, given: dict[str, str]) -> str:
    """Load what the parent built; answers what the log says of it."""
    if not given["path"]:
        return f"none, because {given['why']}"
    if given["build"] != accelerated.build():  # a child that another interpreter runs
        return "none, because it was built for another interpreter"
    try:
        recorder.accelerate(accelerated.load(given["path"]))
    except Exception as error:
        return f"none, because it does not work here: {type(error).__name__}"
    return "in C"


def check_accelerator(path: str) -> None:
    """Try what was just built.

    Raises:
        Exception: It does not do what it should.
    """
    accelerated.load(path)


def _begin(
    recorder: Recorder,
    backend: MonitoringBackend | SettraceBackend,
    private_modules: dict[str, Any],
    children: Children | None,
) -> None:
    recorder.keep(private_modules)
    guard.watch_exits(recorder, backend.in_new_thread, children)
    signals.write_before_death(recorder)
    audit.listen(recorder)
    signals.gate_signals(recorder.arrived)
    recorder.start()
    backend.start()


def _children(
    job: dict[str, Any],
    job_path: str,
    recorder: Recorder,
    backend: MonitoringBackend | SettraceBackend,
    name: str,
) -> Children | None:
    if not job["plan"]["follows_children"]:
        return None

    def describe(own: str) -> dict[str, Any]:
        return {**_header(job, _prefixes(), backend.name), **_words_of(sys.orig_argv[1:], own)}

    recorder.follows_children = True
    children = Children(recorder, job_path, (job["log"], job["trouble"]), name, describe)
    children.follow()
    return children


def _words_of(words: list[str], process: str = "") -> dict[str, Any]:
    return {"process": process, "program": program_of(words)} if process else {}


def _backend(plan: dict[str, Any], recorder: Recorder) -> MonitoringBackend | SettraceBackend:
    """The one that is wanted; for `auto`, monitoring where the interpreter has it."""
    tree_calls = plan["tree_calls"] * (plan["mode"] == "tree")
    if plan["backend"] != "settrace" and hasattr(sys, "monitoring"):
        tool_ids = free_tool_ids()
        if not tool_ids:
            recorder.note("all tool ids of sys.monitoring are taken; recorded by sys.settrace")
        elif (
            tree_calls
            and recorder.accelerator is None
            and (len(tool_ids) < 2 or not encoding.is_possible())
        ):
            recorder.note("sys.monitoring cannot keep a call tree here; recorded by sys.settrace")
        else:
            return MonitoringBackend(recorder, tree_calls, tool_ids, plan["calls_looked_at"])
    return SettraceBackend(recorder, tree_calls)


def _header(job: dict[str, Any], prefixes: list[str], backend: str) -> dict[str, Any]:
    plan = job["plan"]
    return {
        "t": "header",
        "schema": _SCHEMA,
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "implementation": _IMPLEMENTATIONS.get(sys.implementation.name, sys.implementation.name),
        "backend": backend,
        "accelerator": job["is_accelerated"],
        "pid": os.getpid(),
        "plan_sha256": job["plan_sha256"],
        "workload": plan["workload"],
        "namespaces": plan["namespaces"],
        "mode": plan["mode"],
        "presets": plan["presets"],
        "asked_taps": job["asked_taps"],
        "environment": [
            [name, _REDACTED if value and values.is_secret_name(name) else value]
            for name, value in plan["environment"]
        ],
        "tree_calls": plan["tree_calls"],
        "stand_ins": plan["stand_ins"],
        "root": plan["root"],
        "real_root": os.path.realpath(plan["root"]),
        "python_folders": prefixes,
        "scratch": job["scratch"],
        "cwd": os.getcwd(),
        "home": os.path.expanduser("~"),
        "has_columns": sys.version_info >= (3, 11),
    }


def _roots(root: str) -> list[str]:
    return sorted({each.rstrip("/\\") + os.sep for each in (root, os.path.realpath(root))})


def _prefixes() -> list[str]:
    """Where the interpreter and its libraries live, longest first."""
    found = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)}
    found.update(os.path.realpath(each) for each in list(found))
    return sorted((each for each in found if len(each) > 1), key=lambda each: (-len(each), each))
