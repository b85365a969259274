"""Traps for tracers: each program behaves as untraced, and its calls are recorded all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.test_calls import edges_of
from tracer.dynamic.recording import read_recording

Write = Callable[..., Any]

_TRACER_IN_C = """
        import ctypes, sys, threading
        seen = set()
        Hook = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.py_object, ctypes.py_object, ctypes.c_int, ctypes.c_void_p
        )
        set_trace = ctypes.pythonapi.PyEval_SetTrace
        set_trace.argtypes = (Hook, ctypes.py_object)
        def see(frame, number):
            if frame.f_code.co_name in ("outer", "inner", "after") and number in (0, 2):
                seen.add((frame.f_code.co_name, number, frame.f_lineno))
            return 0
        hook = Hook(lambda tracer, frame, number, argument: see(frame, number))
        class Tracer:
            def __call__(self, frame, event, argument):
                see(frame, {"call": 0, "line": 2}.get(event))
                if event == "call":
                    set_trace(hook, self)
                return self
        def inner(): pass
        def outer():
            inner()  # runs: inner
            return 1
        def after():
            outer()  # runs: outer
"""

TRAPS = {
    "a profile function of its own": """
        import sys
        seen = []
        def own(frame, event, argument):
            if event == "call":
                seen.append(frame.f_code.co_name)
        def inside(): pass
        def after(): pass
        sys.setprofile(own)
        inside()  # runs: inside
        print(sys.getprofile() is own)
        sys.setprofile(None)
        after()  # runs: after
        print([name for name in seen if name in ("inside", "after")])
    """,
    "a tracer that goes on in C, as coverage's does": _TRACER_IN_C
    + """
        sys.settrace(Tracer())
        outer()  # runs: outer
        thread = threading.Thread(target=outer)
        thread.start()
        thread.join()
        after()  # runs: after
        sys.settrace(None)
        after()  # runs: after
        print(sorted(seen), sys.gettrace())
    """,
    "debuggers and profilers of its own": """
        import bdb, cProfile, pstats, sys, threading
        seen = []
        def own(frame, event, argument):
            if frame.f_code.co_name in ("outer", "inner"):
                seen.append((frame.f_code.co_name, event))
            return own
        def inner(): return 1
        def outer():
            return inner()  # runs: inner
        class Debugger(bdb.Bdb):
            def user_line(self, frame):
                seen.append(frame.f_lineno)
                self.set_step()
        def after():
            outer()  # runs: outer
        def traced():
            sys.settrace(own)
            threading.settrace(own)
            outer()  # runs: outer
            thread = threading.Thread(target=outer)
            thread.start()
            thread.join()
            sys.settrace(None)
            threading.settrace(None)
        def debugged():
            Debugger().runcall(outer)
        def profiled():
            profile = cProfile.Profile()
            profile.runcall(outer)
            counts = pstats.Stats(profile).stats
            print(sorted((name[2], calls[:2]) for name, calls in counts.items()))
        traced()  # runs: traced
        after()  # runs: after
        debugged()  # runs: debugged
        after()  # runs: after
        profiled()  # runs: profiled
        after()  # runs: after
        print(seen, sys.gettrace(), sys.getprofile())
    """,
    "settrace inside a generator": """
        import sys
        def own(frame, event, argument):
            return None
        def leaf(): pass
        def numbers():
            sys.settrace(own)
            yield 1
            leaf()  # runs: leaf
            sys.settrace(None)
            yield 2
            leaf()  # runs: leaf
        def main():
            for number in numbers():  # runs: numbers
                leaf()  # runs: leaf
            print(sys.gettrace())
        main()  # runs: main
    """,
    "pools of threads": """
        from concurrent.futures import ThreadPoolExecutor
        from multiprocessing.pool import ThreadPool
        def leaf(x): return x
        def work(x):
            return leaf(x)  # runs: leaf
        with ThreadPoolExecutor(3) as pool:
            print(sorted(pool.map(work, range(5))))
        with ThreadPool(2) as pool:
            print(pool.map(work, range(5)))
    """,
    "callbacks out of C": """
        import bisect, functools, json, re
        class Key:
            def __init__(self, x): self.x = x
            def __lt__(self, other): return self.x < other.x
            def __index__(self): return 3
            def __hash__(self): return 1
            def __eq__(self, other): return True
        def default(value): return 1
        def add(a, b): return a + b
        def sub(match): return "x"
        def main():
            json.dumps({"a": Key(1)}, default=default)  # runs: default
            functools.reduce(add, [1, 2, 3])  # runs: add
            bisect.insort([Key(2)], Key(1))  # runs: Key.__lt__
            [0, 1, 2, 3][Key(1)]  # runs: Key.__index__
            {Key(1): 1}[Key(2)]  # runs: Key.__hash__ | Key.__eq__
            re.sub("a", sub, "a")  # runs: sub
            sorted([Key(2), Key(1)])  # runs: Key.__lt__
        main()  # runs: main
    """,
    "a failing import": """
        import sys
        def leaf(): pass
        sys.modules["leafs"] = type(sys)("leafs")
        sys.modules["leafs"].leaf = leaf
        def main():
            try:
                import broken
            except ValueError as error:
                print(error)
            leaf()  # runs: leaf
        main()  # runs: main
    """,
    "atexit in its order, and after threads": """
        import atexit, threading, time
        def first():
            print("first")
            leaf()  # runs: leaf
        def second(): print("second")
        def leaf(): pass
        def late():
            time.sleep(0.1)
            print("late")
            leaf()  # runs: leaf
        atexit.register(first)
        atexit.register(second)
        threading.Thread(target=late).start()
        print("end of main")
    """,
    "readers of source and bytecode": """
        import dis, hashlib, inspect
        def leaf(x):
            return x + 1
        def main():
            before = hashlib.sha256(leaf.__code__.co_code).hexdigest()
            leaf(1)  # runs: leaf
            print(before == hashlib.sha256(leaf.__code__.co_code).hexdigest())
            print(before, inspect.getsource(leaf))
            print([each.opname for each in dis.get_instructions(leaf)])
            print(leaf.__code__.co_filename, leaf.__code__.co_firstlineno)
            made = {}
            exec(compile(inspect.getsource(leaf).replace("1", "2"), "<converted>", "exec"), made)
            print(made["leaf"](1))  # runs: leaf
        main()  # runs: main
    """,
    "lifetimes of objects": """
        import gc, weakref
        gc.disable()
        class Thing: pass
        def use(thing):
            return leaf(thing)  # runs: leaf
        def leaf(thing): return 1
        def generate(thing):
            yield thing
        def main():
            thing = Thing()
            ref = weakref.ref(thing)
            use(thing)  # runs: use
            next(generate(thing))  # runs: generate
            try:
                raise ValueError(thing)
            except ValueError:
                pass
            del thing
            print(ref() is None)
            code = weakref.ref(use.__code__)
            print(code() is use.__code__)
        main()  # runs: main
    """,
    "a collection while our hooks run": """
        import gc, weakref
        calls = []
        class Node:
            def __init__(self): self.me = self; self.more = bytes(10)
            def __del__(self):
                finalised()  # runs: finalised
        def finalised(): calls.append(1)
        def on_collection(phase, info):
            leaf()  # runs: leaf
        def leaf(): pass
        gc.callbacks.append(on_collection)
        gc.set_threshold(1, 1, 1)
        def main():
            for _ in range(300):
                Node()  # runs: Node.__init__
        main()  # runs: main
        gc.set_threshold(700, 10, 10)
        gc.collect()
        print(len(calls))
    """,
    "a very short switch interval": """
        import sys, threading
        sys.setswitchinterval(1e-6)
        total = []
        def leaf(x): return x
        def work():
            total.append(sum(leaf(x) for x in range(2_000)))  # runs: leaf
        threads = [threading.Thread(target=work) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(total)
    """,
    "C that releases the lock": """
        import hashlib, threading, zlib
        data = bytes(1 << 22)
        results = []
        def leaf(x): return x
        def work(function):
            for _ in range(3):
                results.append(leaf(function(data)))  # runs: leaf
        def digest(x): return hashlib.sha256(x).hexdigest()
        def pack(x): return len(zlib.compress(x, 1))
        threads = [threading.Thread(target=work, args=(f,)) for f in (digest, pack, digest)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(sorted(map(str, results)))
    """,
    "contexts and pickles": """
        import asyncio, contextvars, copy, pickle
        variable = contextvars.ContextVar("variable", default=0)
        class Thing:
            def __init__(self, x): self.x = x
            def __reduce__(self): return rebuild, (self.x,)
        def rebuild(x):
            return Thing(x)  # runs: Thing.__init__
        def leaf():
            return variable.get()
        def inside():
            variable.set(5)
            return leaf()  # runs: leaf
        def main():
            print(contextvars.copy_context().run(inside), variable.get())  # runs: inside
            same = pickle.loads(pickle.dumps(leaf))
            print(same is leaf, pickle.dumps(leaf), pickle.dumps(main, 0))
            print(copy.deepcopy(Thing(3)).x)  # runs: Thing.__init__ | Thing.__reduce__ | rebuild
        main()  # runs: main
    """,
    "a tool of its own that raises": """
        import sys
        def leaf(): return 1
        def main():
            if not hasattr(sys, "monitoring"):
                return leaf()
            tools = sys.monitoring
            free = [i for i in range(6) if tools.get_tool(i) is None][0]
            tools.use_tool_id(free, "program")
            def heard(code, offset): raise KeyError("from the tool")
            tools.register_callback(free, tools.events.PY_START, heard)
            tools.set_local_events(free, leaf.__code__, tools.events.PY_START)
            try:
                leaf()
            except KeyError as error:
                print(error)
            # left set on purpose: the exception took the way past the clean-up
            tools.register_callback(free, tools.events.PY_START, None)
            return leaf()
        print(main())  # runs: main
        leaf()  # runs: leaf
    """,
    "file names that lie": """
        def leaf(): return 1
        names = ["<string>", "/nowhere/at/all.py", "with\\udcff.py", "", "a\\nb.py", "\\u2603.py"]
        for number, name in enumerate(names):
            made = {"leaf": leaf, "__name__": "__main__"}
            exec(compile("def run():\\n return leaf()", name, "exec"), made)
            made["run"]()  # runs: run
        code = leaf.__code__.replace(co_filename="/no/such.py", co_firstlineno=100000)
        function = type(leaf)(code, {"__name__": "__main__"})
        print(function(), ascii(function.__code__.co_filename))
    """,
    "the sys module played with": """
        import sys, os, builtins
        def leaf(): return 1
        sys.stdout.flush()
        real = sys.stdout
        sys.stdout = sys.stderr = None
        builtins.len = builtins.isinstance = builtins.id = lambda *a: 1 / 0
        for name in ("os", "time", "_thread", "threading"):
            sys.modules.pop(name, None)
        leaf()  # runs: leaf
        sys.stdout = real
        real.write("done\\n")
    """,
    "an exit in a thread and a daemon left running": """
        import sys, threading, time
        def leaf(): pass
        def exits():
            leaf()  # runs: leaf
            sys.exit(3)
        def runs_on():
            while True:
                time.sleep(0.001)
                leaf()  # runs: leaf
        threading.Thread(target=exits).start()
        threading.Thread(target=runs_on, daemon=True).start()
        time.sleep(0.2)
        print("end")
    """,
}


@pytest.mark.parametrize("case", TRAPS)
def test_a_trap_is_passed(case: str, program: Write) -> None:
    """Status, output and errors are the untraced ones; the calls that comments promise are seen."""
    files = {"broken.py": "from leafs import leaf\nleaf()  # runs: leaf\nraise ValueError('no')\n"}
    target = program(TRAPS[case], files if "broken" in TRAPS[case] else None)
    untraced, traced = target.untraced(), target.traced()
    assert (traced.returncode, traced.stdout, traced.stderr) == (
        untraced.returncode,
        untraced.stdout,
        untraced.stderr,
    )
    recording = read_recording(target.root.parent / "traced")
    assert recording.is_complete and recording.dropped == 0, recording.why_incomplete
    assert target.expected() <= edges_of(recording)


def test_a_tracer_that_c_sets_alone_is_said(program: Write) -> None:
    """Where ours is a trace function, it is taken off there; nothing else can be."""
    target = program(
        _TRACER_IN_C
        + """
        outer()  # runs: outer
        set_trace(hook, Tracer())
        after()
        print(sorted(seen))
        """
    )
    untraced, traced = target.untraced(), target.traced()
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, untraced.stdout, "")
    recording = read_recording(target.root.parent / "traced")
    called = {(caller, callee) for caller, _, callee in edges_of(recording)}
    assert ("<module>", "outer") in called
    if recording.backend == "settrace":
        assert recording.why_incomplete.startswith("native code set a trace function")
    else:
        assert recording.is_complete and ("<module>", "after") in called
        assert not any("native code" in sentence for sentence in recording.cannot_see)


def test_os_abort_leaves_a_whole_log(program: Write) -> None:
    """`os.abort` runs nothing at the end, and what was recorded is there, up to the last call."""
    target = program("import os\ndef last(): pass\nlast()\nos.abort()\n")
    traced = target.traced()
    assert traced.returncode == -signal.SIGABRT
    recording = read_recording(target.root.parent / "traced")
    assert "last" in {call.callee.qualname for call in recording.calls}


def test_code_from_a_zip_file(program: Write) -> None:
    """Modules that zipimport loads belong to the namespace by their names."""
    target = program(
        """
        import sys
        sys.path.insert(0, "lib.zip")
        from packed import work
        work()  # runs: work
        """
    )
    with zipfile.ZipFile(target.root / "lib.zip", "w") as archive:
        archive.writestr("packed/__init__.py", "from .inner import leaf\ndef work():\n    leaf()\n")
        archive.writestr("packed/inner.py", "def leaf(): pass\n")
    recording = target.record(cwd=str(target.root), namespaces=("packed",))
    found = {(caller, callee) for caller, _, callee in edges_of(recording)}
    assert {("<module>", "work"), ("work", "leaf")} <= found
    assert recording.exit_status == 0


def test_modules_named_as_ours_are_the_targets(program: Write) -> None:
    """Files beside the script that are named as modules of the probe or of Python hide nothing."""
    names = ("log", "codes", "guard", "values", "session", "signals", "taps", "job", "host")
    files = {f"{name}.py": f"def who(): return {name!r}\n" for name in names}
    files["queue.py"] = files["resource.py"] = "def who(): return 'theirs'\n"
    lines = [f"import {name.removesuffix('.py')}" for name in files]
    lines += [f"print({name.removesuffix('.py')}.who())  # runs: who" for name in files]
    target = program("\n".join(lines), files)
    untraced, traced = target.untraced(), target.traced()
    assert (traced.stdout, traced.stderr) == (untraced.stdout, "")
    assert target.expected() <= edges_of(read_recording(target.root.parent / "traced"))


def test_an_audit_hook_of_the_target_sees_no_file_of_ours(program: Write) -> None:
    """Its own hook hears of what it opens; our log is opened before and written by descriptor."""
    target = program(
        """
        import sys, time
        opened = []
        busy = []
        def hook(event, arguments):
            if event == "open" and not busy:
                busy.append(1)
                opened.append(str(arguments[0]))
                busy.pop()
        sys.addaudithook(hook)
        def leaf(): pass
        leaf()  # runs: leaf
        time.sleep(0.3)
        with open("mine", "w") as file:
            file.write("x")
        time.sleep(0.3)
        print(opened)
        """
    )
    untraced = target.untraced()
    (target.root / "mine").unlink()
    traced = target.traced()
    assert traced.stdout == untraced.stdout == "['mine']\n"
    recording = read_recording(target.root.parent / "traced")
    (file,) = [each for each in recording.opened if each.path.endswith("mine")]
    assert (file.mode, file.line) == ("w", 13)


def test_all_tool_ids_taken_by_the_program(program: Write) -> None:
    """A program that takes every free tool id, and resets events, is served and recorded."""
    target = program(
        """
        import sys
        def leaf(): return 1
        def main():
            taken = []
            tools = getattr(sys, "monitoring", None)
            for number in range(6) if tools else ():
                if tools.get_tool(number) is None:
                    tools.use_tool_id(number, "all of them")
                    taken.append(number)
            leaf()  # runs: leaf
            for number in taken:
                tools.set_events(number, tools.events.LINE)
            if tools:
                tools.restart_events()
            leaf()  # runs: leaf
            for number in taken:
                tools.set_events(number, 0)
                tools.free_tool_id(number)
            leaf()  # runs: leaf
            print("done")
        main()  # runs: main
        """
    )
    traced = target.traced()
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, "done\n", "")
    recording = read_recording(target.root.parent / "traced")
    assert target.expected() <= edges_of(recording)
    assert sum(c.calls for c in recording.calls if c.callee.qualname == "leaf") == 3


def test_sub_interpreters_run_beside_us(program: Write) -> None:
    """What runs in another interpreter of the process does no harm; it is not recorded."""
    target = program(
        """
        import sys
        def before(): pass
        def after(): pass
        before()  # runs: before
        for name in ("_interpreters", "_xxsubinterpreters"):
            try:
                tools = __import__(name)
            except ImportError:
                continue
            made = tools.create()
            code = "def inner(): return 1\\nfor _ in range(100): inner()\\n"
            code += "print('inside', flush=True)"
            getattr(tools, "run_string", None)(made, code)
            tools.destroy(made)
            break
        after()  # runs: after
        print("done")
        """
    )
    untraced, traced = target.untraced(), target.traced()
    assert (traced.returncode, traced.stdout, traced.stderr) == (
        untraced.returncode,
        untraced.stdout,
        untraced.stderr,
    )
    recording = read_recording(target.root.parent / "traced")
    assert target.expected() <= edges_of(recording)
    assert recording.is_complete
    assert "inner" not in {call.callee.qualname for call in recording.calls}


def test_a_program_that_replaces_itself_is_said(program: Write) -> None:
    """After `os.exec*` the rest is another program: what came before is kept, and it is said."""
    target = program(
        """
        import os, sys
        def before(): pass
        before()  # runs: before
        os.execv(sys.executable, [sys.executable, "-c", "print('another'); raise SystemExit(4)"])
        """
    )
    untraced, traced = target.untraced(), target.traced()
    assert (traced.returncode, traced.stdout, traced.stderr) == (4, "another\n", untraced.stderr)
    recording = read_recording(target.root.parent / "traced")
    assert target.expected() <= edges_of(recording)
    assert any("replaced itself" in sentence for sentence in recording.cannot_see)
    assert recording.why_incomplete == "the program replaced itself by another (os.exec)"


def test_a_program_that_cannot_replace_itself_goes_on(program: Write) -> None:
    """An `os.exec*` that failed is no end: what comes after is recorded, and it is complete."""
    target = program(
        """
        import os
        def after(): pass
        try:
            os.execv("nowhere", ["nowhere"])
        except OSError as error:
            print(type(error).__name__)
        after()  # runs: after
        """
    )
    untraced, traced = target.untraced(), target.traced()
    assert (traced.returncode, traced.stdout) == (untraced.returncode, untraced.stdout)
    recording = read_recording(target.root.parent / "traced")
    assert target.expected() <= edges_of(recording)
    assert recording.is_complete


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_multiprocessing_is_left_alone(method: str, program: Write) -> None:
    """Without `--children` a pool gives the same results, and nothing of it is recorded."""
    target = program(
        """
        import multiprocessing, sys
        def square(number): return number * number
        if __name__ == "__main__":
            with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
                print(pool.map(square, range(5)))
        """
    )
    untraced, traced = target.untraced("main.py", method), target.traced("main.py", method)
    assert (traced.returncode, traced.stdout, traced.stderr) == (
        0,
        "[0, 1, 4, 9, 16]\n",
        untraced.stderr,
    )
    recording = read_recording(target.root.parent / "traced")
    assert "square" not in {call.callee.qualname for call in recording.calls}


OPTIONS = (
    "-I",
    "-E",
    "-s",
    "-S",
    "-P",
    "-O",
    "-OO",
    "-B",
    "-u",
    "-b",
    "-X dev",
    "-X utf8",
    "-W error",
)


@pytest.mark.parametrize("option", OPTIONS)
def test_options_of_the_interpreter(option: str, program: Write) -> None:
    """Options stand before the program, and mean what they mean untraced."""
    target = program(
        """
        import sys
        def leaf():
            \"\"\"A text.\"\"\"
            assert True
        leaf()  # runs: leaf
        print(sys.flags, sys.argv, sys.orig_argv[1:], leaf.__doc__, sys.path, sys.warnoptions)
        print(sys._xoptions, sorted(sys.modules))
        """
    )
    if option == "-P" and target.python.parent.name and "3.10" in str(target.python):
        pytest.skip("-P is new in Python 3.11")
    argv = (*option.split(), "main.py", "-x")
    untraced = subprocess.run(
        [target.python, *argv],
        cwd=target.root,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    traced = target.traced(*argv)
    assert (traced.returncode, traced.stdout, traced.stderr) == (
        untraced.returncode,
        untraced.stdout,
        untraced.stderr,
    )
    assert target.expected() <= edges_of(read_recording(target.root.parent / "traced"))


def test_a_path_made_safe_by_the_environment(
    program: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`PYTHONSAFEPATH` keeps the script's folder off the path, traced as untraced."""
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    target = program("import sys\nprint(sys.path)\nimport helper\n", {"helper.py": ""})
    untraced, traced = target.untraced(), target.traced()
    assert traced.stdout == untraced.stdout
    assert (traced.stderr, traced.returncode) == (untraced.stderr, untraced.returncode)


@pytest.mark.parametrize(
    "source",
    [
        "import sys\ndef leaf(): pass\nleaf()\nprint(sys.argv, sys.path[0], sys.stdin.read())\n",
        "def fails():\n    raise ValueError('here')\nfails()\n",
        "def (:\n",
        "print(sorted(globals()), __name__, __loader__, __spec__)\n",
        "import sys; sys.exit(6)",
        "",
    ],
)
def test_a_program_on_standard_input(source: str, program: Write) -> None:
    """`-` reads the program from standard input, as the interpreter does."""
    target = program("")
    command = [
        *(sys.executable, str(Path(__file__).with_name("run_trace.py"))),
        *("--python", str(target.python), "--root", str(target.root)),
        *("--backend", target.backend, "--out", str(target.root.parent / "o"), "--", "-", "a"),
    ]
    given: dict[str, Any] = {"input": source, "text": True, "capture_output": True, "check": False}
    untraced = subprocess.run([target.python, "-", "a"], cwd=target.root, **given)
    traced = subprocess.run(command, cwd=target.root, **given)
    assert (traced.returncode, traced.stdout, traced.stderr) == (
        untraced.returncode,
        untraced.stdout,
        untraced.stderr,
    )
    recording = read_recording(target.root.parent / "o")
    if "leaf" in source:
        assert ("<module>", 3, "leaf") in edges_of(recording)


SOURCES = {
    "latin-1 with a declaration": b"# -*- coding: latin-1 -*-\ndef f(): print('\xe9')\nf()\n",
    "a byte order mark": b"\xef\xbb\xbfdef f(): print('\xc3\xa9')\nf()\n",
    "latin-1 without one": b"def f(): print('\xe9')\nf()\n",
    "an unknown encoding": b"# coding: nothing\nprint(1)\n",
    "a null byte": b"print(1)\n\0\nprint(2)\n",
    "carriage returns": b"def f():\r\n    print(1)\r\n\r\nf()\r\n",
}


@pytest.mark.parametrize("case", SOURCES)
def test_sources_in_other_encodings(case: str, program: Write) -> None:
    """A script's bytes are read as the interpreter reads them, or refused as it refuses them."""
    target = program("")
    (target.root / "main.py").write_bytes(SOURCES[case])
    untraced, traced = target.untraced(), target.traced()
    assert (traced.returncode, traced.stdout, traced.stderr) == (
        untraced.returncode,
        untraced.stdout,
        untraced.stderr,
    )


def test_greenlets_have_their_callers(program: Write) -> None:
    """A switch of stacks by hand gives no false edge; the caller is the frame's own."""
    target = program(
        """
        import greenlet
        def leaf_a(): pass
        def leaf_b(): pass
        def a():
            leaf_a()  # runs: leaf_a
            second.switch()
            leaf_a()  # runs: leaf_a
            second.switch()
        def b():
            leaf_b()  # runs: leaf_b
            first.switch()
            leaf_b()  # runs: leaf_b
        first, second = greenlet.greenlet(a), greenlet.greenlet(b)
        first.switch()
        """
    )
    found = subprocess.run(
        [target.python, "-c", "import greenlet"], capture_output=True, check=False
    )
    if found.returncode:
        pytest.skip("no greenlet for this interpreter")
    pairs = {(caller, callee) for caller, _, callee in edges_of(target.record())}
    assert {("a", "leaf_a"), ("b", "leaf_b")} <= pairs
    assert not pairs & {("a", "leaf_b"), ("b", "leaf_a")}


def test_huge_values_cost_nothing(program: Write) -> None:
    """Passing and tapping a value of a hundred million items takes no time and no memory."""
    target = program(
        """
        def take(value, deep):
            kept = value
            return len(kept)
        deep = []
        for _ in range(100_000):
            deep = [deep]
        for _ in range(200):
            take([None] * 10_000_000 if _ == 0 else [], deep)
        """
    )
    recording = target.record(taps=("value=kept@main.py:2", "deep=deep@main.py:2"))
    assert recording.exit_status == 0 and recording.is_complete
    values = {tap.key: tap for tap in recording.taps}
    assert values["value"].hits == values["deep"].hits == 200
    assert "10000000" in values["value"].values[0].replace(" ", "").replace("_", "")
    out = target.root.parent / "out" / "recording.jsonl"
    assert out.stat().st_size < 200_000


def test_a_garbage_line_in_the_log_costs_that_line(program: Write) -> None:
    """Lines that are no record are left out, wherever they stand, and the rest is read."""
    target = program("def f(): pass\nf()\n")
    whole = target.record()
    log = target.root.parent / "out" / "recording.jsonl"
    first, *rest = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([first, b"\x00garbage\n", b"[1, 2]\n", b'{"t": "unheard"}\n', *rest]))
    assert read_recording(log.parent) == whole
