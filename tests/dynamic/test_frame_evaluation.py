"""Frames that run without the trace function (3.11, hooks in C): what they must not change or lose.

`test_accelerator.py` and the suite of both back ends hold what is recorded; here is what is special
to frames that are traced or not by turns.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.dynamic.conftest import IN_C, Program, accelerated, ways
from tracer.model.recording import Recording

Write = Callable[..., Program]


@pytest.fixture(params=ways(tuple(each for each in IN_C if each.startswith("3.11 "))))
def write(
    request: pytest.FixtureRequest,
    interpreters: dict[str, str | None],
    tmp_path: Path,
    accelerators: Path,
) -> Write:
    return accelerated(request.param, interpreters, tmp_path, accelerators)


def _said(recording: Recording) -> tuple[Any, ...]:
    calls = {
        (
            call.caller and call.caller.qualname,
            call.callee.qualname,
            call.line,
            call.span,
            call.how,
            call.through,
        ): call.calls
        for call in recording.calls
    }
    raised = [(each.frame, each.line, each.type_name, each.times) for each in recording.exceptions]
    outside = {(each.caller, each.line, each.callee): each.calls for each in recording.externals}
    return calls, recording.lines, raised, outside, recording.dropped


def _is_the_same(program: Program, **options: Any) -> Recording:
    """What hooks in C say is what those in Python say, which trace all frames from end to end."""
    in_c = program.record(out="c", **options)
    plain = replace(program, accelerators=None).record(out="plain", **options)
    assert in_c.accelerator == "in C" and plain.accelerator.startswith("none, because")
    assert in_c.is_complete, in_c.why_incomplete
    for found, expected in zip(_said(in_c), _said(plain), strict=True):
        assert found == expected
    assert in_c.tree == plain.tree
    return in_c


DEEP = """
    import sys
    import threading

    import helpers


    def step(number):
        return number


    def down(depth):
        return down(depth - 1) + 1 if depth else helpers.deep(2, step)


    def back(depth):
        if depth:
            try:
                return back(depth - 1)
            finally:
                step(depth)
        raise KeyError


    def run():
        print(down(20_000))
        print(helpers.deep(15_000, step), down(3))
        try:
            back(9_000)
        except KeyError:
            print("KeyError")
        print(sum(step(number) for number in range(9)))


    sys.setrecursionlimit(100_000)
    for _ in range(2):
        run()
    for size in 128 * 1024, 1024 * 1024:
        threading.stack_size(size)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
"""
DEEP_OUTSIDE = """
    def deep(depth, function):
        return deep(depth - 1, function) if depth else function(1)
"""


@pytest.mark.parametrize("mode", ["edges", "tree"])
def test_deep_recursion_takes_no_more_of_the_stack_than_there_is(write: Write, mode: str) -> None:
    """3.11 calls Python from Python without the C stack: so did programs that recurse deep."""
    program = write(DEEP, DEEP_OUTSIDE)
    untraced, traced = program.untraced(), program.traced(mode=mode)
    assert untraced.stdout.splitlines()[0] == "20001"
    assert (traced.returncode, traced.stdout, traced.stderr) == (0, untraced.stdout, "")
    _is_the_same(program, mode=mode, namespaces=("__main__",))


def test_other_threads_lose_nothing_while_one_is_deep(write: Write) -> None:
    """What is switched for one thread is switched for all, in frames that run by then, too."""
    program = write(
        """
        import sys
        import threading

        import helpers


        def step(number):
            return number


        def down(depth):
            return down(depth - 1) + 1 if depth else helpers.at_the_end()


        def others():
            sys.stdout.write(f"{helpers.while_deep(step, 500)}\\n")


        sys.setrecursionlimit(100_000)
        helpers.each_of(step, 7)
        thread = threading.Thread(target=others)
        thread.start()
        helpers.STANDS.acquire()  # the other stands in code outside
        sys.stdout.write(f"{down(30_000)}\\n")
        thread.join()
        helpers.each_of(step, 7)
        """,
        """
        import _thread

        STANDS, IS_DEEP, IS_DONE = locks = [_thread.allocate_lock() for _ in range(3)]
        for lock in locks:
            lock.acquire()


        def while_deep(function, most):
            each_of(function, 1)
            STANDS.release()
            IS_DEEP.acquire()  # in C: no frame ends that could turn this one on
            total = sum(each_of(function, most))
            IS_DONE.release()
            return total + sum(each_of(function, most))


        def at_the_end():
            IS_DEEP.release()
            IS_DONE.acquire()
            return 0


        def each_of(function, most):
            return [function(number) for number in range(most)]
        """,
    )
    untraced, traced = program.untraced(), program.traced()
    assert sorted(traced.stdout.splitlines()) == sorted(untraced.stdout.splitlines())
    assert traced.stderr == untraced.stderr == ""
    recording = _is_the_same(program, namespaces=("__main__",))
    steps = sum(call.calls for call in recording.calls if call.callee.qualname == "step")
    assert steps == 1015


def test_the_last_frame_below_the_recursion_limit_did_not_begin(write: Write) -> None:
    """It was called, and raised before anything of it ran: no event of the interpreter tells it."""
    program = write(
        """
        import helpers

        begun = 0


        def down(depth):
            global begun
            begun += 1
            return down(depth + 1)


        def ends(function):
            try:
                function(0)
            except RecursionError:
                return 1


        for _ in range(3):
            ends(down)
            ends(helpers.down)
        print(begun)
        """,
        """
        def down(depth):
            return down(depth + 1)
        """,
    )
    said = program.traced()  # there is a little less room than untraced, see docs/guest.md
    recording = program.record(namespaces=("__main__",))
    begun = sum(call.calls for call in recording.calls if call.callee.qualname == "down")
    assert begun == int(said.stdout)


def test_what_turns_frames_on_or_off_in_the_middle_loses_nothing(write: Write) -> None:
    """Exceptions, `throw`, delegation, audit hooks of the program, loops that begin unknown."""
    program = write(
        """
        import sys

        import helpers


        def leaf(number):
            return number


        def numbers(most):
            for number in range(most):
                try:
                    yield leaf(number)
                except KeyError:
                    leaf(9)


        def delegating(most):
            try:
                yield from numbers(most)
            finally:
                leaf(-1)


        def refuse(number):
            if number % 2:
                raise ValueError(number)
            return leaf(number)


        def again(number):
            try:
                return refuse(number)
            finally:
                leaf(number)


        def loop(most):
            total = 0
            for number in range(most):
                try:
                    total += again(number)
                except ValueError:
                    total += leaf(number)
                total += helpers.caught(again, number)
            return total


        for turn in range(4):
            loop(20)
            each = delegating(5)
            next(each)
            each.throw(KeyError)
            each.close()
            list(delegating(3)), str(leaf), sorted(range(3), key=leaf)
            for _ in helpers.passed(delegating(4)):
                pass
            sys.audit("program.event")
            if turn == 1:
                sys.addaudithook(lambda event, arguments: None)
            elif turn == 3:
                leaf("the end")
        """,
        """
        import os


        def caught(function, number):
            try:
                function(number)
            except ValueError:
                os.path.exists("nothing")
            for _ in range(30):
                number = abs(number)
            return number


        def passed(given):
            open(os.devnull).close()
            got = yield from given
            return got
        """,
    )
    for mode in ("edges", "tree"):
        _is_the_same(program, mode=mode, namespaces=("__main__",))
        for name in ("c", "plain"):
            _remove(program.root.parent / name)


LOOP = """
def loop{lines}(most):
    total = 0
    for number in range(most):
        try:
            refuse(number)
        except ValueError:
            total += 1
{fillers}        total += leaf(number) if most > 3 else 0
    return total


for most in 2, 5, 9:
    loop{lines}(most)
"""


def test_what_is_turned_off_at_a_turn_is_not_what_just_begins(write: Write) -> None:
    """The interpreter does what is pending when a function begins, and before it tells of that."""
    program = write("""
        def leaf(number):
            return number


        def refuse(number):
            raise ValueError(number)


        leaf(0)
        """)
    loops = "".join(
        LOOP.format(lines=lines, fillers="        total += 1\n" * lines) for lines in range(14)
    )
    main = program.root / "main.py"
    main.write_text(main.read_text() + loops)
    recording = _is_the_same(program, namespaces=("__main__",))
    leaves = sum(call.calls for call in recording.calls if call.callee.qualname == "leaf")
    assert leaves == 1 + 14 * (5 + 9)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder)


PROFILED = """
    import cProfile
    import pstats
    import sys

    import helpers


    def step(number):
        return number


    def work(most):
        for number in range(most):
            step(number)
            helpers.outside(number)


    def begin():
        profile.enable()


    work(3)
    profile = cProfile.Profile()
    begin()
    work(5)
    helpers.outside(work, 2)
    profile.disable()
    work(2)
    stats = pstats.Stats(profile).stats
    print(sorted((name, calls[0]) for (path, _, name), calls in stats.items() if path != "~"))
    seen = []
    sys.setprofile(lambda frame, event, argument: seen.append((event, frame.f_code.co_name)))
    work(2)
    sys.setprofile(None)
    print(seen)
"""


def test_a_profiler_of_the_program_sees_all(write: Write) -> None:
    """One that is set in a frame which runs untraced, in C and in Python."""
    program = write(
        PROFILED,
        """
        def outside(given, *arguments):
            return given(*arguments) if arguments else given
        """,
    )
    untraced, traced = program.untraced(), program.traced()
    assert "('step', 7)" in untraced.stdout
    assert traced.stdout == untraced.stdout and not traced.stderr
    _is_the_same(program, namespaces=("__main__",))


REPLACED = """
    import ctypes

    import helpers

    api = ctypes.pythonapi
    api.PyInterpreterState_Get.restype = ctypes.c_void_p
    interpreter = ctypes.c_void_p(api.PyInterpreterState_Get())
    api._PyInterpreterState_GetEvalFrameFunc.restype = ctypes.c_void_p
    before = api._PyInterpreterState_GetEvalFrameFunc(interpreter)
    default = ctypes.cast(api._PyEval_EvalFrameDefault, ctypes.c_void_p).value


    def replace(function):
        api._PyInterpreterState_SetEvalFrameFunc(interpreter, ctypes.c_void_p(function))


    def step(number):
        return number


    helpers.each_of(step, 5)
    helpers.between(replace, default, step)
    helpers.each_of(step, 50)
    print("end")
"""


def test_who_takes_our_place_is_noticed(write: Write) -> None:
    """As compilers do that evaluate frames: what may be missing is said, the rest is there."""
    program = write(
        REPLACED,
        """
        def each_of(function, most):
            return [function(number) for number in range(most)]


        def between(replace, given, function):
            replace(given)
            function(1)
        """,
    )
    recording = program.record(namespaces=("__main__",))
    assert not recording.is_complete
    assert recording.why_incomplete.startswith("native code set a frame evaluation function")
    calls = {
        (call.line, call.callee.qualname): call.calls
        for call in recording.calls
        if call.callee.qualname == "step"
    }
    assert sum(calls.values()) in (55, 56)  # that of `between` may be missing


CHAINED = r"""
    #include <Python.h>
    static _PyFrameEvalFunction before = NULL;
    static int calls_on = 0;
    static PyObject *evaluate(
        PyThreadState *thread, struct _PyInterpreterFrame *frame, int is_throw
    ) {
        return (calls_on ? before : _PyEval_EvalFrameDefault)(thread, frame, is_throw);
    }
    void begin(int hands_on) {
        calls_on = hands_on;
        before = _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Get());
        _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), evaluate);
    }
    void end(void) {
        _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), before);
    }
"""
COMPILED = """
    import ctypes
    import sys
    import time

    import helpers

    library = ctypes.PyDLL(sys.argv[1])


    def step(number):
        return number


    helpers.each_of(step, 5)
    helpers.outside(library.begin, int(sys.argv[2]))
    helpers.each_of(step, 50)
    time.sleep(0.3)
    library.end()
    helpers.each_of(step, 500)
    print("end")
"""


@pytest.mark.parametrize("hands_on", [1, 0])
def test_who_takes_our_place_and_calls_us_costs_nothing(
    write: Write, tmp_path: Path, hands_on: int
) -> None:
    """As newer compilers do; of one that does not, the calls are there, and a word of doubt."""
    program = write(
        COMPILED,
        """
        def each_of(function, most):
            return [function(number) for number in range(most)]


        def outside(function, given):
            function(given)
        """,
    )
    library = _built(program, tmp_path)
    recording = program.record("main.py", str(library), str(hands_on), namespaces=("__main__",))
    assert recording.exit_status == 0
    steps = sum(call.calls for call in recording.calls if call.callee.qualname == "step")
    assert steps == 555
    assert recording.is_complete == bool(hands_on), recording.why_incomplete


def _built(program: Program, folder: Path) -> Path:
    """The other tool."""
    question = "import sysconfig; print(sysconfig.get_paths()['include'])"
    asked = subprocess.run(
        [program.python, "-c", question], capture_output=True, text=True, check=True
    )
    source, library = folder / "other.c", folder / "other.so"
    source.write_text(CHAINED)
    compiler = ["cc", "-shared", "-fPIC", "-I", asked.stdout.strip(), "-o", library, source]
    subprocess.run(compiler, check=True, capture_output=True)
    return library


LATE = """
    class Thing:
        pass
    def noop(*given): return given
    G = 1
    def many(which, n):
        o = Thing(); o.a = 1; d = {}; l = [3, 4]; x = 0
        for i in range(n):
            x = i
            if which == 1:
                x += 1
            elif which == 2:
                o.b = x
            elif which == 3:
                x = o.a
            elif which == 4:
                d["k"] = x
            elif which == 5:
                x = l[0]
            elif which == 6:
                a, b = l
            elif which == 7:
                noop()
            elif which == 8:
                x = l.copy()
            elif which == 9:
                x = G
            elif which == 10:
                return x
            elif which == 11:
                raise ValueError(x)
            elif which == 12:
                x = len(l)
            elif which == 13:
                try:
                    x = 1 / 0
                except ZeroDivisionError:
                    x = str(x)
            elif which == 14:
                x = [y for y in l]
            elif which == 15:
                with open("/dev/null") as f:
                    x = f.name
            elif which == 16:
                assert x < 0, "no"
            elif which == 17:
                x = y if (y := len(l)) else G
            elif which == 18:
                x = undefined_name
            elif which == 19:
                x = f"{x}{l}"
                noop(
                    x,
                    i,
                )
        return x
    def gen(which, n):
        for i in range(n):
            if which == 1:
                yield i
            elif which == 2:
                yield from (1, 2)
            elif which == 3:
                got = yield
        return 1
    def plainlines(which, n):
        x = 0
        for i in range(n):
            x += i
            if which == 1:
                x = i
            elif which == 2:
                continue
            elif which == 3:
                pass
            elif which == 4:
                break
        else:
            x = 5
        return x
    def loop1(n):
        t = 0
        for i in range(n):
            t += i
            if t < 0: t = 0
        return t
    def several(n):
        return sorted(
            range(n),
            key=lambda x: (
                x != 1,
                noop(x),
            ),
        )
    for _ in range(9): several(3)
    def tryit(f, *a):
        try: f(*a)
        except Exception as e: print(type(e).__name__)
    many(0, 300)
    for w in range(1, 20):
        if w not in (12, 7): tryit(many, w, 1 if w % 2 else 3)
    list(gen(0, 300)); list(gen(1, 3)); list(gen(2, 2)); list(gen(3, 2))
    plainlines(0, 300)
    for w in (1, 3, 2): plainlines(w, 2)
    loop1(3000)
"""


@pytest.mark.parametrize("mode", ["edges", "tree"])
def test_lines_that_run_late_are_seen_without_an_event(write: Write, mode: str) -> None:
    """By what they leave behind: each kind of instruction that adapts itself, ends, exceptions."""
    program = write(LATE)
    assert program.traced(mode=mode).stdout == program.untraced().stdout
    _is_the_same(program, mode=mode)


_PLAIN = ("x = w", "pass", "import json", "lambda: w", "continue", "break")  # leave nothing behind
_SIMPLE = (
    "x += 1",
    "o.a = x",
    "x = o.a",
    "d[w] = x",
    "x = d[0]",
    "a, b = pair",
    "x = len(pair)",
    "pair.count(1)",
    "x = [each for each in pair]",
    "x = x if w < 3 else len(pair)",
    "w > 2 and len(pair)",
    "leaf(w)",
    "x = leaf(len(pair))",
    "assert w < 4",
    "x = 1 / (w - 5)",
    "x = unknown",
    "x = 0.5 + w",
    "x = pair * w",
    "d = {**d, 0: w}",
    "from json import dumps",
    "G = w",
    "del d[0]",
    "f'{x}{w!r}'",
    "x = (w\n    + len(pair)\n)",
)
_LAST = ("return x", "return", "raise ValueError(x)", "raise error")
_YIELDS = ("yield x", "x = yield")


def _statements(random: Random, simple: tuple[str, ...], depth: int, most: int) -> Iterator[str]:
    indent = "    " * depth
    for _ in range(random.randint(1, most)):
        kind = random.random()
        if kind < 0.5 or depth > 5:
            yield indent + random.choice(simple).replace("\n", "\n" + indent)
        elif kind < 0.75:
            yield f"{indent}if w {random.choice(('==', '>', '<'))} {random.randint(1, 6)}:"
            yield from _statements(random, simple, depth + 1, 3)
            if random.random() < 0.5:
                yield f"{indent}else:"
                yield from _statements(random, simple, depth + 1, 2)
        elif kind < 0.83:
            yield f"{indent}try:"
            yield from _statements(random, simple, depth + 1, 2)
            yield f"{indent}except {random.choice(('ValueError', 'ArithmeticError as error'))}:"
            yield from _statements(random, simple, depth + 1, 2)
            if random.random() < 0.4:
                yield f"{indent}    if w == {random.randint(1, 6)}:"
                yield f"{indent}        raise"
            if random.random() < 0.3:
                yield f"{indent}finally:"
                yield from _statements(random, simple, depth + 1, 1)
        elif kind < 0.88:
            yield f"{indent}for _ in pair:"
            yield from _statements(random, simple, depth + 1, 2)
        elif kind < 0.91:
            yield f"{indent}with held(w):"
            yield from _statements(random, simple, depth + 1, 2)
        else:
            yield indent + f"if w == {random.randint(1, 6)}:"
            yield f"{indent}    {random.choice(_LAST)}"


def _function(random: Random, number: int) -> str:
    simple = _SIMPLE if number % 3 else (*_SIMPLE, *_PLAIN)
    body = list(_statements(random, simple, 2, 6))
    if random.random() < 0.3:
        body.append(f"        if w == {random.randint(1, 6)}:")
        body.append(f"            {random.choice(_YIELDS)}")
    if number % 10 == 0:  # names behind these need an `EXTENDED_ARG`
        body.insert(0, f"        if w < 0: {', '.join(f'u{each}' for each in range(300))}")
    head = f"def made{number}(n, w):\n    global G\n    error = ValueError()\n"
    head += "    o = Thing(); x = 0; d = {0: 0}; pair = [1, 2]\n"
    return head + "    for _ in range(n):\n" + "\n".join(body) + "\n    return x\n"


RUN = """
import contextlib
import random

class Thing:
    a = 0

def leaf(number):
    return number

@contextlib.contextmanager
def held(number):
    yield number

def run(made, n, w):
    try:
        found = made(n, w)
        if hasattr(found, "send"):
            list(found)
    except (ValueError, ArithmeticError, NameError, AssertionError, KeyError, TypeError):
        pass

def main():
    for name, made in sorted(globals().items()):
        if name.startswith("made"):
            chosen = random.Random(name)
            run(made, 40, 0)
            for _ in range(chosen.randint(0, 9)):
                run(made, chosen.choice((1, 2, 30)), chosen.randint(0, 7))
"""


@pytest.mark.parametrize("seed", range(3))
def test_lines_of_any_function_are_those_that_events_tell(write: Write, seed: int) -> None:
    """A hundred functions each that nobody wrote, with ways through them that are taken late."""
    random = Random(seed)
    made = "\n".join(_function(random, number) for number in range(100))
    program = write(RUN)
    (program.root / "main.py").write_text(f"{RUN}\n{made}\nmain()\n")
    recording = _is_the_same(program, mode="edges")
    assert recording.exit_status == 0
    assert sum(len(lines.lines) for lines in recording.lines) > 1_000
