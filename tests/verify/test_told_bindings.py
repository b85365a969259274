"""What imports and definitions bind names to, in many forms, to the last word."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tracer.static.sources import read_tree
from tracer.verify.hops import HopJudge
from tracer.verify.reading import Reading, Target
from tracer.verify.syntax import Definition, FileReading

BOUND = Path(__file__).parent / "told" / "bound"
FILES = (
    *("far/__init__.py", "python/far/__init__.py", "low.py", "sub/leaf.py", "eaf.py", "pkg"),
    *("./pkg/low.py", "twin/__init__.py", "tree/pkg/low.py", "leaf.pyx", ""),
)
OUTSIDE = ("fast.quick", "outside.outside", "nobody")


@pytest.fixture
def reading() -> Reading:
    return Reading(read_tree(BOUND / "tree"))


def _name(target: Target) -> str:
    if isinstance(target, str):
        return target
    if isinstance(target, Definition):
        return f"{target.id}:{target.def_line}"
    inner = getattr(target, "of", None)
    return f"{type(target).__name__}({inner.id if inner else getattr(target, 'path', '')})"


def _files(reading: Reading) -> list[FileReading]:
    return [file for path in reading.paths if (file := reading.file(path)) is not None]


def _definitions(reading: Reading) -> list[Definition]:
    return [d for file in _files(reading) for d in file.definitions]


def _told(reading: Reading) -> Iterator[str]:
    functions = [d for d in _definitions(reading) if d.is_function]
    for file in _files(reading):
        yield f"## {file.path} {file.problem}".rstrip()
        for call in file.calls:
            imported = call.kind == "import"
            found = reading.imported(call, file) if imported else reading.callees(call, file.path)
            bound = ", ".join(sorted(map(_name, found))) or "open"
            yield f"{call.line:2} {call.kind.value} {call.text or '…'}: {bound}"
    yield "## files"
    for text in FILES:
        yield f"{text}: {', '.join(reading.find_paths(text))}"
    yield "## hops"
    judge = HopJudge(reading, None, ())
    for one, other in product(functions, functions):
        found = judge.judge(one, other)
        if found.verdict.holds:
            ground = found.ground.value if found.ground else ""
            yield f"{_name(one)} → {_name(other)}: {ground} {found.lines} {found.detail}"
    yield "## handed on"
    every: list[Definition | str] = [*functions, *OUTSIDE]
    yield from (_name(each) for each in every if reading.is_handed_on(each))
    yield "## put in the place of"
    for function in functions:
        others = [each for each in every if reading.may_be_rebound(function, each)]
        if reading.may_be_rebound(function):
            names = "anything" if others == every else ", ".join(map(_name, others))
            yield f"{_name(function)}: {names}"
        else:
            assert not others
    yield "## overridden"
    for one, other in product(functions, functions):
        sites = [
            f"{file.path}:{call.line}"
            for file in _files(reading)
            for call in file.calls
            if call.name == other.name and reading.may_override(one, other, call)
        ]
        if sites:
            yield f"{_name(one)} for {_name(other)} at {', '.join(sites)}"


def test_what_names_are_bound_to(reading: Reading) -> None:
    """Each call of each file, and which functions may stand in for others. Look, and copy over."""
    golden = BOUND / "bindings.txt"
    beside = golden.with_suffix(".got")
    told = "\n".join(_told(reading)) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")
