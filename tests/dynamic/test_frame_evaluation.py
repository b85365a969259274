"""Frames that run without the trace function (3.11, hooks in C): what they must not change or lose.

`test_accelerator.py` and the suite of both back ends hold what is recorded; here is what is special
to frames that are traced or not by turns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.conftest import IN_C, Program, compiled, ways
from tracer.model.recording import Recording

Write = Callable[..., Program]


@pytest.fixture(params=ways(tuple(each for each in IN_C if each.startswith("3.11 "))))
def write(
    request: pytest.FixtureRequest,
    interpreters: dict[str, str | None],
    tmp_path: Path,
    accelerators: Path,
) -> Write:
    version, backend, *_ = request.param.split()
    found = interpreters[version]
    if found is None:
        pytest.skip(f"no Python {version} on this machine")
    folder = compiled(Path(found), accelerators)

    def write(main: str, helpers: str = "") -> Program:
        import textwrap

        root = tmp_path / "tree"
        root.mkdir()
        (root / "main.py").write_text(textwrap.dedent(main))
        (root / "helpers.py").write_text(textwrap.dedent(helpers))
        return Program(root, Path(found), backend, accelerators=folder)

    return write


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
