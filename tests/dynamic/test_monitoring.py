"""What is particular to `sys.monitoring`: who shares it, and functions outside that fall silent."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracer.dynamic.launch import record
from tracer.errors import WorkloadError
from tracer.model.plan import TracePlan, Workload
from tracer.probe.callables import function_behind

Write = Callable[..., Any]


def test_a_function_outside_is_seen_after_others_called_it(program: Write) -> None:
    """Its start is switched off when a library calls it, and on again when the program does."""
    target = program(
        """
        import json
        import json.encoder

        def main():
            json.dumps({"a": 1}, indent=1)
            encoder = json.encoder.JSONEncoder()
            for _ in range(3):
                encoder.encode(1)

        main()
        """
    )
    recording = target.record()
    seen = {  # without the class, which Python 3.10 does not tell
        (external.callee.rpartition(".")[2], external.line): external.calls
        for external in recording.externals
    }
    assert seen["dumps", 5] == 1
    assert seen["encode", 8] == 3


def test_the_program_has_a_tool_of_its_own(program: Write) -> None:
    """It gets its events, and resets all that were switched off; ours go on."""
    target = program(
        """
        import sys

        def work():
            return 1

        def main():
            if not hasattr(sys, "monitoring"):
                return work() + work()  # runs: work
            tools, heard = sys.monitoring, []
            free = [i for i in range(6) if tools.get_tool(i) is None][0]
            tools.use_tool_id(free, "program")
            tools.register_callback(
                free, tools.events.PY_START, lambda code, _: heard.append(code.co_name)
            )
            tools.set_events(free, tools.events.PY_START)
            work()  # runs: work
            tools.restart_events()
            tools.set_events(free, 0)
            tools.free_tool_id(free)
            work()  # runs: work
            print(heard)

        main()  # runs: main
        """
    )
    plain = target.untraced()
    traced = target.traced()
    assert (traced.stdout, traced.stderr, traced.returncode) == (plain.stdout, "", 0)
    recording = target.record()
    assert sum(c.calls for c in recording.calls if c.callee.qualname == "work") == 2


def test_it_is_refused_where_the_interpreter_has_none(
    interpreters: dict[str, str | None], tmp_path: Path
) -> None:
    """In one line, before anything runs."""
    python = interpreters["3.11"]
    if python is None:
        pytest.skip("no Python 3.11 on this machine")
    plan = TracePlan(str(tmp_path), (), Workload("w1", ("-c", "1")), backend="monitoring")
    with pytest.raises(WorkloadError, match=r"expected Python 3\.12 or later, found 3\.11"):
        record(plan, tmp_path / "out", python=Path(python))


class _Base:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


class _Plain(_Base):
    @staticmethod
    def still() -> None: ...

    def __getattr__(self, name: str) -> Any:
        raise AssertionError("a question about an object must not run its code")


def test_what_a_call_would_run() -> None:
    """Functions, methods, partials, classes and objects that can be called; nothing for C."""
    made = _Plain()
    encode = json.JSONEncoder().encode
    assert function_behind(json.dumps) is json.dumps
    assert function_behind(encode) is json.JSONEncoder.encode
    assert (
        function_behind(functools.partial(functools.partial(encode, 1))) is json.JSONEncoder.encode
    )
    assert function_behind(_Plain) is _Base.__init__
    assert function_behind(_Plain.still) is _Plain.still
    assert function_behind(made) is _Base.__call__
    assert function_behind(len) is None
    assert function_behind(dict) is None
    assert function_behind(3) is None
