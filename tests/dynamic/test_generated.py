"""Code that libraries make at run time, and functions that only hand a call on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.dynamic.test_calls import edges_of

Write = Callable[..., Any]

DATACLASS = {
    "pkg/__init__.py": "",
    "pkg/shop.py": """\
        from dataclasses import dataclass, field

        def check(x):
            return x

        @dataclass
        class Point:
            x: int
            y: int = field(default_factory=lambda: check(0))

            def __post_init__(self):
                check(self.x)  # runs: check

        def main():
            Point(1)  # runs: Point.<lambda> | Point.__post_init__
            repr(Point(2))  # runs: Point.<lambda> | Point.__post_init__
            after()  # runs: after

        def after():
            pass
    """,
}


@pytest.mark.parametrize("namespaces", [("pkg",), ()])
def test_the_methods_of_a_dataclass_are_passed_through(
    namespaces: tuple[str, ...], program: Write
) -> None:
    """What the generated `__init__` calls has its caller; the module stays inside."""
    target = program("from pkg import shop\nshop.main()\n", DATACLASS)
    recording = target.record(namespaces=namespaces)
    seen = {edge for edge in edges_of(recording) if edge[0] in ("main", "Point.__post_init__")}
    assert seen == target.expected()
    through = {call.through for call in recording.calls if call.callee.qualname.endswith("init__")}
    assert through == {"pkg.shop.Point.__init__"}
    made = {(each.library, each.module, each.name) for each in recording.hidden}
    assert ("dataclasses", "pkg.shop", "Point.__init__") in made
    assert any("that dataclasses made at run time" in each for each in recording.cannot_see)
    assert not any(call.callee.path == "<string>" for call in recording.calls)
    assert recording.dropped == 0


def test_code_that_the_program_makes_itself_is_recorded(program: Write) -> None:
    """The control: the same file name, made by the program and not by a library."""
    target = program(
        """
        def leaf(x):
            return x

        made = {"__name__": "__main__", "leaf": leaf}
        exec("def run(x): return leaf(x)", made)
        made["run"](1)
        """
    )
    recording = target.record()
    assert ("<module>", 6, "run") in edges_of(recording)
    assert ("run", 1, "leaf") in edges_of(recording)
    assert recording.hidden == ()


# A library that does what autograph does: it writes the function anew, one line lower and under
# another name, runs that, and says in an attribute of the new function where each line comes from.
CONVERTER = """
    import os, tempfile
    from collections import namedtuple

    Line = namedtuple("Line", "file line")
    Place = namedtuple("Place", "file line column")
    Info = namedtuple("Info", "loc function_name")

    def convert(function, tells=True):
        first = function.__code__.co_firstlineno
        with open(function.__code__.co_filename) as file:
            text = file.read().splitlines()
        body = text[first - 1:first - 1 + function.lines]
        name = function.__code__.co_name
        folder = tempfile.mkdtemp()
        path = os.path.join(folder, "__autograph_generated_file" + name + ".py")
        made = ["# made"] + [line.replace("def " + name, "def tf__" + name) for line in body]
        scope = {}
        exec(compile("\\n".join(made), path, "exec"), function.__globals__, scope)
        new = scope["tf__" + name]
        if tells:
            new.ag_source_map = {
                Line(path, number + 2): Info(
                    Place(function.__code__.co_filename, first + number, 0), name
                )
                for number in range(len(body))
            }
        return new

    def converted_call(f, *args):
        target_entity = f
        converted_f = convert(target_entity, f.tells)
        return converted_f(*args)
"""
CONVERTED = """
    import os
    from library import converted_call

    def helper(x):
        return x + 1

    def step(x):
        def inner(v):
            return helper(v)  # runs: helper
        if x:
            x = inner(x)  # runs: step.inner
        return helper(x)  # runs: helper

    def main():
        converted_call(step, 1)  # runs: step
        helper(0)  # runs: helper

    step.lines = 6
    step.tells = "SILENT" not in os.environ
    main()
"""


def test_converted_code_stands_for_what_it_was_made_of(program: Write) -> None:
    """Edges and lines out of it are those of the source, nested functions and all."""
    target = program(CONVERTED, {"library.py": CONVERTER})
    recording = target.record(namespaces=("pkg",))
    edges = {edge for edge in edges_of(recording) if edge[0] != "<module>"}
    assert edges == target.expected()
    (call,) = [call for call in recording.calls if call.callee.qualname == "step"]
    assert (call.callee.path, call.callee.first_line) == ("main.py", 7)
    assert call.through == "library.converted_call"
    lines = {each.frame.qualname: (each.calls, each.lines) for each in recording.lines}
    assert lines["step"] == (1, (8, 10, 11, 12))
    assert lines["step.<locals>.inner"] == (1, (9,))
    assert [frame.qualname for frame in recording.converted] == ["step", "step.<locals>.inner"]
    assert recording.hidden == () and recording.dropped == 0


def test_converted_code_that_does_not_say_whence_it_comes_is_hidden(program: Write) -> None:
    """It is counted; what it calls has the program's caller before it, and says through what."""
    target = program(CONVERTED, {"library.py": CONVERTER})
    recording = target.record(namespaces=("pkg",), environment=(("SILENT", "1"),))
    assert ("main", 15, "helper") in edges_of(recording)
    assert not any("tf__" in call.callee.qualname for call in recording.calls)
    (hidden,) = [each for each in recording.hidden if each.made_of == "step"]
    assert (hidden.library, hidden.module) == ("tensorflow.autograph", "__main__")


def test_what_stands_behind_a_wrapper_is_named(program: Write) -> None:
    """A wrapper that the table knows is no answer to who called back; a stranger's is named."""
    wrapper = """
        def context_decorator(func):
            def decorate_context(*args):
                return func(*args)
            return decorate_context
    """
    target = program(
        """
        from torch.utils._contextlib import context_decorator
        import library

        def back():
            pass

        def main():
            library.known(back)
            library.stranger(back)

        main()
        """,
        {
            "torch/__init__.py": "",
            "torch/utils/__init__.py": "",
            "torch/utils/_contextlib.py": wrapper,
            "library.py": """\
                from torch.utils._contextlib import context_decorator

                def other_decorator(func):
                    def wrap(*args):
                        return func(*args)
                    return wrap

                @context_decorator
                def known(f):
                    f()

                @other_decorator
                def stranger(f):
                    f()
            """,
        },
    )
    recording = target.record(namespaces=("pkg",))
    through = {call.line: call.through for call in recording.calls if call.through}
    stranger = through[9]
    if "3.10" not in recording.python:  # no qualnames in code objects
        assert through[8] == "library.known"
        assert stranger == "library.other_decorator.wrap"
        externals = {(call.line, call.callee) for call in recording.externals}
        assert (8, "library.known") in externals
