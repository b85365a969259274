"""What a program under the probe can still tell: the rows of `docs/guest.md`, with controls."""

from __future__ import annotations

import ast
import os
import re
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., Any]
Seen = Callable[[Any, Any, str], bool]

_DOCUMENT = Path(__file__).parents[2] / "docs" / "guest.md"

ROWS: dict[str, tuple[str, Seen]] = {
    "frames below the program": (
        """
        import sys, traceback
        frame, below = sys._getframe(), 0
        while frame.f_back:
            frame, below = frame.f_back, below + 1
        def fails(): raise KeyError
        try:
            fails()
        except KeyError as error:
            print([below, len(traceback.extract_tb(error.__traceback__))])
        """,
        lambda plain, traced, backend: plain == [0, 2] and traced == [3, 2],
    ),
    "recursion limit": (
        """
        def deep(number=1):
            try:
                return deep(number + 1)
            except RecursionError:
                return number
        print(deep())
        """,
        lambda plain, traced, backend: 0 < plain - traced <= 10,
    ),
    "threads": (
        """
        import _thread, os, sys, threading, time
        time.sleep(0.1)
        in_system = len(os.listdir("/proc/self/task"))
        print([in_system, len(sys._current_frames()), _thread._count(), threading.active_count()])
        """,
        lambda plain, traced, backend: plain == [1, 1, 0, 1] and traced == [2, 2, 1, 1],
    ),
    "descriptors": (
        """
        import os
        print([each for each in range(3, 1000) if os.path.exists(f"/proc/self/fd/{each}")])
        """,
        lambda plain, traced, backend: (
            [each for each in traced if each not in plain]
            == [each for each in traced if each >= 400]
            and len(traced) == len(plain) + 1
        ),
    ),
    "type of functions": (
        """
        import _signal, _thread, os, sys
        functions = (os._exit, os.abort, _thread.start_new_thread, _signal.signal,
            _signal.getsignal, sys.settrace, sys.gettrace)
        print([type(each).__name__ for each in functions])
        """,
        lambda plain, traced, backend: (
            set(plain) == {"builtin_function_or_method"}
            and set(traced[:5]) == {"function"}
            and set(traced[5:])
            == {"function" if "settrace" in backend else "builtin_function_or_method"}
        ),
    ),
    "trace function of frames": (
        """
        import sys
        def inside(): return sys._getframe().f_trace is None
        print([inside(), sys.gettrace() is None])
        """,
        lambda plain, traced, backend: (
            plain == [True, True] and traced == [backend != "settrace", True]
        ),
    ),
    "tool ids": (
        """
        import sys
        tools = getattr(sys, "monitoring", None)
        print([tools.get_tool(each) for each in range(6)] if tools else [])
        """,
        lambda plain, traced, backend: (
            not any(plain)
            and [each for each in traced if each]
            == ["tracer"] * {"monitoring": 2, "monitoring in C": 1}.get(backend, 0)
        ),
    ),
    "shared libraries": (
        """
        with open("/proc/self/maps") as maps:
            print(sorted({line.split("/", 1)[1] for line in maps if "/accelerators/" in line}))
        """,
        lambda plain, traced, backend: not plain and len(traced) == ("in C" in backend),
    ),
    "lines of frames outside": (
        """
        import copy, sys
        class Copied:
            def __copy__(self):
                return sys._getframe(1).f_trace_lines
        print(copy.copy(Copied()))
        """,
        lambda plain, traced, backend: plain and traced == (backend != "settrace in C"),
    ),
    "calls of Python from Python, on 3.11": (
        """
        import sys
        def opcode():
            frame = sys._getframe(1)
            return frame.f_code.co_code[frame.f_lasti]
        def called():
            return opcode()
        for _ in range(9):
            called()
        print([sys.version_info[:2] == (3, 11), called()])
        """,
        lambda plain, traced, backend: (
            (traced != plain) == (plain[0] and backend == "settrace in C")
            and (not plain[0] or plain[1] == 0)
        ),
    ),
    "exit functions": (
        "import atexit\nprint(atexit._ncallbacks())\n",
        lambda plain, traced, backend: traced == plain + 1,
    ),
    "objects": (
        """
        import gc
        kinds = [type(each).__dict__.get("__module__") for each in gc.get_objects()]
        print(any(type(kind) is str and "_tracer_probe" in kind for kind in kinds))
        """,
        lambda plain, traced, backend: not plain and traced,
    ),
    "lives of code": (
        """
        import gc, weakref
        def make():
            made = {}
            exec("def f(): pass", made)
            made["f"]()
            return weakref.ref(made["f"].__code__)
        made = make()
        gc.collect()
        print(made() is None)
        """,
        lambda plain, traced, backend: plain and not traced,
    ),
    "writing of bytecode": (
        "import sys\nprint(sys.dont_write_bytecode)\n",
        lambda plain, traced, backend: not plain and traced,
    ),
    "its process": (
        """
        print(b"bootstrap.py" in open("/proc/self/cmdline", "rb").read())
        """,
        lambda plain, traced, backend: not plain and traced,
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_it_shows(row: str, program: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """It differs from the untraced run in this way, and in no other."""
    source, differs = ROWS[row]
    target = program(source)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    untraced = subprocess.run(
        [target.python, "main.py"], cwd=target.root, capture_output=True, text=True, check=True
    )
    traced = target.traced()
    assert traced.returncode == 0 and traced.stderr == untraced.stderr == ""
    backend = target.backend + (" in C" if target.accelerators else "")
    assert differs(ast.literal_eval(untraced.stdout), ast.literal_eval(traced.stdout), backend), (
        untraced.stdout,
        traced.stdout,
    )


def test_each_row_of_the_document_has_a_test() -> None:
    """The list in `docs/guest.md` is this table, but for time, which every run shows."""
    section = _DOCUMENT.read_text(encoding="utf-8").partition("## What a program can still tell")[2]
    rows = re.findall(r"^\| ([^|]+?) \|", section.partition("\n## ")[0], re.MULTILINE)
    elsewhere = ("what", "---", "its imports", "time")
    assert [row for row in rows if row not in elsewhere] == list(ROWS)


def test_each_test_that_the_document_names_is_there() -> None:
    """Functions by name, cases in quotation marks, in the files beside this one."""
    table = _DOCUMENT.read_text().partition("## What a program may do")[2]
    named = re.findall(r'`(test_\w+)`|"([^"]+)"', table)
    sources = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    missing = [
        function or case
        for function, case in named
        if not re.search(rf"^def {function}\(" if function else rf'^    "{case}": ', sources, re.M)
    ]
    assert len(named) > 60 and not missing


def test_its_imports_are_told_with_ours(program: Write) -> None:
    """The interpreter's own report of imports names ours, too; `sys.modules` does not."""
    target = program("import sys\nprint([each for each in sys.modules if 'tracer' in each])\n")
    untraced = target.untraced("-X", "importtime", "main.py")
    traced = target.traced("-X", "importtime", "main.py")
    assert traced.stdout == untraced.stdout == "[]\n"
    assert "_tracer_probe" in traced.stderr and "_tracer_probe" not in untraced.stderr


def test_the_log_has_a_low_number_where_high_ones_are_not_allowed(program: Write) -> None:
    """Under a low limit of descriptors the log takes the next free one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = program("import os\nprint(os.open('/dev/null', os.O_RDONLY))\n")
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        untraced, traced = target.untraced(), target.traced()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (untraced.stdout, traced.stdout) == ("3\n", "4\n")
    assert traced.returncode == 0


def test_descriptors_of_the_shell_reach_the_program(program: Write) -> None:
    """What a shell opened for the program is open there: `trace … -- job.py <(other)`."""
    target = program("import os, sys\nprint(open(sys.argv[1]).read())\n")
    with open(target.root / "given", "w+") as given:
        given.write("from the shell")
        given.flush()
        descriptor = given.fileno()
        os.set_inheritable(descriptor, True)
        os.lseek(descriptor, 0, os.SEEK_SET)
        traced = target.traced("main.py", f"/dev/fd/{descriptor}", pass_fds=(descriptor,))
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, "from the shell\n", "")
