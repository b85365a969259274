"""The probe is a guest: the target cannot tell, and the log survives whatever the target does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.test_calls import edges_of
from tracer.dynamic.recording import read_recording
from tracer.dynamic.trace import trace
from tracer.errors import WorkloadError
from tracer.model.plan import TracePlan, Workload

Write = Callable[..., Any]

ENDINGS = {
    "an uncaught exception": """
        def fails():
            raise ValueError("boom") from KeyError("cause")
        fails()
    """,
    "a status": "import sys; sys.exit(7)",
    "a message": "import sys; sys.exit('wrong')",
    "no status": "raise SystemExit",
    "a syntax error": "def (:\n",
    "a syntax error in an import": "import broken",
    "an excepthook of its own": """
        import sys, traceback
        def hook(kind, value, trace):
            print(kind.__name__, [f.name for f in traceback.extract_tb(trace)])
        sys.excepthook = hook
        def fails(): 1 / 0
        fails()
    """,
    "atexit, threads and late output": """
        import atexit, threading
        def late():  # after a pause alone it may print between two words of "main 2"
            threading.main_thread().join()
            print("thread")
        atexit.register(print, "atexit")
        threading.Thread(target=late).start()
        print("main", threading.active_count())
    """,
    "os._exit": "import os; print('x', flush=True); os._exit(3)",
    "an interrupt": "raise KeyboardInterrupt",
    "a status beyond a byte": "import sys; sys.exit(256 + 5)",
    "a negative status": "import sys; sys.exit(-1)",
    "a status that is no number": "import sys; sys.exit((1, 2))",
    "all that can go wrong at the end": """
        import atexit, os, signal, sys, threading
        class Last:
            def __del__(self): raise ValueError("in a finaliser")
        def divide(): return 1 / 0
        def leave(): raise SystemExit(12)
        signal.signal(signal.SIGUSR1, lambda number, frame: print("handled", number))
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGPIPE)  # Python ignores it
        thread = threading.Thread(target=divide, name="t")
        thread.start()
        thread.join()
        Last()
        atexit.register(divide)
        atexit.register(leave)
        sys.stdout.flush()
        sys.stdout.close()
        sys.exit(3)
    """,
    "a raw thread that raises": """
        import _thread, time
        def raises(): raise ValueError("in thread")
        _thread.start_new_thread(raises, ())
        time.sleep(0.1)
    """,
    "a fork": """
        import os, warnings
        warnings.simplefilter("always")
        pid = os.fork()
        if not pid:
            print("child", flush=True)
            os._exit(4)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """,
    "who am I": """
        import sys, os
        import opcode, json  # the first is in this folder
        def caller(): return sys._getframe(1).f_code.co_name
        main = sys.modules["__main__"]
        print(sorted(k for k in globals()), __name__, __file__, __spec__, __package__)
        print(main.__dict__ is globals(), __builtins__ is sys.modules["builtins"], __doc__)
        print(sys.argv, sys.path, sys.orig_argv[1:], opcode.WHOSE, caller())
        print(sys.gettrace(), sys.getprofile(), sys.flags, sorted(sys.modules))
        print(open, os._exit.__name__, os.environ.get("PYTHONPATH"))
    """,
}


@pytest.mark.parametrize("case", ENDINGS)
def test_it_ends_and_prints_as_untraced(case: str, program: Write) -> None:
    """Exit status, standard output and standard error are the untraced ones, to the byte."""
    target = program(ENDINGS[case], {"opcode.py": "WHOSE = 'mine'", "broken.py": "x = = 1\n"})
    untraced, traced = target.untraced(), target.traced()
    assert (traced.returncode, _plain(traced.stdout), _plain(traced.stderr)) == (
        untraced.returncode,
        _plain(untraced.stdout),
        _plain(untraced.stderr),
    )


def _plain(text: str) -> str:
    """Addresses and thread identifiers differ between any two runs."""
    return "\n".join(line.partition(" at 0x")[0] for line in text.splitlines())


PACKAGE = {
    "pkg/__init__.py": "",
    "pkg/__main__.py": """
        import sys
        from . import inner
        print(__name__, __package__, __spec__.name, sys.argv, sys.path[0], __file__)
        inner.work()
    """,
    "pkg/inner.py": "def work():\n    raise ValueError('from inside')\n",
}


def test_a_module_runs_as_with_m(program: Write) -> None:
    """`-m pkg` has the right `__spec__`, arguments and path, and the same traceback."""
    target = program("", PACKAGE)
    untraced, traced = target.untraced("-m", "pkg", "a"), target.traced("-m", "pkg", "a")
    assert (traced.returncode, traced.stdout, traced.stderr) == (
        untraced.returncode,
        untraced.stdout,
        untraced.stderr,
    )
    edges = json.loads((target.root.parent / "traced" / "edges.json").read_text())
    found = {(edge["caller"]["module"], edge["callee"]["qualname"]) for edge in edges["edges"]}
    assert ("__main__", "work") in found


def test_code_and_folders_run_too(program: Write) -> None:
    """`-c CODE` and a folder with a `__main__` start as the interpreter starts them."""
    target = program(
        "", {"app/__main__.py": "import sys\nprint(sys.argv, sys.path[0], __name__)\n"}
    )
    for argv in (("-c", "import sys; print(sys.argv, sys.path[0])", "x"), ("app", "x")):
        assert target.traced(*argv, out=f"out{argv[0]}").stdout == target.untraced(*argv).stdout


def test_the_tree_stays_clean(program: Write) -> None:
    """No `__pycache__` and no other file appears in the target's tree."""
    target = program("import helper\nhelper.work()\n", {"helper.py": "def work(): pass\n"})
    before = sorted(target.root.rglob("*"))
    target.record()
    assert sorted(target.root.rglob("*")) == before


def test_the_scratch_folder_is_removed(program: Write) -> None:
    """A workload without a working folder runs in a scratch one that is gone afterwards."""
    target = program("import os, sys; open('left', 'w').close(); sys.exit(os.getcwd())")
    recording = target.record()
    assert recording.exit_status == 1
    assert recording.stderr_tail == "<scratch>"


def test_a_killed_target_leaves_its_recording(program: Write) -> None:
    """After SIGKILL all but the last moments are there, and the recording says it is incomplete."""
    target = program(
        """
        import os, signal, time
        def early(): pass
        early()  # runs: early
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    recording = target.record()
    assert not recording.is_complete
    assert recording.why_incomplete == "the target was killed by signal 9 (SIGKILL)"
    assert recording.exit_status == 137
    assert "early" in {call.callee.qualname for call in recording.calls}


@pytest.mark.parametrize(
    "send", ["os.kill(os.getpid(), N)", "os.killpg(0, N)", "signal.pthread_kill(get_ident(), N)"]
)
def test_before_it_kills_itself_the_log_is_written(send: str, program: Write) -> None:
    """A signal that a process sends to itself loses nothing, not even a moment before."""
    target = program(
        f"""
        import os, signal, sys
        from _thread import get_ident
        os.setpgid(0, 0)
        N = signal.SIGTERM
        def last(): pass
        sys.audit("os.kill", "no", "numbers")
        sys.audit("os.kill")
        os.kill(os.getpid(), 0)  # asks whether it is there
        last()  # runs: last
        {send}
        """
    )
    recording = target.record()
    assert recording.why_incomplete == "the target was killed by signal 15 (SIGTERM)"
    assert recording.dropped == 0
    assert target.expected() <= edges_of(recording)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_before_the_recording_began_ends_us_too(number: int, program: Write) -> None:
    """There is no recording to read, and that is nobody's mistake: we end as the target did."""
    waiting = """
        import sys, time
        if any(word.endswith("bootstrap.py") for word in sys.orig_argv):
            print("starting", flush=True)
            time.sleep(60)
        """
    target = program("print('never')", {"site/sitecustomize.py": waiting})
    command = [
        *(sys.executable, str(Path(__file__).with_name("run_trace.py"))),
        *("--python", str(target.python), "--root", str(target.root)),
        *("--out", str(target.root.parent / "o"), "--", "main.py"),
    ]
    with subprocess.Popen(
        command,
        cwd=target.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(target.root / "site")},
        # Ctrl-C is ignored where a shell started us with `&`.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        start_new_session=True,
    ) as parent:
        assert parent.stdout and parent.stdout.readline() == "starting\n"
        parent.send_signal(number)
        said = parent.communicate()
    assert parent.returncode == -number
    assert said[0] == "" and "did not start" not in said[1]


def test_where_nothing_can_be_written_it_is_said_in_one_line(program: Write) -> None:
    """Under a limit of file sizes that not even our plan fits into, nothing is started."""
    target = program("print('never')")
    out = target.root.parent / "o"
    tools = f"""
        import resource, runpy, sys
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        sys.argv = {["run_trace.py", "--python", str(target.python)]!r}
        sys.argv += {["--root", str(target.root), "--out", str(out), "--", "main.py"]!r}
        runpy.run_path({str(Path(__file__).with_name("run_trace.py"))!r}, run_name="__main__")
        """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(tools)],
        cwd=target.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.endswith("job.json: cannot be written: File too large\n")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGABRT])
def test_the_parent_dies_as_the_target_died(number: int, program: Write) -> None:
    """A shell sees the signal that killed the target."""
    target = program(f"import os, time; time.sleep(0.1); os.kill(os.getpid(), {int(number)})")
    assert target.traced().returncode == -number


def test_signals_are_handed_on(program: Write) -> None:
    """What is sent to the parent reaches the target, which may handle it."""
    target = program(
        """
        import os, signal, sys, time
        def on_term(number, frame):
            os.write(1, b"got %d\\n" % number)  # `print` may be what it interrupts
            sys.exit(5)
        signal.signal(signal.SIGTERM, on_term)
        print("ready", flush=True)
        while True:
            time.sleep(0.01)
        """
    )
    command = [
        *(sys.executable, str(Path(__file__).with_name("run_trace.py"))),
        *("--python", str(target.python), "--root", str(target.root)),
        *("--out", str(target.root.parent / "o"), "--", "main.py"),
    ]
    with subprocess.Popen(command, cwd=target.root, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout and parent.stdout.readline() == "ready\n"
        parent.terminate()
        rest = parent.stdout.read()
    assert (rest, parent.returncode) == (f"got {int(signal.SIGTERM)}\n", 5)


def test_the_budget_ends_the_recording_not_the_program(program: Write) -> None:
    """After the time budget the program goes on to its end, unrecorded and labelled."""
    target = program(
        """
        import time
        def early(): pass
        def late(): pass
        def spin(until):
            while time.monotonic() < until:
                early()
        spin(time.monotonic() + 0.6)
        late()
        print("done")
        """
    )
    recording = target.record(time_budget_s=0.2)
    assert recording.why_incomplete == "time budget of 0.2 s reached"
    assert recording.exit_status == 0
    names = {call.callee.qualname for call in recording.calls}
    assert "early" in names and "late" not in names


def test_a_kill_after_the_budget_does_not_hide_it(program: Write) -> None:
    """Else the counts would pass for those of the whole time."""
    target = program(
        """
        import os, signal, time
        def early(): pass
        end = time.monotonic() + 1
        while time.monotonic() < end:
            early()
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    recording = target.record(time_budget_s=0.2)
    budget, _, killed = recording.why_incomplete.partition("; afterwards ")
    assert budget == "time budget of 0.2 s reached"
    assert killed == "the target was killed by signal 9 (SIGKILL)"


def test_run_ends_a_target_after_budget_and_grace(program: Write) -> None:
    """With `end_after_budget` the target is ended, and the recording says so."""
    target = program("import time\ntime.sleep(60)\n")
    began = time.monotonic()
    recording = target.record(time_budget_s=0.2, end_after_budget=True, grace_s=0.3)
    assert time.monotonic() - began < 20
    assert "time budget and grace" in recording.why_incomplete


def test_a_target_that_closes_our_file_does_not_end_the_log(program: Write) -> None:
    """Descriptors closed, `open` and the clock gone, working folder changed: the log goes on."""
    target = program(
        """
        import builtins, os, time
        def early(): pass
        def late(): pass
        early()
        os.closerange(3, 2000)
        theirs = os.open("theirs", os.O_CREAT | os.O_RDWR)
        os.chdir("/")
        builtins.open = os.open = os.write = None
        sleep, time.monotonic = time.sleep, None
        sleep(0.3)
        late()
        sleep(0.3)
        print(os.fstat(theirs).st_size)
        """
    )
    traced = target.traced()
    assert (traced.returncode, traced.stdout) == (0, "0\n"), traced.stderr
    recording = read_recording(target.root.parent / "traced")
    assert {"early", "late"} <= {call.callee.qualname for call in recording.calls}
    assert recording.is_complete


@pytest.mark.parametrize("is_in_time", [True, False], ids=["in time", "too late"])
def test_a_slow_writer_is_waited_for(is_in_time: bool, program: Write) -> None:
    """The end of a run comes while a part of the log is being written; what is lost is told."""
    target = program(
        """
        import _thread, gc, sys, time

        def leaf(): pass

        def body():
            for _ in range(3_000):
                leaf()

        (recorder,) = (each for each in gc.get_objects() if type(each).__name__ == "Recorder")
        if "late" in sys.argv:
            recorder.flush.__globals__["_LONGEST_TURN_S"] = 0.1
        is_writing = _thread.allocate_lock()
        is_writing.acquire()

        def write():
            with recorder._flushing:
                is_writing.release()
                time.sleep(4)

        _thread.start_new_thread(write, ())
        is_writing.acquire()
        body()
        """
    )
    recording = target.record("main.py", *(() if is_in_time else ("late",)))
    assert recording.exit_status == 0
    if is_in_time:
        assert recording.is_complete, recording.why_incomplete
        calls = [each.calls for each in recording.calls if each.callee.qualname == "leaf"]
        assert sum(calls) == 3_000
    else:
        assert "took too long to write" in recording.why_incomplete


def test_a_fork_leaves_the_log_to_its_parent(program: Write) -> None:
    """What a forked child does is not recorded, does no harm, and is said."""
    target = program(
        """
        import os
        def child(): pass
        def parent(): pass
        pid = os.fork()
        if not pid:
            child()
            os._exit(0)
        os.waitpid(pid, 0)
        parent()
        """
    )
    recording = target.record()
    names = {call.callee.qualname for call in recording.calls}
    assert "parent" in names and "child" not in names
    assert recording.is_complete
    assert any("forked" in sentence for sentence in recording.cannot_see)


def test_interrupts_inside_the_hook_are_not_lost(program: Write) -> None:
    """A handler that raises while our hook runs is caught as ever, and recording goes on."""
    target = program(
        """
        import signal, time
        def leaf(): pass
        def after(): pass
        class Stop(BaseException): pass
        def stop(number, frame): raise Stop
        def work(until):  # from 3.11 on, a loop right below `try` may let it escape, untraced too
            while time.monotonic() < until: leaf()
        signal.signal(signal.SIGALRM, stop)
        caught = 0
        for _ in range(20):
            try:  # around the timer, too: on a busy machine it rings before the next line
                signal.setitimer(signal.ITIMER_REAL, 0.005)
                work(time.monotonic() + 5)
            except Stop:
                caught += 1
        after()
        print(caught)
        """
    )
    traced = target.traced()
    assert (traced.returncode, traced.stdout) == (0, "20\n"), traced.stderr
    recording = read_recording(target.root.parent / "traced")
    assert "after" in {call.callee.qualname for call in recording.calls}


def test_signals_that_come_in_an_audit_hook_are_not_held_back(program: Write) -> None:
    """They are handled when the hook returns, whichever event it was; none waits for another."""
    target = program(
        """
        import signal, time
        came = []
        def work(): pass
        def wait():
            until = time.monotonic() + 2
            while not came and time.monotonic() < until:
                work.__code__  # raises an event that nobody wants to hear
        signal.signal(signal.SIGALRM, lambda number, frame: came.append(number))
        late = 0
        for _ in range(60):
            came.clear()
            signal.setitimer(signal.ITIMER_REAL, 0.002)
            wait()
            late += not came
        print(late)
        """
    )
    traced = target.traced()
    assert (traced.returncode, traced.stdout) == (0, "0\n"), traced.stderr


def test_values_are_never_looked_at(program: Write) -> None:
    """Nothing of a value is touched unless a tap asks, and not its own code even then."""
    target = program(
        """
        class Touchy:
            def __getattribute__(self, name): print("touched", name)
            def __repr__(self): print("repr")
            def __eq__(self, other): print("eq")
            def __hash__(self): print("hash"); return 1
            def __len__(self): print("len"); return 1
            def __bool__(self): print("bool"); return True
        def take(value, secret="s3cr3t-Value"): raise KeyError(value)
        try:
            take(Touchy())
        except KeyError:
            pass
        """
    )
    traced = target.traced()
    assert (traced.stdout, traced.stderr) == ("", "")
    for file in (target.root.parent / "traced").rglob("*"):
        assert file.is_dir() or b"s3cr3t" not in file.read_bytes()


def test_a_recording_is_not_overwritten(program: Write, tmp_path: Path) -> None:
    """The second run into one folder is refused, and the first recording stays as it was."""
    target = program("pass")
    assert target.traced().returncode == 0
    before = (tmp_path / "traced" / "recording.jsonl").read_bytes()
    again = target.traced()
    assert again.returncode == 2
    assert "there is a recording already" in again.stderr
    assert (tmp_path / "traced" / "recording.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("missing.py",), "no such script"),
        (("-m",), "expected a name"),
        (("--fast",), "expected a script"),
        ((), "nothing to run"),
    ],
)
def test_what_cannot_be_started_is_one_line(
    argv: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    """A workload that cannot start is the user's mistake, told on one line."""
    plan = TracePlan(str(tmp_path), (), Workload("w1", argv))
    with pytest.raises(WorkloadError, match=message) as caught:
        trace(plan, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not os.path.exists(tmp_path / "out" / "recording.jsonl")
