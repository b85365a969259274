"""Watched objects: who changed what, on which line; and that the target is none the wiser."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracer.dynamic.recording import read_recording
from tracer.dynamic.watches import parse_watches
from tracer.errors import WorkloadError
from tracer.model.recording import Recording, StateWrite

Write = Callable[..., Any]

PARAMS = """
    cfg = {"N": 64, "nested": {"lr": 0.1}}
    limit = 3

    class Settings:
        mode = "a"
        table = {}

    def set(key, value):
        cfg[key] = value  # LINE set
"""
MAIN = """
    import params
    from params import cfg

    def bridge(target, values):
        for key, value in values.items():
            target[key] = value  # LINE bridge

    def work():
        params.set("N", 65)  # LINE call set
        cfg.update(N=66, extra=[1])  # LINE update
        cfg["nested"]["lr"] = 0.2  # LINE nested
        cfg.setdefault("z", 1)  # LINE setdefault
        cfg.setdefault("z", 2)
        cfg.pop("extra")  # LINE pop
        del cfg["z"]  # LINE del
        bridge(cfg, {"q": 5})  # LINE call bridge
        globals()["cfg"] |= {"r": (1, 2)}  # LINE ior
        cfg.popitem()  # LINE popitem

    work()  # LINE call work
    params.Settings.mode = "b"  # LINE mode
    params.Settings.table["k"] = 1  # LINE table
    params.limit = 4  # LINE limit
    params.cfg = {"new": 1}  # LINE rebind
    cfg["lost"] = 1
    params.cfg["other"] = 2  # LINE other
    params.cfg.clear()  # LINE clear
    del params.limit  # LINE unbind
    print("done")
"""


def _lines(program: Any) -> dict[str, str]:
    """`main.py:12` for what stands behind `# LINE` there."""
    return {
        text.partition("# LINE ")[2].strip(): f"{path.name}:{number}"
        for path in program.root.glob("*.py")
        for number, text in enumerate(path.read_text().splitlines(), 1)
        if "# LINE " in text
    }


def _at(write: StateWrite) -> tuple[str, ...]:
    return tuple(f"{place.frame.path}:{place.line}" for place in write.chain)


def _told(recording: Recording, name: str, *, initial: bool = False) -> list[tuple[Any, ...]]:
    """What was told of an object: change, key, old, new and the line."""
    return [
        (write.change, write.key, write.old, write.new, (_at(write) or ("",))[0])
        for write in recording.state_writes
        if write.object == name and (write.change == "initial") == initial
    ]


def test_every_change_has_its_key_its_values_and_its_line(program: Write) -> None:
    """All ways to change a dict, in order, with their callers; no store that changes nothing.

    From Python 3.12 on the interpreter tells, and it is labelled exact; before, lines are compared.
    """
    target = program(MAIN, {"params.py": PARAMS})
    recording = target.record(watched=("params:cfg",))
    line = _lines(target)
    told = _told(recording, "params:cfg")
    is_exact = _version(target) >= (3, 12)
    cleared = (
        [("cleared", "", "dict len 2 keys 'new', 'other'", "", line["clear"])]
        if is_exact
        else [
            ("deleted", "new", "int 1", "", line["clear"]),
            ("deleted", "other", "int 2", "", line["clear"]),
        ]
    )
    assert told == [
        ("bound", "", "", "dict len 2 keys 'N', 'nested'", "params.py:1"),
        ("modified", "N", "int 64", "int 65", line["set"]),
        ("modified", "N", "int 65", "int 66", line["update"]),
        ("added", "extra", "", "list len 1 [1]", line["update"]),
        ("modified", "['nested']['lr']", "float 0.1", "float 0.2", line["nested"]),
        ("added", "z", "", "int 1", line["setdefault"]),
        ("deleted", "extra", "list len 1 [1]", "", line["pop"]),
        ("deleted", "z", "int 1", "", line["del"]),
        ("added", "q", "", "int 5", line["bridge"]),
        ("added", "r", "", "tuple len 2 (1, 2)", line["ior"]),
        ("deleted", "r", "tuple len 2 (1, 2)", "", line["popitem"]),
        (
            "rebound",
            "",
            "dict len 3 keys 'N', 'nested', 'q'",
            "dict len 1 keys 'new'",
            line["rebind"],
        ),
        ("added", "other", "", "int 2", line["other"]),
        *cleared,
    ]
    assert _told(recording, "params:cfg", initial=True) == [
        ("initial", "N", "", "int 64", "params.py:1"),
        ("initial", "nested", "", "dict len 1 keys 'lr'", "params.py:1"),
        ("initial", "['nested']['lr']", "", "float 0.1", "params.py:1"),
        ("initial", "new", "", "int 1", line["rebind"]),
    ]
    chains = {write.key: _at(write) for write in recording.state_writes}
    assert chains["q"] == (line["bridge"], line["call bridge"], line["call work"])
    first = next(write for write in recording.state_writes if write.key == "N" and write.old)
    assert _at(first) == (line["set"], line["call set"], line["call work"])
    how = {write.how for write in recording.state_writes if write.change != "initial"}
    assert how == ({"exact"} if is_exact else {"by diff"})
    assert [(each.name, each.how) for each in recording.watched] == [("params:cfg", *how)]
    by_diff = [text for text in recording.cannot_see if "by diff" in text]
    assert bool(by_diff) != is_exact
    assert recording.dropped == 0


def _version(target: Any) -> tuple[int, ...]:
    answer = subprocess.run(
        [target.python, "-c", "import sys; print(*sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(map(int, answer.stdout.split()))


def test_names_and_attributes_of_classes(program: Write) -> None:
    """A name that stands for another value, an attribute of a class, a dict that a class holds."""
    target = program(MAIN, {"params.py": PARAMS})
    watched = ("params:limit", "params:Settings.mode", "params:Settings.table")
    recording = target.record(watched=watched)
    line = _lines(target)
    assert _told(recording, "params:limit") == [
        ("bound", "", "", "int 3", "params.py:2"),
        ("rebound", "", "int 3", "int 4", line["limit"]),
        ("unbound", "", "int 4", "", line["unbind"]),
    ]
    assert _told(recording, "params:Settings.mode")[1:] == [
        ("rebound", "", "str len 1 'a'", "str len 1 'b'", line["mode"])
    ]
    assert _told(recording, "params:Settings.table")[1:] == [
        ("added", "k", "", "int 1", line["table"])
    ]


def test_the_name_alone(program: Write) -> None:
    """With `=` behind it only what the name stands for is told, and not what the object holds."""
    target = program(MAIN, {"params.py": PARAMS})
    recording = target.record(watched=("params:cfg=",))
    assert [each[0] for each in _told(recording, "params:cfg")] == ["bound", "rebound"]
    assert [(each.name, bool(each.how)) for each in recording.watched] == [("params:cfg", True)]


def test_what_is_not_watched_is_not_told(program: Write) -> None:
    """Without `watched` there is nothing of it, and nothing is loaded for it."""
    target = program(
        MAIN + '    print("_ctypes" in open("/proc/self/maps").read())\n', {"params.py": PARAMS}
    )
    recording = target.record()
    assert (recording.watched, recording.state_writes) == ((), ())
    log = (target.root.parent / "out" / "recording.jsonl").read_text()
    assert '"t":"state"' not in log
    assert target.traced().stdout == "done\nFalse\n" == target.untraced().stdout


def test_what_is_not_there_is_said(program: Write) -> None:
    """A module that is never imported, a name that never is, an attribute that is missing."""
    target = program(MAIN, {"params.py": PARAMS})
    watched = ("nowhere:x", "params:nope", "params:Settings.nope", "params:set.deeper")
    recording = target.record(watched=watched)
    assert {each.name: (each.how, each.why) for each in recording.watched} == {
        "nowhere:x": ("", "no module nowhere was imported"),
        "params:nope": ("", "no nope in params"),
        "params:Settings.nope": ("", "no nope in params:Settings"),
        "params:set.deeper": ("", "no deeper in params:set"),
    }
    assert recording.state_writes == ()


@pytest.mark.parametrize("spec", ["cfg", "params:", ":cfg", "a b:c", "params:cfg[1]", "p:q:r", ""])
def test_a_wrong_spec_is_refused_on_one_line(spec: str, tmp_path: Path) -> None:
    """It ends with status 2, says what was expected, and runs nothing."""
    (tmp_path / "main.py").write_text("print('ran')\n")
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "tracer", "trace", "--root", str(tmp_path)),
            *("--cwd", str(tmp_path), "--watch", spec, "-o", str(tmp_path / "out")),
            *("--", "main.py"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1
    assert "expected MODULE:NAME" in answer.stderr
    with pytest.raises(WorkloadError):
        parse_watches([spec])


def test_the_command_line_hands_it_on(tmp_path: Path) -> None:
    """`tracer trace --watch` writes `state_writes` into `edges.json`."""
    (tmp_path / "main.py").write_text("cfg = {}\ncfg['a'] = 1\n")
    out = tmp_path / "out"
    status = subprocess.run(
        [
            *(sys.executable, "-m", "tracer", "trace", "--root", str(tmp_path)),
            *("--cwd", str(tmp_path), "--watch", "__main__:cfg", "-o", str(out)),
            *("--", "main.py"),
        ],
        check=False,
        cwd=Path(__file__).parents[2],
    ).returncode
    assert status == 0
    document = json.loads((out / "edges.json").read_text())
    (watched,) = document["watched"]
    assert (watched["object"], watched["why"]) == ("__main__:cfg", None)
    assert document["state_writes"] == [
        {
            "object": "__main__:cfg",
            "key": key,
            "change": change,
            "old": None,
            "new": new,
            "how": watched["how"],
            "count": 1,
            "order": order,
            "function": {
                "path": "main.py",
                "module": "__main__",
                "qualname": "<module>",
                "line": 1,
            },
            "line": order,
            "callers": [],
            "writer": None,
            "until": None,
        }
        for order, key, change, new in (
            (1, "", "bound", "dict len 0 keys"),
            (2, "a", "added", "int 1"),
        )
    ]


def test_other_kinds_of_objects(program: Write) -> None:
    """Dicts of other classes, lists, sets, objects with attributes or slots."""
    target = program("""
        import collections
        class Loud(dict):
            def __setitem__(self, key, value):
                dict.__setitem__(self, key, ("mine", value))  # LINE loud
        class Plain:
            def __init__(self):
                self.a = 1
            def store(self, value):
                self.a = value  # LINE store
        class Slots:
            __slots__ = ("x", "y")
        loud, ordered, default = Loud(), collections.OrderedDict(), collections.defaultdict(list)
        items, members, plain, slots = [1], {1}, Plain(), Slots()
        class Space:
            kind = 1
        def work():
            loud["a"] = 1
            ordered["b"] = 2  # LINE ordered
            ordered.move_to_end("b")
            ordered.pop("b")  # LINE ordered pop
            default["c"]  # LINE default
            items.append(2)  # LINE append
            items[0] = 5  # LINE item
            members.add(2)  # LINE add
            plain.store(2)
            plain.b = 3  # LINE attribute
            del plain.b  # LINE del attribute
            slots.x = 4  # LINE slot
            Space.kind = 2  # LINE space
        work()
    """)
    names = ("loud", "ordered", "default", "items", "members", "plain", "slots", "Space")
    recording = target.record(watched=tuple(f"__main__:{name}" for name in names))
    line = _lines(target)
    told = {
        name: [each for each in _told(recording, f"__main__:{name}") if each[1]] for name in names
    }
    assert told["loud"] == [("added", "a", "", "tuple len 2 ('mine', 1)", line["loud"])]
    assert told["ordered"] == [
        ("added", "b", "", "int 2", line["ordered"]),
        ("deleted", "b", "int 2", "", line["ordered pop"]),
    ]
    assert told["default"] == [("added", "c", "", "list len 0 []", line["default"])]
    assert told["items"] == [
        ("modified", "len", "1", "2", line["append"]),
        ("added", "1", "", "int 2", line["append"]),
        ("modified", "0", "int 1", "int 5", line["item"]),
    ]
    assert told["members"] == [
        ("modified", "len", "1", "2", line["add"]),
        ("added", "int 2", "", "in", line["add"]),
    ]
    assert told["plain"] == [
        ("modified", "a", "int 1", "int 2", line["store"]),
        ("added", "b", "", "int 3", line["attribute"]),
        ("deleted", "b", "int 3", "", line["del attribute"]),
    ]
    assert told["slots"] == [("added", "x", "", "int 4", line["slot"])]
    assert told["Space"] == [("modified", "kind", "int 1", "int 2", line["space"])]
    assert recording.dropped == 0


def test_a_module_may_be_imported_late_and_again(program: Write) -> None:
    """It is found when its body begins, in a function as well, and when it is imported anew."""
    target = program(
        """
        import sys
        def use():
            import late
            late.cfg["a"] = 1  # LINE first
        use()
        del sys.modules["late"]
        use()
        """,
        {"late.py": "cfg = {}\n"},
    )
    recording = target.record(watched=("late:cfg",))
    added = [each for each in _told(recording, "late:cfg") if each[0] == "added"]
    assert added == [("added", "a", "", "int 1", _lines(target)["first"])] * 2


def test_a_writer_outside_the_namespace_is_named(program: Write) -> None:
    """The line is the nearest in the namespace; an exact change names the function that did it."""
    target = program(
        """
        import pkg.core
        """,
        {
            "pkg/__init__.py": "",
            "pkg/core.py": """
                import helper
                cfg = {}
                def work():
                    helper.fill(cfg)  # here
                work()
            """,
            "helper.py": "def fill(target):\n    target['a'] = 1\n",
        },
    )
    recording = target.record(watched=("pkg.core:cfg",), namespaces=("pkg",))
    (write,) = [each for each in recording.state_writes if each.key == "a"]
    assert _at(write)[:2] == ("pkg/core.py:4", "pkg/core.py:5")
    assert write.writer == ("helper.fill" if write.how == "exact" else "")


def test_frequent_changes_are_counted(program: Write) -> None:
    """A line that changes a key a thousand times is told a while, then counted; none is lost."""
    target = program("""
        cfg = {}
        def step(i):
            cfg["step"] = i
        for i in range(1000):
            step(i)
    """)
    recording = target.record(watched=("__main__:cfg",))
    steps = [each for each in recording.state_writes if each.key == "step"]
    assert sum(each.times for each in steps) == 1000
    assert len(steps) < 60
    assert (steps[0].new, steps[-1].new) == ("int 0", "int 999")
    assert {_at(each)[0] for each in steps} == {"main.py:3"}


def test_secrets_and_huge_values(program: Write) -> None:
    """What a key calls secret is left out, a large value is summarised, and nobody's code runs."""
    target = program("""
        class Touchy:
            def __repr__(self): print("repr ran"); return ""
            def __eq__(self, other): print("eq ran"); return True
            def __hash__(self):
                Touchy.hashed += 1
                return 1
            hashed = 0
            def __len__(self): print("len ran"); return 1
        cfg = {"password": "hunter2"}
        TOKENS = {}
        key = Touchy()
        cfg["password"] = "s3cr3t-Value"
        cfg["inner"] = {"api_key": "s3cr3t-Value"}
        cfg["inner"]["api_key"] = "s3cr3t-Value again"
        TOKENS["any"] = "s3cr3t-Value"
        class Name(str): pass
        cfg[("a", "password")] = cfg[Name("token")] = cfg[b"auth"] = "s3cr3t-Value"
        cfg["text"] = "x" * 10_000_000
        cfg["list"] = [0] * 1_000_000
        cfg[key] = key
        for i in range(100): cfg[key] = i
        cfg["x" * 1000] = 1
        print("end", Touchy.hashed)
    """)
    recording = target.record(watched=("__main__:cfg", "__main__:TOKENS"))
    changes = [each for each in recording.state_writes if each.change != "initial"]
    told = {each.key: each.new for each in changes}
    assert told["password"] == "str len 12 <redacted>"
    assert told["['inner']['api_key']"] == "str len 18 <redacted>"
    for key in ("any", "token", "('a', 'password')", "b'auth'"):
        assert told[key] == "str len 12 <redacted>"
    assert told["text"].startswith("str len 10000000 'xxx")
    assert told["list"].startswith("list len 1000000 [0, 0")
    of_touchy = [each.new for each in changes if each.key == "<__main__.Touchy>"]
    assert of_touchy[:2] == ["object __main__.Touchy", "int 0"]
    assert of_touchy[-1] == "int 99"
    log = (target.root.parent / "out" / "recording.jsonl").read_text()
    assert "s3cr3t" not in log and "hunter2" not in log
    assert max(map(len, log.splitlines())) < 10_000
    traced = target.traced(watched="__main__:cfg")
    assert (traced.stdout, traced.stderr) == ("end 101\n", "") == (target.untraced().stdout, "")


def test_threads(program: Write) -> None:
    """Changes of other threads have their lines; by diff it is said that they may be mixed up."""
    target = program("""
        import threading
        cfg = {}
        def one():
            for i in range(20):
                cfg["one"] = i  # LINE one
        def two():
            for i in range(20):
                cfg["two"] = i  # LINE two
        threads = [threading.Thread(target=each) for each in (one, two)]
        for each in threads: each.start()
        for each in threads: each.join()
    """)
    recording = target.record(watched=("__main__:cfg",))
    line = _lines(target)
    for name in ("one", "two"):
        writes = [each for each in recording.state_writes if each.key == name]
        assert writes[-1].new == "int 19"
        if writes[0].how == "exact":
            assert sum(each.times for each in writes) == 20
            assert {_at(each)[0] for each in writes} == {line[name]}
        else:
            assert any("another thread" in text for text in recording.cannot_see)


def test_threads_that_change_one_object_do_not_break_it(program: Write) -> None:
    """Many threads and finalizers at one dict: the program ends as untraced, and by diff."""
    target = program("""
        import gc, sys, threading
        cfg = {}
        cfg["first"] = 1
        class Node:
            def __init__(self): self.me = self
            def __del__(self): cfg["dead"] = 1
        gc.set_threshold(10)
        def work(name):
            for i in range(300):
                Node()
                cfg[f"{name}{i % 7}"] = [i]
                cfg.pop(f"{name}{i % 5}", None)
        sys.setswitchinterval(1e-6)
        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for each in threads: each.start()
        for each in threads: each.join()
        gc.collect()
        print(cfg["dead"], sorted(cfg)[:3])
    """)
    untraced, traced = target.untraced(), target.traced(watched="__main__:cfg")
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, untraced.stdout, "")
    recording = read_recording(target.root.parent / "traced")
    of_first = [each for each in recording.state_writes if each.key == "first"]
    assert [each.how for each in of_first] == [
        "exact" if _version(target) >= (3, 12) else "by diff"
    ]
    assert [each.how for each in recording.watched] == ["by diff"]


def test_threads_that_begin_at_the_same_moment_are_all_traced(program: Write) -> None:
    """Up to 3.11 one trace function at a time can be set; finalizers that run there let others."""
    target = program("""
        import gc, sys, threading
        cfg = {}
        class Node:
            def __init__(self): self.me = self
            def __del__(self): cfg["dead"] = 1
        gc.set_threshold(10)
        def work(name):
            for i in range(20):
                Node()
                cfg[f"{name}{i % 7}"] = [i]
                cfg.pop(f"{name}{i % 5}", None)
        def main():
            for _ in range(60):
                threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
                for each in threads: each.start()
                for each in threads: each.join()
        sys.setswitchinterval(1e-6)
        main()
        print(sorted(cfg)[-3:])
    """)
    untraced, traced = target.untraced(), target.traced(watched="__main__:cfg")
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, untraced.stdout, "")
    recording = read_recording(target.root.parent / "traced")
    calls = [call.calls for call in recording.calls if call.callee.qualname == "work"]
    assert sum(calls) == 240


ENDINGS = {
    "its end": "",
    "an exception": "raise ValueError('boom')",
    "sys.exit": "import sys; sys.exit(7)",
    "os._exit": "import os; print('x', flush=True); os._exit(3)",
    "os.abort": "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.abort()",
    "a fork": """
        import os
        pid = os.fork()
        cfg["who"] = pid == 0
        if not pid:
            cfg["child"] = cfg.pop("a", 1)
            print("child", len(cfg), flush=True)
            os._exit(4)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """,
    "a fork that ends by itself": """
        import os
        pid = os.fork()
        cfg["who"] = pid == 0
        if pid:
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """,
    "atexit": """
        import atexit
        atexit.register(lambda: (cfg.update(late=1), print(len(cfg))))
    """,
    "a finalizer at the very end": """
        class Late:
            def __del__(self): cfg["late"] = 1; print("late", len(cfg))
        late = Late()
        cfg["late"] = late
        cfg["self"] = cfg
    """,
    "a daemon thread": """
        import threading
        def on():
            while True: cfg["n"] = cfg.get("n", 0) + 1
        threading.Thread(target=on, daemon=True).start()
        import time; time.sleep(0.1)
    """,
    "a watcher of its own": """
        import ctypes
        class Point(ctypes.Structure): _fields_ = [("x", ctypes.c_int)]
        twice = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda value: 2 * value)
        cfg["b"] = twice(ctypes.pointer(Point(4)).contents.x)
        print(cfg["b"], ctypes.py_object(cfg).value is cfg)
    """,
    "its own audit hook": """
        import sys
        heard = set()
        sys.addaudithook(lambda event, arguments: heard.add(event))
        cfg["b"] = {"c": 1}
        cfg["b"]["c"] = 2
        cfg.clear()
        print(sorted(event for event in heard if "ctypes" in event or "builtins" in event))
    """,
    "who am I": """
        import sys
        print(sorted(sys.modules), "_ctypes" in sys.modules, type(cfg))
    """,
    "near the recursion limit": """
        def deep(n):
            if n % 50 == 0 and n < 900:
                cfg["depth"] = n
            return deep(n + 1)
        try:
            deep(0)
        except RecursionError:
            print("deep enough", cfg["depth"] > 100)
    """,
}


@pytest.mark.parametrize("case", ENDINGS)
def test_a_watched_program_ends_as_untraced(case: str, program: Write) -> None:
    """Status, standard output and standard error are the untraced ones, and a change was seen."""
    lines = ENDINGS[case].replace("\n        ", "\n")
    target = program(
        f"import params\nfrom params import cfg\ncfg['a'] = 1\n{lines}\n",
        {"params.py": "cfg = {}\n"},
    )
    untraced, traced = target.untraced(), target.traced(watched="params:cfg")
    assert (traced.returncode, traced.stdout, traced.stderr) == (
        untraced.returncode,
        untraced.stdout,
        untraced.stderr,
    )
    recording = read_recording(target.root.parent / "traced")
    assert ("added", "a", "", "int 1") in [
        (each.change, each.key, each.old, each.new) for each in recording.state_writes
    ]


@pytest.mark.parametrize("kept", ["{}", "[0]"], ids=["a dict", "a list"])
def test_signals_are_handled_between_the_lines_of_the_target(kept: str, program: Write) -> None:
    """A handler that raises while a watched object is changed is caught as it would be untraced."""
    target = program(f"""
        import signal, sys
        kept = {kept}
        caught = 0
        class Alarm(Exception): pass
        def on_alarm(number, frame):
            raise Alarm(frame.f_code.co_name)
        signal.signal(signal.SIGALRM, on_alarm)
        def work():
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            for n in range(10_000_000):
                kept[0] = n
            sys.exit("the signal never came")
        names = set()
        for i in range(30):
            try:
                work()
            except Alarm as error:
                caught += 1
                names.add(str(error))
        print(caught, sorted(names), kept[0] > 0)
    """)
    traced = target.traced(watched="__main__:kept")
    assert (traced.stdout, traced.stderr) == ("30 ['work'] True\n", "")


def test_a_number_stored_again_is_no_change(program: Write) -> None:
    """The same number is told as such where the interpreter tells, and not at all by diff."""
    target = program("""
        cfg = {"scale": 12.5}
        def work(text):
            cfg["scale"] = float(text)
        work("12.5")
        work("13.5")
    """)
    recording = target.record(watched=("__main__:cfg",))
    told = [(each.change, each.new) for each in recording.state_writes if each.key and each.old]
    is_exact = _version(target) >= (3, 12)
    assert told == [("same", "float 12.5")] * is_exact + [("modified", "float 13.5")]


def test_another_object_that_looks_the_same_is_a_change(program: Write) -> None:
    """A list or an object that takes the place of one like it is told, whoever tells."""
    target = program("""
        class Thing: pass
        cfg = {"thing": Thing(), "list": [1], "text": "a b"}
        def work(words):
            cfg["thing"] = Thing()  # LINE thing
            cfg["list"] = [1]  # LINE list
            cfg["text"] = " ".join(words)
        work(["a", "b"])
    """)
    recording = target.record(watched=("__main__:cfg",))
    line = _lines(target)
    told = [each for each in _told(recording, "__main__:cfg")[1:] if each[0] != "same"]
    assert told == [
        ("modified", "thing", "object __main__.Thing", "object __main__.Thing", line["thing"]),
        ("modified", "list", "list len 1 [1]", "list len 1 [1]", line["list"]),
    ]


def test_a_killed_target_leaves_its_changes(program: Write) -> None:
    """What was told before a SIGKILL can be read."""
    target = program(
        """
        import os, signal, time
        cfg = {}
        cfg["a"] = 1
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    recording = target.record(watched=("__main__:cfg",))
    assert not recording.is_complete
    assert [each[:2] for each in _told(recording, "__main__:cfg")] == [
        ("bound", ""),
        ("added", "a"),
    ]
    assert [each.name for each in recording.watched] == ["__main__:cfg"]


def test_without_ctypes_lines_are_compared(program: Write, tmp_path: Path) -> None:
    """An interpreter without ctypes is told so, and what it finds by diff is the same."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "_ctypes.py").write_text("raise ImportError('none here')\n")
    target = program(MAIN, {"params.py": PARAMS})
    recording = target.record(watched=("params:cfg",), environment=(("PYTHONPATH", str(hidden)),))
    line = _lines(target)
    assert any("no ctypes" in text for text in recording.cannot_see)
    assert {each.how for each in recording.state_writes} == {"by diff", "read"}
    told = _told(recording, "params:cfg")
    assert ("modified", "N", "int 64", "int 65", line["set"]) in told
    assert ("added", "q", "", "int 5", line["bridge"]) in told
    assert ("deleted", "other", "int 2", "", line["clear"]) in told


def test_no_edge_leads_to_our_own_hooks(program: Write) -> None:
    """The recorded calls are those of a run in which nothing is watched."""
    target = program(MAIN, {"params.py": PARAMS})
    plain = target.record(out="plain")
    watched = target.record(watched=("params:cfg",))
    assert [(each.caller, each.callee, each.calls) for each in watched.calls] == [
        (each.caller, each.callee, each.calls) for each in plain.calls
    ]
    assert [each.callee for each in watched.externals] == [each.callee for each in plain.externals]
    assert {(each.frame, each.lines) for each in watched.lines} == {
        (each.frame, each.lines) for each in plain.lines
    }
