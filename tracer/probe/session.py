"""One recorded run, from the job to the footer."""

from __future__ import annotations

import os
import sys
from typing import Any

from . import audit, encoding, guard, signals
from .codes import Codes
from .host import Program
from .job import parse_json
from .log import Log
from .monitoring import MonitoringBackend, free_tool_ids
from .recorder import Recorder
from .settrace import SettraceBackend
from .taps import TapTable
from .watching import watch_state

_SCHEMA = "tracer/log/1"
_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy"}


def run(job_path: str, pattern: dict[str, Any], private_modules: dict[str, Any]) -> None:
    """Run the target of a job to its end, and let its end be ours."""
    with open(job_path, encoding="utf-8") as file:
        job = parse_json(file.read())
    plan = job["plan"]
    log = Log(job["log"])
    prefixes = _prefixes()
    codes = Codes(
        plan["namespaces"],
        plan["root"],
        [folder + os.sep for folder in prefixes],
        job.get("outside"),
    )
    recorder = Recorder(log, codes, TapTable(job["taps"], plan["root"]), plan["time_budget_s"])
    backend = _backend(plan, recorder)
    log.add(_header(job, prefixes, backend.name))
    log.write()
    state = watch_state(recorder, plan["watched"])
    run_program = Program(job["argv"], pattern, job["module_folder"]).prepare()
    sys.path.extend(job["import_folders"])
    recorder.keep(private_modules)
    guard.watch_exits(recorder, backend.in_new_thread)
    audit.listen(recorder)
    signals.gate_signals(recorder.arrived)
    recorder.start()
    backend.start()
    if state is not None:
        state.start()
    try:
        run_program()
    except SystemExit:
        raise
    except BaseException:
        guard.hide_frames()
        raise


def _backend(plan: dict[str, Any], recorder: Recorder) -> MonitoringBackend | SettraceBackend:
    """The one that is wanted; for `auto`, monitoring where the interpreter has it."""
    tree_calls = plan["tree_calls"] * (plan["mode"] == "tree")
    if plan["backend"] != "settrace" and hasattr(sys, "monitoring"):
        tool_ids = free_tool_ids()
        if not tool_ids:
            recorder.note("all tool ids of sys.monitoring are taken; recorded by sys.settrace")
        elif tree_calls and (len(tool_ids) < 2 or not encoding.is_possible()):
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
        "pid": os.getpid(),
        "plan_sha256": job["plan_sha256"],
        "workload": plan["workload"],
        "namespaces": plan["namespaces"],
        "mode": plan["mode"],
        "tree_calls": plan["tree_calls"],
        "root": plan["root"],
        "real_root": os.path.realpath(plan["root"]),
        "python_folders": prefixes,
        "scratch": job["scratch"],
        "cwd": os.getcwd(),
        "home": os.path.expanduser("~"),
        "has_columns": sys.version_info >= (3, 11),
    }


def _prefixes() -> list[str]:
    """Where the interpreter and its libraries live, longest first."""
    found = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)}
    found.update(os.path.realpath(each) for each in list(found))
    return sorted((each for each in found if len(each) > 1), key=lambda each: (-len(each), each))
