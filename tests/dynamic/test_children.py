"""Processes that the program starts are recorded too where that is asked for, and only there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracer.dynamic.recording import read_recording
from tracer.dynamic.tree import render_tree
from tracer.model.recording import Recording

Write = Callable[..., Any]

WORKER = """
    import sys
    def inner(): pass
    def work():
        inner()
    work()
    print("worker", sys.argv[1:], __name__, flush=True)
"""

STARTS = {
    "subprocess": """
        import subprocess, sys
        def start():
            subprocess.run([sys.executable, "worker.py", "a"])
        start()
    """,
    "subprocess with an environment of its own": """
        import os, subprocess, sys
        def start():
            given = {"PATH": os.environ["PATH"], "PYTHONPATH": "nowhere"}
            subprocess.run([sys.executable, "-B", "worker.py"], env=given)
        start()
    """,
    "a copy of the environment": """
        import os, subprocess, sys
        def start():
            subprocess.run([sys.executable, "-m", "worker"], env=dict(os.environ, A="b"))
        start()
    """,
    "posix_spawn": """
        import os, sys
        def start():
            pid = os.posix_spawn(sys.executable, [sys.executable, "worker.py"], os.environ)
            os.waitpid(pid, 0)
        start()
    """,
    "a shell": """
        import os, sys
        def start():
            os.system(sys.executable + " worker.py")
        start()
    """,
    "os.spawnv": """
        import os, sys
        def start():
            os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "worker.py"])
        start()
    """,
    "os.execv": """
        import os, sys
        def start():
            os.execv(sys.executable, [sys.executable, "worker.py", "a b"])
        start()
    """,
    "os.execvpe": """
        import os, sys
        def start():
            given = dict(os.environ, PATH="/nowhere:" + os.path.dirname(sys.executable))
            name = os.path.basename(sys.executable)
            os.execvpe(name, [name, "worker.py"], given)
        start()
    """,
}


@pytest.mark.parametrize("case", STARTS)
def test_what_a_child_calls_is_recorded(case: str, program: Write) -> None:
    """However a Python is started, its calls are there, with the place that started it."""
    target = program(STARTS[case], {"worker.py": WORKER})
    untraced, traced = target.untraced(), target.traced(children="")
    assert (traced.returncode, traced.stdout, traced.stderr) == (
        untraced.returncode,
        untraced.stdout,
        untraced.stderr,
    )
    recording = read_recording(target.root.parent / "traced")
    assert ("work", "inner") in _pairs(recording)
    assert recording.is_complete, recording.why_incomplete
    child = next(
        process
        for process in recording.processes
        if process.program.endswith("worker.py") or process.program == "-m worker"
    )
    assert child.is_recorded and child.started_at is not None
    assert child.started_at.frame.qualname == "start"
    calls = [call for call in recording.calls if call.callee.qualname == "inner"]
    assert [call.processes for call in calls] == [(child.name,)]


def test_without_being_asked_children_are_left_alone(program: Write) -> None:
    """Off by default: nothing in the environment, no log, and the recording says so."""
    target = program(
        """
        import os, subprocess, sys
        subprocess.run([sys.executable, "-c", "import os; print(sorted(os.environ))"])
        print(os.system.__name__, type(os.execv).__name__)
        """
    )
    untraced, traced = target.untraced(), target.traced()
    assert traced.stdout == untraced.stdout
    out = target.root.parent / "traced"
    assert [each.name for each in out.glob("recording*")] == ["recording.jsonl"]
    recording = read_recording(out)
    assert recording.processes == ()
    assert any("Child processes" in sentence for sentence in recording.cannot_see)


def test_a_followed_child_cannot_see_it_in_its_environment(program: Write) -> None:
    """Variables, path, modules and `sitecustomize` of a followed child are the untraced ones."""
    target = program(
        """
        import os, subprocess, sys
        given = dict(os.environ)
        for path in (None, "", "a", "a:", "a::b"):
            if path is not None:
                given["PYTHONPATH"] = path
            subprocess.run([sys.executable, "child.py"], env=given)
        os.environ.update(given)
        subprocess.run([sys.executable, "child.py"])
        """,
        {
            "child.py": """
                import os, sys
                print(sorted(os.environ.items()))
                print(sys.path, sys.argv, sys.orig_argv, sys.flags, sys.gettrace())
                print(sorted(globals()), __file__, __builtins__ is sys.modules["builtins"])
                print(sorted(set(sys.modules) - {"_posixsubprocess"}))
                print(sys.path_importer_cache.keys())
                print("sitecustomize" in sys.modules)
            """
        },
    )
    untraced, traced = target.untraced(), target.traced(children="")
    assert traced.stdout == untraced.stdout
    assert traced.stderr == untraced.stderr == ""


def test_the_sitecustomize_of_the_target_still_runs(program: Write) -> None:
    """The target's own `sitecustomize` on `PYTHONPATH` is imported as ever."""
    target = program(
        """
        import os, subprocess, sys
        given = dict(os.environ, PYTHONPATH=os.path.abspath("site"))
        run = [sys.executable, "-c", "import sys; print(sys.modules['sitecustomize'].__file__)"]
        subprocess.run(run, env=given)
        """,
        {"site/sitecustomize.py": "print('theirs')\n"},
    )
    untraced, traced = target.untraced(), target.traced(children="")
    assert traced.stdout == untraced.stdout
    assert traced.stdout.startswith("theirs\n")


MULTIPROCESSING = """
    import multiprocessing, sys
    def square(number):
        return helper(number)
    def helper(number):
        return number * number
    def main(method):
        context = multiprocessing.get_context(method)
        process = context.Process(target=square, args=(3,))
        process.start()
        process.join()
        print(process.exitcode)
    if __name__ == "__main__":
        main(sys.argv[1])
"""


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_multiprocessing_is_followed(method: str, program: Write) -> None:
    """A function of the script that ran in a child is the function of the script."""
    target = program(MULTIPROCESSING)
    untraced, traced = (
        target.untraced("main.py", method),
        target.traced("main.py", method, children=""),
    )
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, "0\n", untraced.stderr)
    recording = read_recording(target.root.parent / "traced")
    (call,) = [call for call in recording.calls if call.callee.qualname == "helper"]
    assert call.caller is not None
    assert (call.caller.module, call.caller.qualname, call.calls) == ("__main__", "square", 1)
    assert call.processes and "main" not in call.processes
    assert recording.exit_status == 0


POOL = """
    import multiprocessing, sys
    def leaf(number): return number
    def work(number):
        return leaf(number)
    if __name__ == "__main__":
        with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
            print(pool.map(work, range(40), chunksize=5))
"""


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_workers_of_a_pool_lose_nothing(method: str, program: Write) -> None:
    """A pool ends its workers by SIGTERM just after the work; all of it is there all the same."""
    target = program(POOL)
    traced = target.traced("main.py", method, children="")
    assert (traced.returncode, traced.stderr) == (0, "")
    assert traced.stdout == f"{list(range(40))}\n"
    recording = read_recording(target.root.parent / "traced")
    assert recording.is_complete, recording.why_incomplete
    calls = [call for call in recording.calls if call.callee.qualname == "leaf"]
    assert sum(call.calls for call in calls) == 40


def test_sigterm_ends_a_followed_child_as_ever(program: Write) -> None:
    """Its status, what it says of its handler, and a handler of its own are the untraced ones."""
    target = program(
        """
        import signal, subprocess, sys, time
        def child(*words):
            run = [sys.executable, "child.py", *words]
            with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as started:
                print(started.stdout.readline())
                time.sleep(0.3)  # it is still printing, and a handler that prints must not be in it
                started.terminate()
                print(started.stdout.read())
            print(started.returncode)
        child()
        child("handled")
        child("ignored")
        """,
        {
            "child.py": """
                import signal, sys, time
                def on_term(number, frame):
                    print("handled", flush=True)
                    sys.exit(3)
                print(signal.getsignal(signal.SIGTERM), end=" ")
                if sys.argv[1:] == ["handled"]:
                    print(signal.signal(signal.SIGTERM, on_term), end=" ")
                if sys.argv[1:] == ["ignored"]:
                    print(signal.signal(signal.SIGTERM, signal.SIG_IGN), end=" ")
                print("ready", flush=True)
                time.sleep(0.5 if sys.argv[1:] == ["ignored"] else 20)
            """
        },
    )
    untraced, traced = target.untraced(), target.traced(children="")
    assert traced.stdout == untraced.stdout
    assert traced.stderr == untraced.stderr == ""


ENDED_AT = {
    "a lock that no signal wakes": """
        def ends(child):
            def tell():
                time.sleep(0.3)
                signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
            child.append(threading.Thread(target=tell))
            child[0].start()
        def hang():
            held = threading.Lock()
            held.acquire()
            held.acquire()
        """,
    "native code that goes on": """
        def ends(child):
            ended = "sleep 0.3; kill -TERM $1"
            child.append(subprocess.Popen(["sh", "-c", ended, "-", str(os.getpid())]))
        def hang():
            import ctypes
            ctypes.CDLL(None).system(b"exec sleep 45 >/dev/null 2>&1")
        """,
}


@pytest.mark.parametrize("descriptors", ["kept", "closed", "given"])
@pytest.mark.parametrize("case", ENDED_AT)
def test_sigterm_ends_a_followed_child_whatever_its_main_thread_is_at(
    case: str, descriptors: str, program: Write
) -> None:
    """The interpreter runs no handler there: the signal came to another thread, or C goes on."""
    target = program(
        """
        import multiprocessing, os, signal, subprocess, sys, threading, time
        """
        + ENDED_AT[case]
        + """
        def work(): pass
        def run(descriptors):
            work()
            if descriptors == "closed":
                os.closerange(3, 1000)
            if descriptors == "given":
                reads, writes = os.pipe()
                os.set_blocking(writes, False)
                print(signal.set_wakeup_fd(writes), flush=True)
                print(signal.set_wakeup_fd(-1) == writes, flush=True)
            ends([])
            hang()
        if __name__ == "__main__":
            process = multiprocessing.get_context("fork").Process(target=run, args=sys.argv[1:])
            process.start()
            process.join(30)
            print(process.exitcode)
            process.kill()
        """
    )
    untraced = target.untraced("main.py", descriptors)
    traced = target.traced("main.py", descriptors, children="")
    assert untraced.stdout.splitlines()[-1] == "-15"
    assert (traced.stdout, traced.stderr) == (untraced.stdout, untraced.stderr)
    recording = read_recording(target.root.parent / "traced")
    assert ("run", "work") in _pairs(recording)
    assert ("run", "hang") in _pairs(recording)
    assert recording.is_complete, recording.why_incomplete


def test_a_wakeup_descriptor_that_the_target_closed_raises_nothing(program: Write) -> None:
    """Nobody can write signals there again, in the child or in a child of that one."""
    target = program(
        """
        import os, signal
        def work(left):
            if left:
                pid = os.fork()
                if not pid:
                    work(left - 1)
                    os._exit(left)
                print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
        reads, writes = os.pipe()
        os.set_blocking(writes, False)
        signal.set_wakeup_fd(writes)
        os.close(writes)
        work(2)
        print(signal.set_wakeup_fd(-1) == writes)
        """
    )
    untraced, traced = target.untraced(), target.traced(children="")
    assert untraced.stdout == "1\n2\nTrue\n"
    assert (traced.stdout, traced.stderr) == (untraced.stdout, untraced.stderr)
    recording = read_recording(target.root.parent / "traced")
    assert ("work", "work") in _pairs(recording)
    assert recording.is_complete, recording.why_incomplete


def test_forks_go_on_with_a_log_of_their_own(program: Write) -> None:
    """Calls before a fork are the parent's, those after it whoever made them; grandchildren too."""
    target = program(
        """
        import os
        def before(): pass
        def parent(): pass
        def child(): pass
        def grandchild(): pass
        def both(): pass
        before()
        pid = os.fork()
        if not pid:
            child(); both()
            if not os.fork():
                grandchild()
                os._exit(0)
            os.wait()
            os._exit(0)
        os.waitpid(pid, 0)
        parent(); both()
        """
    )
    recording = target.record(cwd=str(target.root), follows_children=True)
    found = {
        call.callee.qualname: (call.calls, call.processes)
        for call in recording.calls
        if call.callee.qualname != "<module>"
    }
    assert recording.is_complete, recording.why_incomplete
    assert [process.name for process in recording.processes] == ["1", "1.1"]
    assert {process.how for process in recording.processes} == {"fork"}
    assert found["before"] == (1, ("main",))
    assert found["parent"] == (1, ("main",))
    assert found["child"] == (1, ("1",))
    assert found["grandchild"] == (1, ("1.1",))
    assert {name for name, (_, who) in found.items() if len(who) == 2} == {"both"} or (
        sum(1 for call in recording.calls if call.callee.qualname == "both") == 2
    )


def test_functions_that_are_called_often_are_counted_exactly_in_each_process(
    program: Write,
) -> None:
    """Thousands of calls before a fork, in the fork, in its parent, and before an exec."""
    target = program(
        """
        import os, sys
        def leaf(): pass
        def work(times):
            for _ in range(times):
                leaf()
        def main():
            work(2_000)
            pid = os.fork()
            work(3_000 if pid else 5_000)
            if pid:
                os.waitpid(pid, 0)
                work(1_000)
                os.execv(sys.executable, [sys.executable, "-c", "pass"])
            os._exit(0)
        main()
        """
    )
    traced = target.traced(children="")
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, "", "")
    recording = read_recording(target.root.parent / "traced")
    child = read_recording(target.root.parent / "traced" / "recording.1.jsonl")
    assert (_times(recording, "leaf"), _times(child, "leaf")) == (11_000, 5_000)
    assert (_times(recording, "work"), _times(child, "work")) == (4, 1)


def test_what_a_parent_did_is_told_again_of_its_fork(program: Write) -> None:
    """The log of the fork is its own: an effect that its parent's log has is new in there."""
    target = program(
        """
        import os, sys
        def read():
            with open(__file__): pass
        def main():
            for _ in range(2):
                read()
            pid = os.fork()
            for _ in range(3):
                read()
            if not pid:
                os._exit(0)
            os.waitpid(pid, 0)
        main()
        """
    )
    target.traced(children="")
    folder = target.root.parent / "traced"
    found = {
        name: [
            effect.times
            for effect in read_recording(folder / name).effects
            if effect.subject.endswith("main.py")
        ]
        for name in ("recording.jsonl", "recording.1.jsonl")
    }
    assert found == {"recording.jsonl": [5, 3], "recording.1.jsonl": [3]}  # the first holds all


def _times(recording: Recording, name: str) -> int:
    return sum(call.calls for call in recording.calls if call.callee.qualname == name)


def test_names_are_those_of_the_starts(program: Write) -> None:
    """Names count starts, not process ids: what is no Python has a name, and no recording."""
    target = program(
        """
        import subprocess, sys
        slow = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.5)"])
        subprocess.run(["true"])
        subprocess.run([sys.executable, "worker.py"], stdout=subprocess.DEVNULL)
        subprocess.run([sys.executable, "-I", "worker.py"], stdout=subprocess.DEVNULL)
        slow.wait()
        """,
        {"worker.py": WORKER},
    )
    first = target.record(cwd=str(target.root), follows_children=True)
    again = target.record(cwd=str(target.root), follows_children=True, out="again")
    assert first == again
    said = [(each.name, each.is_recorded, each.program) for each in first.processes]
    assert said[:3] == [("1", True, "-c"), ("2", False, "true"), ("3", True, "worker.py")]
    assert said[3][:2] == ("4", False)
    assert first.processes[3].program.startswith("python")


def test_edges_name_their_processes(program: Write) -> None:
    """`edges.json` names the processes of each edge, and where each was started."""
    target = program(STARTS["subprocess"], {"worker.py": WORKER})
    target.traced(children="")
    document = json.loads((target.root.parent / "traced" / "edges.json").read_text())
    (process,) = document["processes"]
    assert (process["name"], process["how"], process["recorded"]) == ("1", "spawn", True)
    assert (process["started_by"]["qualname"], process["started_line"]) == ("start", 3)
    who = {
        (edge["caller"]["qualname"], edge["callee"]["qualname"]): edge["processes"]
        for edge in document["edges"]
    }
    assert who == {
        ("<module>", "start"): ["main"],
        ("<module>", "work"): ["1"],
        ("work", "inner"): ["1"],
    }


def test_a_killed_child_is_said(program: Write) -> None:
    """A child that was killed leaves what it had written, and the recording is incomplete."""
    target = program(
        """
        import os, signal, subprocess, sys
        subprocess.run([sys.executable, "child.py"])
        """,
        {
            "child.py": """
                import os, signal, time
                def early(): pass
                early()
                time.sleep(0.5)
                os.kill(os.getpid(), signal.SIGKILL)
            """
        },
    )
    recording = target.record(cwd=str(target.root), follows_children=True)
    assert not recording.is_complete
    assert recording.why_incomplete.startswith("process 1: ")
    assert "early" in {call.callee.qualname for call in recording.calls}


def test_the_budget_is_that_of_the_run(program: Write) -> None:
    """A child that starts after the time budget has ended records nothing more."""
    target = program(
        """
        import subprocess, sys, time
        time.sleep(0.6)
        subprocess.run([sys.executable, "worker.py"])
        """,
        {"worker.py": WORKER},
    )
    recording = target.record(cwd=str(target.root), follows_children=True, time_budget_s=0.2)
    assert "time budget" in recording.why_incomplete
    assert ("work", "inner") not in _pairs(recording)


def test_each_process_has_roots_of_its_own(program: Write) -> None:
    """The call trees of several processes stand one after the other, each with its own roots."""
    target = program(STARTS["subprocess"], {"worker.py": WORKER})
    recording = target.record(cwd=str(target.root), follows_children=True)
    chains = {
        (recording.tree[call.parent].frame.qualname, call.frame.qualname)
        for call in recording.tree
        if call.parent >= 0
    }
    assert chains == {("<module>", "start"), ("<module>", "work"), ("work", "inner")}
    text = render_tree(recording)
    assert "# process 1: worker.py, by spawn from start (main.py:3)\n" in text
    assert "<module> (worker.py:1) in process 1\n" in text
    roots = {(call.callee.path, call.through) for call in recording.calls if call.caller is None}
    assert roots == {("main.py", "program"), ("worker.py", "program")}


def _pairs(recording: Recording) -> set[tuple[str, str]]:
    return {
        (call.caller.qualname, call.callee.qualname)
        for call in recording.calls
        if call.caller is not None
    }


def test_a_tracer_that_was_there_first_goes_on(
    program: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A child whose `.pth` file starts a tracer, as coverage's does, keeps it beside ours."""
    target = program(
        """
        import subprocess, sys
        print(subprocess.run([sys.executable, "worker.py"], capture_output=True).stdout)
        """,
        {
            "worker.py": """
                import sys
                def inner(): pass
                def work():
                    inner()
                work()
                theirs = sys.gettrace()
                print(sorted(theirs.__self__.seen & {"inner", "work"}))
            """,
            "own/tracing.py": """
                import atexit, sys
                class Tracer:
                    seen = set()
                    def on_event(self, frame, event, argument):
                        self.seen.add(frame.f_code.co_name)
                        return self.on_event
                tracer = Tracer()
                atexit.register(lambda: print(sys.gettrace() == tracer.on_event))
                sys.settrace(tracer.on_event)
            """,
        },
    )
    asked = [target.python, "-c", "import site; print(site.getusersitepackages())"]
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path / "base"))
    place = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    place.mkdir(parents=True)
    own = target.root / "own"
    (place / "own.pth").write_text(f"import sys; sys.path.append({str(own)!r}); import tracing\n")
    untraced, traced = target.untraced(), target.traced(children="")
    assert traced.stdout == untraced.stdout == repr(b"['inner', 'work']\nTrue\n") + "\nTrue\n"
    recording = read_recording(target.root.parent / "traced")
    assert ("work", "inner") in _pairs(recording)
