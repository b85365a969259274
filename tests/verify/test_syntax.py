"""One file as the verifier reads it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tracer.verify.parsing import read_file
from tracer.verify.syntax import Definition, FileReading, Scope, module_name


def _read(text: str) -> FileReading:
    return read_file("a.py", dedent(text).lstrip("\n"))


def test_a_statement_over_several_lines_is_one_place() -> None:
    """Every line of a call that spans lines touches the call; the line behind it does not."""
    file = _read("""
        value = f(
            1,
            2,
        )
        other = 3
    """)
    (call,) = file.calls
    assert all(call.touches(line, line) for line in (1, 2, 3, 4))
    assert not call.touches(5, 5)


def test_a_with_header_touches_the_calls_directly_in_its_block() -> None:
    """`with open(…)` belongs to the `dump` beneath it, but not to one deeper down."""
    file = _read("""
        with open(p) as f:
            dump(x, f)
            if x:
                load(f)
    """)
    dump = next(call for call in file.calls if call.name == "dump")
    load = next(call for call in file.calls if call.name == "load")
    assert dump.touches(1, 1)
    assert not load.touches(1, 1)


def test_a_compound_statement_is_its_header() -> None:
    """A call in an `if` is not placed at the lines of the block beneath."""
    file = _read("""
        if check(x):
            y = 1
    """)
    (call,) = file.calls
    assert call.touches(1, 1)
    assert not call.touches(2, 2)


def test_definitions_know_their_decorator_and_their_end() -> None:
    """A function holds the first decorator's line and the def's, as a model's function does."""
    file = _read("""
        class A:
            @staticmethod
            @other
            def f():
                def g(): ...
                return lambda: 1
    """)
    found = {d.qualname: (d.first_line, d.def_line, d.end_line) for d in file.definitions}
    assert found["A.f"] == (2, 4, 6)
    assert found["A.f.<locals>.g"] == (5, 5, 5)
    assert found["A.f.<locals>.<lambda>"] == (6, 6, 6)


def test_calls_belong_to_the_innermost_function() -> None:
    """A default runs in the scope around; calls of nested functions count as within."""
    file = _read("""
        def outer(x=default()):
            def inner():
                deep()
            shallow()
    """)
    outer = file.named("outer")[0]
    assert [call.name for call in file.calls_in(outer)] == ["deep", "shallow"]
    module = next(file.definitions)
    assert [call.name for call in file.calls_in(module)] == ["default"]


def test_names_that_are_only_called_are_no_values() -> None:
    """`f()` hands nothing on; `register(f)` does."""
    assert _values("f()\nm.f(1)") == set()
    assert _values("register(f)") == {"f"}
    assert _values("register(m.f)") == {"m.f"}
    assert _values("m.f()") == set()


def test_a_file_that_does_not_parse_keeps_its_lines_and_says_why() -> None:
    """Anchors in it can still be looked at as text."""
    file = _read("x = 1\ndef f(:\n")
    assert file.lines == ("x = 1", "def f(:")
    assert file.problem.startswith("line 2")
    assert not file.scopes


def _values(text: str) -> set[str]:
    return {use.text for use in _read(text).values}


def test_all_that_is_read_in_a_file() -> None:
    """Definitions, bindings, calls, uses, stores, statements. Look at what changed, and copy it."""
    source = Path(__file__).parent / "told" / "syntax.py"
    read = read_file("pkg/sub/syntax.py", source.read_text("utf-8"))
    lines = [f"## {scope.definition}\n{_bound(scope)}" for scope in read.scopes]
    for part in (read.calls, read.values, read.stores, read.statements):
        lines += ["", *map(str, part)]
    golden = source.with_suffix(".txt")
    beside = golden.with_suffix(".got")
    told = "\n".join(lines) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")


def _bound(scope: Scope) -> str:
    bound = [
        f"{name}: {', '.join(b.qualname if isinstance(b, Definition) else str(b) for b in found)}"
        for name, found in scope.bindings.items()
    ]
    more = [f"parent {scope.parent}", f"stars {scope.stars}"]
    return "\n".join([*more, f"attributes {sorted(scope.instance_attributes)}", *bound])


def test_a_comment_above_a_definition() -> None:
    """It begins where the comment does, and not above the file."""
    assert read_file("a.py", "def f():\n    pass\n# end").comment_start(1) == 1
    assert read_file("a.py", "# a\ndef f():\n    pass\n# end").comment_start(2) == 1
    assert read_file("a.py", "x = 1\n# a\n# b\ndef f(): pass\n").comment_start(4) == 2


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("pkg/__init__.py", "pkg"),
        ("a/b/__init__.py", "a.b"),
        ("__init__.py", "__init__"),
        ("a/b.py", "a.b"),
        ("b.py", "b"),
    ],
)
def test_the_name_of_a_module(path: str, module: str) -> None:
    """By its path from the root; a package is named as its folder."""
    assert module_name(path) == module
