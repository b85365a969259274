"""Which calls a recording holds: the expectation stands beside the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tracer.dynamic.tree import count_calls
from tracer.model.recording import Recording

Write = Callable[..., Any]


def edges_of(recording: Recording) -> set[tuple[str, int, str]]:
    """`(caller, line, callee)` by qualname."""
    return {
        (_plain(call.caller.qualname), call.line, _plain(call.callee.qualname))
        for call in recording.calls
        if call.caller is not None
    }


def _plain(qualname: str) -> str:
    return qualname.replace(".<locals>", "")


CASES = {
    "functions and methods": """
        class Base:
            def step(self):
                return self.inner()  # runs: Child.inner
            def inner(self):
                return 0

        class Child(Base):
            def inner(self):
                return super().inner()  # runs: Base.inner

        def main():
            Child().step()  # runs: Base.step

        main()  # runs: main
    """,
    "comprehensions belong to their holder": """
        def f(x):
            return x

        def main():
            a = [f(i) for i in range(3)]  # runs: f
            b = {f(i) for i in a}  # runs: f
            c = {f(i): f(i) for i in b}  # runs: f
            return sum(f(i) for i in c)  # runs: f

        d = [main() for _ in range(2)]  # runs: main
    """,
    "decorators": """
        import functools

        def decorate(function):
            @functools.wraps(function)
            def wrapper(x):
                return function(x)  # runs: real
            return wrapper

        @decorate
        def real(x):
            return x

        @functools.lru_cache(None)
        def cached(x):
            return real(x)  # runs: decorate.wrapper

        cached(1)  # runs: cached
    """,
    "a raise leaves the right caller": """
        def fails():
            raise KeyError

        def main():
            for _ in range(3):
                try:
                    fails()  # runs: fails
                except KeyError:
                    after()  # runs: after

        def after():
            pass

        main()  # runs: main
    """,
    "properties, operators, iteration, with": """
        class Thing:
            @property
            def size(self):
                return 1
            def __add__(self, other):
                return self
            def __iter__(self):
                return iter(())
            def __enter__(self):
                return self
            def __exit__(self, *error):
                return None

        def main(t):
            t.size  # runs: Thing.size
            t + t  # runs: Thing.__add__
            list(t)  # runs: Thing.__iter__
            with t:  # runs: Thing.__enter__ | Thing.__exit__
                pass

        main(Thing())  # runs: main
    """,
    "code made by exec": """
        def leaf(x):
            return x

        def main():
            made = {"leaf": leaf}
            exec("def run(x): return leaf(x)", made)
            made["run"](1)  # runs: run

        main()  # runs: main
    """,
}


@pytest.mark.parametrize("case", CASES)
def test_expected_calls_are_seen(case: str, program: Write) -> None:
    """Every call that a comment promises is in the recording, from that line."""
    target = program(CASES[case])
    recording = target.record()
    assert recording.is_complete and recording.exit_status == 0, recording
    assert recording.dropped == 0
    assert target.expected() <= edges_of(recording)


def test_no_other_calls_are_seen(program: Write) -> None:
    """The control: nothing is recorded that the program does not do."""
    target = program(CASES["comprehensions belong to their holder"])
    recording = target.record()
    assert edges_of(recording) == target.expected()


def test_calls_are_counted_exactly(program: Write) -> None:
    """Counts are exact, over many flushes of the log."""
    target = program(
        """
        import time

        def leaf(): pass

        def main():
            for i in range(30_000):
                leaf()
                if i % 3_000 == 0:
                    time.sleep(0.02)

        main()
        """
    )
    recording = target.record(tree_calls=1000)
    (call,) = [call for call in recording.calls if call.callee.qualname == "leaf"]
    assert call.calls == 30_000
    assert count_calls(recording.tree) == 1000
    assert recording.tree_cut == 30_002 - 1000


def test_threads_count_exactly_too(program: Write) -> None:
    """No call is lost when threads switch inside the hook."""
    target = program(
        """
        import _thread, sys, threading
        sys.setswitchinterval(1e-5)
        done = threading.Semaphore(0)

        def leaf(): pass

        def body():
            for _ in range(3_000):
                leaf()

        def raw():
            body()
            done.release()

        threads = [threading.Thread(target=body) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        _thread.start_new_thread(raw, ())
        done.acquire()
        """
    )
    recording = target.record()
    assert sum(call.calls for call in recording.calls if call.callee.qualname == "leaf") == 15_000
    roots = {call.callee.qualname: call.through for call in recording.calls if call.caller is None}
    assert roots == {"<module>": "program", "body": "thread", "raw": "thread"}


def test_generators_are_resumed_by_their_consumer(program: Write) -> None:
    """The first start of a body is a call, the others are resumptions, by who asks for more."""
    target = program(
        """
        def numbers():
            yield 1
            yield 2

        def main():
            for number in numbers():
                pass

        main()
        """
    )
    recording = target.record()
    seen = {
        (call.how, call.caller.qualname, call.calls)
        for call in recording.calls
        if call.callee.qualname == "numbers" and call.caller
    }
    assert seen == {("call", "main", 1), ("resume", "main", 2)}


def test_throw_and_close_keep_the_callers(program: Write) -> None:
    """`throw` and `close` resume a body, and what it then calls has the body as caller."""
    target = program(
        """
        def leaf(): pass

        def inner():
            try:
                yield 1
            except KeyError:
                leaf()  # runs: leaf
                yield 2
            finally:
                leaf()  # runs: leaf

        def main():
            g = inner()
            next(g)  # runs: inner
            g.throw(KeyError)  # runs: inner
            g.close()  # runs: inner

        main()  # runs: main
        """
    )
    recording = target.record()
    assert edges_of(recording) == target.expected()


def test_coroutines(program: Write) -> None:
    """An awaited coroutine has its awaiter as caller; the loop's frames stand between."""
    target = program(
        """
        import asyncio

        def leaf(): pass

        async def inner():
            leaf()  # runs: leaf
            await asyncio.sleep(0)
            leaf()  # runs: leaf

        async def outer():
            await inner()  # runs: inner

        asyncio.run(outer())  # runs: outer
        """
    )
    recording = target.record()
    assert target.expected() <= edges_of(recording)
    (call,) = [c for c in recording.calls if c.callee.qualname == "outer" and c.how == "call"]
    assert call.through and "asyncio" in call.through


def test_callbacks_name_what_stands_between(program: Write) -> None:
    """A callback out of a library has the nearest project function as caller; it says how."""
    target = program(
        """
        import functools, textwrap, re

        def replace(match): return "x"
        def key(x): return x

        def main():
            sorted([2, 1], key=key)  # runs: key
            re.sub("a", replace, "abc")  # runs: replace

        main()
        """
    )
    recording = target.record()
    assert target.expected() <= edges_of(recording)
    through = {call.callee.qualname: call.through for call in recording.calls}
    assert through["key"] is None
    assert through["replace"] in ("re.sub", None)
    externals = {(external.callee, external.line) for external in recording.externals}
    assert ("re.sub", 8) in externals


def test_the_namespace_filters_by_module_name(program: Write) -> None:
    """`pkg` is `pkg` and what lies below it, not `pkg_torch`, which is skipped over."""
    target = program(
        """
        import pkg.inner, pkg_torch

        def main():
            pkg_torch.call(pkg.inner.work)  # runs: work

        main()  # runs: main
        """,
        {
            "pkg/__init__.py": "",
            "pkg/inner.py": "def work():\n    pass\n",
            "pkg_torch.py": "def call(f):\n    f()\n",
        },
    )
    recording = target.record(namespaces=("pkg",))
    assert target.expected() <= edges_of(recording)
    modules = {call.callee.module for call in recording.calls}
    assert modules == {"__main__", "pkg", "pkg.inner"}
    (call,) = [call for call in recording.calls if call.callee.qualname == "work"]
    assert call.through == "pkg_torch.call"
    assert ("pkg_torch.call", 4) in {(each.callee, each.line) for each in recording.externals}


def test_without_a_namespace_all_files_of_the_root_are_in(program: Write) -> None:
    """The control: then `pkg_torch` is a caller as well, and the library still is not."""
    target = program(
        "import json, helper\nhelper.work()\njson.dumps([1])\n",
        {"helper.py": "def work():\n    pass\n"},
    )
    recording = target.record()
    assert {call.callee.module for call in recording.calls} == {"__main__", "helper"}


def test_columns_where_the_interpreter_knows_them(program: Write) -> None:
    """Two calls on one line differ by span from 3.11 on; columns are UTF-8 bytes."""
    target = program('def f(x): return x\nf("é"); f(2)\n')
    recording = target.record()
    spans = {call.span.column if call.span else None for call in recording.calls if call.caller}
    assert spans == ({None} if "3.10" in recording.python else {0, 9})


def test_lines_exceptions_and_files(program: Write) -> None:
    """Lines that ran, exceptions by type and function, files with mode and caller."""
    target = program(
        """
        def fails(flag):
            if flag:
                raise ValueError("a message that may quote data")
            return 1

        def main():
            try:
                fails(True)
            except ValueError:
                pass
            with open("made.txt", "w") as file:
                file.write("x")

        main()
        """
    )
    recording = target.record()
    lines = {each.frame.qualname: each.lines for each in recording.lines}
    assert lines["fails"] == (2, 3)
    raised = {(each.frame.qualname, each.line, each.type_name) for each in recording.exceptions}
    assert raised == {("fails", 3, "ValueError"), ("main", 8, "ValueError")}
    (opened,) = [file for file in recording.opened if file.path.endswith("made.txt")]
    assert (opened.path, opened.mode, opened.line) == ("<scratch>/made.txt", "w", 11)
    assert opened.caller and opened.caller.qualname == "main"
    tree = {call.frame.qualname: call.exception for call in recording.tree}
    assert tree == {"<module>": "", "main": "", "fails": "ValueError"}


def test_equal_functions_of_two_files_are_two(program: Write) -> None:
    """Code objects that compare equal are told apart."""
    text = "def same():\n    return 1\n"
    target = program("import a, b\na.same()\nb.same()\n", {"a.py": text, "b.py": text})
    recording = target.record()
    seen = {
        (call.line, call.callee.path) for call in recording.calls if call.callee.qualname == "same"
    }
    assert seen == {(2, "a.py"), (3, "b.py")}


def test_recursion_limit_does_not_end_the_recording(program: Write) -> None:
    """The interpreter takes a trace function off when the hook cannot be entered; ours stays."""
    target = program(
        """
        import sys
        sys.setrecursionlimit(300)

        def deep(): deep()
        def later(): pass

        for _ in range(2):
            try:
                deep()
            except RecursionError:
                pass
        later()  # runs: later
        """
    )
    recording = target.record()
    assert target.expected() <= edges_of(recording)


def test_a_target_that_traces_itself_is_served_and_recorded(program: Write) -> None:
    """Its own trace function sees what it would see, and so do we."""
    target = program(
        """
        import sys
        seen = []

        def own(frame, event, argument):
            seen.append((event, frame.f_code.co_name))
            return own

        def inside(): pass
        def after(): pass

        sys.settrace(own)
        inside()  # runs: inside
        sys.settrace(None)
        after()  # runs: after
        print([s for s in seen if s[1] == "inside"], sys.gettrace())
        """
    )
    traced = target.traced()
    assert traced.stdout == target.untraced().stdout
    assert target.expected() <= edges_of(target.record())
