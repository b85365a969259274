"""Hooks in C: the same recording as without them, and a plain way wherever they cannot be had."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.conftest import IN_C, Program, accelerated, compiled, ways
from tracer.dynamic import accelerator
from tracer.dynamic.accelerator import Accelerator, find_accelerator
from tracer.dynamic.interpreter import Interpreter, check_interpreter
from tracer.dynamic.recording import read_timeline
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Recording

Write = Callable[..., Program]

MANY = """
    import asyncio
    import contextlib
    import functools
    import heapq
    import json
    import threading

    import helpers
    from helpers import Base, decorated, passing_through


    class Child(Base):
        def step(self, number):
            return super().step(number) + leaf(number)

        @property
        def size(self):
            return leaf(1)


    def leaf(number):
        return number + 1


    def numbers(most):
        got = None
        for number in range(most):
            try:
                got = yield leaf(number)
            except KeyError:
                yield -1


    def delegating(most):
        yield from numbers(most)


    async def waiting(number):
        await asyncio.sleep(0)
        return leaf(number)


    async def several():
        return [await waiting(number) for number in range(20)]


    def fails(number):
        if number % 3 == 0:
            raise ValueError(number)
        if number % 3 == 1:
            raise KeyError(number)
        return leaf(number)


    KINDS = []
    for number in range(20):
        KINDS.append(type(f"Kind{number}", (Exception,), {}))


    def fails_so(number):
        raise KINDS[number % 20](leaf(number))


    def fibonacci(number):
        return 1 if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)


    def key(number):
        return -leaf(number)


    @decorated
    def wrapped(number):
        return leaf(number)


    def late():
        return leaf(0)


    def main():
        child = Child()
        for number in range(40):
            child.step(number)
            child.size
        generator = delegating(5)
        next(generator)
        generator.throw(KeyError)
        list(generator)
        sum(numbers(20))
        for number in range(300):
            try:
                fails(number)
            except (ValueError, KeyError):
                pass
        for number in range(60):
            with contextlib.suppress(*KINDS):
                fails_so(number)
        fibonacci(14)
        sorted(range(50), key=key)
        list(map(leaf, range(9))), [leaf(n) for n in range(3)]
        for number in range(10):
            wrapped(number)
            passing_through(leaf, number)
            json.dumps({"number": number}, default=str)
            with helpers.opened(number) as given:
                leaf(given)
        for number in range(40):
            for made in (helpers.New, helpers.Begun, helpers.Plain, helpers.Base, Child):
                made()
            for made in (helpers.Abstract, helpers.Made):
                made()
            for called in (helpers.outer, helpers.New(), helpers.New.static, helpers.New.of, leaf):
                called(number)
        asyncio.run(several())
        threads = [threading.Thread(target=fibonacci, args=(10,)) for _ in range(3)]
        for thread in threads:
            thread.start()
            thread.join()
        for most_of in [heapq.nlargest, heapq.nsmallest] * 4:
            most_of(2, range(9), key=key)
        for kind in [threading.Thread, functools.partial(threading.Timer, 0)] * 3:
            thread = kind(target=late) if kind is threading.Thread else kind(late)
            thread.start()
            thread.join()


    main()
    late()
"""
HELPERS = """
    import abc
    import contextlib
    import functools


    class Base:
        def step(self, number):
            return number


    class New:
        def __new__(cls):
            return object.__new__(cls)

        def __call__(self, number):
            return number

        @staticmethod
        def static(number):
            return number

        @classmethod
        def of(cls, number):
            return cls()


    class Begun(New):
        def __init__(self):
            outer(0)


    class Plain:
        def __init__(self):
            outer(0)


    class Abstract(abc.ABC):
        def __init__(self):
            outer(0)


    class Meta(type):
        def __call__(cls):
            return super().__call__()


    class Made(metaclass=Meta):
        def __init__(self):
            outer(0)


    def outer(number):
        return number


    @contextlib.contextmanager
    def opened(number):
        yield outer(number)


    def decorated(function):
        @functools.wraps(function)
        def inside(*args):
            return function(*args)

        return inside


    def passing_through(function, *args):
        return functools.reduce(lambda total, each: total + function(each), args, 0)
"""


@pytest.fixture(params=ways(IN_C))
def pair(
    request: pytest.FixtureRequest,
    interpreters: dict[str, str | None],
    tmp_path: Path,
    accelerators: Path,
) -> Write:
    return accelerated(request.param, interpreters, tmp_path, accelerators)


def _calls(recording: Recording) -> dict[tuple[Any, ...], int]:
    return {
        (
            call.caller and call.caller.qualname,
            call.callee.qualname,
            call.line,
            call.span,
            call.how,
            call.through,
            call.started_by,
        ): call.calls
        for call in recording.calls
    }


@pytest.mark.parametrize("mode", ["edges", "tree"])
def test_both_ways_record_the_same(pair: Write, mode: str) -> None:
    """Calls with their counts and places, lines, exceptions, what is called outside, the tree."""
    program = pair(MANY, HELPERS)
    in_c = program.record(mode=mode, out="c")
    plain = replace(program, accelerators=None)
    looked = plain.record(mode=mode, out="plain", calls_looked_at=10**9)
    assert in_c.accelerator == "in C" and looked.accelerator.startswith("none, because")
    assert in_c.dropped == looked.dropped == 0
    assert _calls(in_c) == _calls(looked)
    assert in_c.lines == looked.lines

    def raised(recording: Recording) -> list[tuple[Any, ...]]:
        return [
            (each.frame, each.line, each.type_name, each.times) for each in recording.exceptions
        ]

    def outside(recording: Recording) -> set[tuple[Any, ...]]:
        is_counted = recording.backend == "settrace"  # else the first calls of a line are told
        return {
            (each.caller, each.line, each.callee, is_counted and each.calls)
            for each in recording.externals
            if not each.callee.startswith("_weakrefset.")  # when a thread is collected
        }

    assert raised(in_c) == raised(looked)
    assert outside(in_c) == outside(looked)
    # The stream does not tell that a body which only delegates goes on after `throw`.
    by_event = replace(plain, backend="settrace").record(mode=mode, out="by event")
    assert in_c.tree == by_event.tree
    assert in_c.tree_cut == by_event.tree_cut


RAISING = """
    import os, time

    TYPES = [type(f"Error{number}", (Exception,), {}) for number in range(200)] + [KeyError]

    def fail(number):
        raise TYPES[number % len(TYPES)]

    def passing(number):
        try:
            return fail(number)
        except KeyError:
            return None

    def long(depth):
        time.sleep(0.05)  # it is told before it ends
        if depth:
            try:
                return long(depth - 1)
            finally:
                caught(fail, depth)
        return fail(7)

    def caught(function, number):
        try:
            function(number)
        except Exception:
            pass

    def endless():
        while True:
            yield
            time.sleep(0.02)

    def parted():
        caught(fail, 3)
        if not os.fork():
            caught(passing, 5)
            os._exit(0)
        os.wait()
        caught(passing, 4)

    for number in range(700):
        caught(passing, number)
        caught(fail, number // 50)
    caught(long, 8)
    kept = endless()
    for _ in range(12):
        next(kept)
    parted()
"""


def test_each_call_has_its_own_end(pair: Write) -> None:
    """Its exception, of many and in any order, and its time, told with its beginning or later."""
    program = pair(RAISING)
    in_c = program.record(mode="tree", out="c")
    by_event = replace(program, accelerators=None, backend="settrace").record(
        mode="tree", out="plain"
    )
    assert in_c.tree == by_event.tree
    assert len({call.exception for call in in_c.tree}) == 202
    document = "".join(read_timeline(program.root.parent / "c").text())
    spans = [each for each in json.loads(document)["traceEvents"] if each["ph"] == "X"]
    assert not [each for each in spans if "end" in each["args"]]
    lasted = [each["dur"] for each in spans if each["name"].endswith("long")]
    assert all(took >= 50_000 * (9 - depth) for depth, took in enumerate(lasted)), lasted


def test_the_tree_ends_where_it_is_full(pair: Write) -> None:
    """Calls beyond it are counted all the same."""
    program = pair(MANY, HELPERS)
    cut = program.record(mode="tree", tree_calls=100, out="cut")
    whole = program.record(mode="tree", out="whole")
    assert _calls(cut) == _calls(whole)
    assert cut.tree_cut == sum(call.calls for call in cut.calls) - 100


EFFECTS = """
    import io
    import os
    import pickle
    import shutil
    import sys
    import tarfile
    import tempfile
    import zipfile
    from collections import OrderedDict
    from pathlib import Path

    from helpers import dig, each_of, nested

    HERE = os.path.dirname(os.path.abspath(__file__))
    NAMES = [
        "plain", "with blank", 'quo"ted', "back\\\\slash", "new\\nline", "tab\\t", "\\x01\\x7f",
        "\\xe9\\u20ac\\U0001f40d", "lone\\udce9", "http:", "long" * 300, "", "nul\\0",
    ]


    class Text(str):
        pass


    class Named(type(Path())):
        pass


    class Fake(io.BytesIO):
        pass


    Fake.__module__, Fake.__qualname__ = "_io", "BytesIO"
    PATHS = [Path(HERE, "helpers.py"), Named(HERE, "helpers.py")]


    class Archive(zipfile.ZipFile):
        pass


    def touch(path, mode="w"):
        try:
            with open(path, mode):
                pass
        except (OSError, ValueError):
            pass


    def spellings(folder):
        for name in NAMES:
            whole = f"{folder}/{name}"
            touch(whole)
            touch(whole, "r")
            touch(os.fsencode(whole), "ab")
            touch(Text(whole), Text("r+"))
            touch(Path(folder) / name if "\\0" not in name else folder, "rb")
            touch(f"{folder}/x://{name}")
            touch(name, "r")
        touch(os.open(f"{folder}/plain", os.O_RDWR | os.O_CREAT), "w+")
        touch(f"{folder}/plain", "U")
        handle = os.open(folder, os.O_RDONLY)
        os.close(os.open("plain", os.O_RDONLY, dir_fd=handle))
        os.mkdir("made", dir_fd=handle)
        os.rmdir("made", dir_fd=handle)
        os.close(handle)


    def folders(folder):
        for at in (f"{folder}/a", os.fsencode(f"{folder}/b"), Path(folder, "c"), f"{folder}/a/d"):
            os.mkdir(at)
        os.makedirs(f"{folder}/e/f/g")
        os.rename(f"{folder}/e", f"{folder}/h")
        touch(f"{folder}/h/file")
        shutil.copytree(f"{folder}/h", f"{folder}/i")
        os.remove(f"{folder}/i/file")
        os.chdir(folder)
        touch("relative")
        os.mkdir("below")
        os.chdir(HERE)
        shutil.rmtree(f"{folder}/i")


    def archives(folder):
        for number in range(3):
            for place in (f"{folder}/{number}.zip", Path(folder, f"{number}p.zip"), io.BytesIO()):
                with zipfile.ZipFile(place, "w") as archive:
                    archive.writestr("text", "words")
                    archive.writestr("bytes", b"data")
                    archive.writestr(zipfile.ZipInfo("info"), b"more")
                    archive.writestr("caf\\xe9/\\U0001f40d", bytearray(3))
                    for path in PATHS:
                        archive.write(path)
                        archive.write(path, Path("as") / path.name)
                        archive.read(os.fspath(path)[1:])
            with open(f"{folder}/{number}.zip", "rb") as file, zipfile.ZipFile(file) as archive:
                archive.read("text")
            with Archive(f"{folder}/{number}.zip", "a") as archive:
                archive.writestr("late", "")
                archive.read(archive.getinfo("info"))
                archive.namelist()
                try:
                    archive.getinfo("missing")
                except KeyError:
                    pass
            with zipfile.ZipFile(f"{folder}/{number}.zip") as archive:
                archive.filename = f"{folder}/other"
                archive.extractall(f"{folder}/x{number}")
                archive.extract("text", path=Path(folder))
                archive.open(name="bytes", mode="r").close()
            with tarfile.open(f"{folder}/{number}.tar", mode="w:gz") as archive:
                archive.add(f"{folder}/x{number}", arcname="x")


    def pickles(folder):
        for value in ({"a": 1}, OrderedDict(a=Path("x")), io.StringIO):
            with open(f"{folder}/pickle", "wb") as file:
                pickle.dump(value, file)
            with open(f"{folder}/pickle", "rb") as file:
                pickle.load(file)
            pickle.loads(pickle.dumps(value))
            for file in (io.BytesIO(), Fake(), io.BufferedWriter(io.BytesIO())):
                pickle.dump(value, file)


    def deep(folder):
        for depth in (0, 3, 63, 64, 65, 200):
            dig(depth, f"{folder}/deep")
            dig(depth, f"{folder}/deep{depth}")
            nested(depth, touch, f"{folder}/inside")


    def main():
        with tempfile.TemporaryDirectory() as folder:
            for part in (spellings, folders, archives, pickles, deep):
                part(tempfile.mkdtemp(dir=folder))
                each_of(part, [tempfile.mkdtemp(dir=folder)])
        os.environ["NAMED"] = "here"
        os.environ.pop("NAMED")


    main()
    print("end")
"""
OUTSIDE = """
    def dig(depth, path):
        if depth:
            return dig(depth - 1, path)
        with open(path, "w"):
            pass


    def nested(depth, function, given):
        return nested(depth - 1, function, given) if depth else function(given)


    def each_of(function, given):
        return [function(each) for each in given]
"""


@pytest.mark.parametrize("mode", ["edges", "tree"])
def test_both_ways_tell_the_same_effects(pair: Write, mode: str) -> None:
    """Names, modes, files that stand for others, archives, and deep in what lies outside."""
    program = pair(EFFECTS, OUTSIDE)
    only = ("__main__",)
    in_c = program.record(mode=mode, out="c", namespaces=only)
    plain = replace(program, accelerators=None).record(mode=mode, out="plain", namespaces=only)
    assert in_c.accelerator == "in C" and plain.accelerator.startswith("none, because")
    assert in_c.dropped == plain.dropped == 0
    assert len(in_c.effects) > 500
    assert "helpers.dig" in {effect.through for effect in in_c.effects}
    assert in_c.effects == plain.effects


HARD = """
    import gc
    import os
    import sys
    import threading

    sys.setswitchinterval(1e-6)
    gc.set_threshold(1, 1, 1)


    class Finalized:
        def __init__(self):
            self.me = self

        def __del__(self):
            step(0)


    def step(number):
        return number + 1


    def numbers(most):
        for number in range(most):
            yield step(number)


    def made(number):
        Finalized()
        names = {}
        exec("def new(n):\\n    return n", names)
        names["new"](number)
        kind = type("Error", (Exception,), {})
        try:
            raise kind
        except kind:
            pass


    def deep(number):
        return deep(number + 1)


    def work():
        for number in range(30):
            made(number)
            sum(numbers(5))
        try:
            deep(0)
        except RecursionError:
            pass


    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    work()
    for thread in threads:
        thread.join()
    for _ in range(3):
        child = os.fork()
        if not child:
            work()
            os._exit(7)
        assert os.waitpid(child, 0)[1] == 7 << 8
    left = numbers(3)
    next(left)
    print("end")
"""


@pytest.mark.parametrize("mode", ["edges", "tree"])
def test_it_stands_what_a_program_may_do_meanwhile(pair: Write, mode: str) -> None:
    """Collections in hooks, finalizers, many threads, recursion to the limit, forks, dead code."""
    program = pair(HARD)
    with_checks = program.traced(
        *("-X", "dev", "-W", "ignore", "main.py"), mode=mode, out=f"dev-{mode}", children=""
    )
    assert with_checks.stdout == "end\n"
    assert "Fatal" not in with_checks.stderr and not with_checks.returncode, with_checks.stderr


def test_a_fork_counts_for_itself(pair: Write) -> None:
    """What its parent counted in C is its parent's."""
    program = pair("""
        import os


        def step():
            pass


        def steps(most):
            for _ in range(most):
                step()


        steps(10)
        child = os.fork()
        if not child:
            steps(3)
            os._exit(0)
        os.waitpid(child, 0)
        steps(5)
    """)
    recording = program.record(follows_children=True)
    (calls,) = (call for call in recording.calls if call.callee.qualname == "step")
    assert calls.calls == 18


def test_a_debugger_gets_its_lines(pair: Write) -> None:
    """A trace function that the program sets in the middle sees the lines of running frames."""
    text = """
        import collections
        import sys

        seen = []


        def trace(frame, event, argument):
            seen.append((frame.f_code.co_name, event, frame.f_lineno))
            return trace


        class Calling(collections.UserDict):
            def __contains__(self, key):
                return inner()


        def inner():
            sys.settrace(trace)
            frame = sys._getframe()
            while frame:
                frame.f_trace = trace
                frame = frame.f_back
            return True


        for number in range(3):
            Calling().get(number)
        sys.settrace(None)
        print(seen)
    """
    program = pair(text)
    plain = program.untraced()
    traced = program.traced()
    assert traced.stdout == plain.stdout
    assert program.record().is_complete


# Where there is none.


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    found = find_accelerator(check_interpreter(), tmp_path / "kept", tmp_path / "tree", "off")
    assert found == Accelerator(None, "it was switched off")
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"version": (3, 10, 1)}, "it does not know the frames of Python 3.10.1"),
        ({"version": (3, 99, 0)}, "it does not know the frames of Python 3.99.0"),
        ({"implementation": "pypy"}, "pypy is no CPython"),
        (
            {"build": "3.13.0 experimental free-threading build"},
            "this interpreter has no GIL",
        ),
    ],
)
def test_interpreters_that_it_does_not_know_have_none(
    tmp_path: Path, changed: dict[str, Any], why: str
) -> None:
    interpreter = replace(check_interpreter(), **{"version": (3, 13, 0), **changed})
    found = find_accelerator(interpreter, tmp_path / "kept", tmp_path / "tree")
    assert (found.path, found.why_not) == (None, why)
    assert "CPython 3.11 to 3.13" in found.remedy and "compiler" not in found.remedy


def test_nothing_is_kept_in_the_analysed_tree(tmp_path: Path) -> None:
    found = find_accelerator(_known(), tmp_path / "tree" / "cache", tmp_path / "tree")
    assert found.path is None and "lies in the analysed tree" in found.why_not
    assert "outside the analysed tree" in found.remedy
    assert not (tmp_path / "tree").exists()


def test_without_a_compiler_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And once there is one, it is used: that there was none is not kept."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_accelerator(_known(), tmp_path / "kept", tmp_path / "tree")
    assert found.path is None and found.why_not.startswith("there is no compiler ")
    assert found.remedy.startswith("a C compiler")
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("this is no C", "it did not compile: "),
        ("int nothing;", "it did not pass its test: ImportError"),
    ],
)
def test_what_cannot_be_built_is_tried_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accelerators: Path, source: str, why: str
) -> None:
    compiled(Path(check_interpreter().executable), accelerators)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "module.c").write_text(source)
    monkeypatch.setattr(accelerator, "_SOURCES", tmp_path / "sources")
    found = find_accelerator(_known(), tmp_path / "kept", tmp_path / "tree")
    assert found.path is None and found.why_not.startswith(why), found
    monkeypatch.setattr(accelerator, "_build", _refuse)
    assert find_accelerator(_known(), tmp_path / "kept", tmp_path / "tree") == found
    assert [each.suffix for each in (tmp_path / "kept").iterdir()] == [".why"]


def _refuse(*_: Any) -> None:
    raise AssertionError("it was tried again")


def test_runs_at_the_same_time_share_one(tmp_path: Path, accelerators: Path) -> None:
    compiled(Path(check_interpreter().executable), accelerators)
    found: list[Accelerator] = []

    def find() -> None:
        found.append(find_accelerator(_known(), tmp_path / "kept", tmp_path / "tree"))

    threads = [threading.Thread(target=find) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] and found[0].path is not None
    assert list((tmp_path / "kept").iterdir()) == [found[0].path]


def _known() -> Interpreter:
    return check_interpreter()


def test_the_recording_says_why_there_is_none(tmp_path: Path) -> None:
    from tracer.dynamic.edges import edges_document
    from tracer.dynamic.launch import record

    (tmp_path / "tree").mkdir()
    plan = TracePlan(str(tmp_path / "tree"), (), Workload("w1", ("-c", "pass")), accelerator="off")
    recording = record(plan, tmp_path / "out", accelerators=tmp_path / "kept")
    said = edges_document(recording)["accelerator"]
    assert said == recording.accelerator == "none, because it was switched off"
