"""Taps that are read in C: the same readings, in the same order, as those read in Python."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dynamic.conftest import IN_C, Program, compiled, ways
from tracer.model.recording import Recording

VALUES = """
    import collections
    import contextlib
    import enum
    import math
    import types

    BIG = 1 << 70
    config = {"N": 64, "inner": {"rates": [0.5, 0.25]}}
    module = types.ModuleType("made")
    module.size = 3


    class Slots:
        __slots__ = ("held", "empty")

        def __init__(self):
            self.held = 7


    class Computed:
        plain = 5

        @property
        def made(self):
            return 1

        def __getattr__(self, name):
            return name


    class Colour(enum.Enum):
        RED = 1


    class Named(collections.namedtuple("Named", "first second")):
        pass


    class Odd:
        def __eq__(self, other):
            raise KeyboardInterrupt

        def __hash__(self):
            return hash("a")


    class Holder:
        def __init__(self):
            self.inner = self
            self.slots = Slots()
            self.computed = Computed()
            self.colour = Colour.RED
            self.named = Named(1, "two")
            self.items = [1, 2, 3]
            self.odd = {Odd(): 1, "b": 2}
            self.count = 0


    ALL = [
        1, 1, 2, True, False, None, 0.0, -0.0, float("nan"), math.nan, math.inf, -3, BIG, -BIG,
        -(1 << 63), (1 << 63) - 1, 1 << 63, "x", "x" * 32, "y" * 33, "y" * 32 + "z", "", b"abc",
        [1], (), {}, 1j, object, Colour.RED, Named(1, 2), 1.5, 1.5, "x", 1, None,
    ]


    def each(values):
        for value in values:
            kept = value  # TAP kept
        return kept


    def numbers(most):
        for number in range(most):
            kept = number % 40 / 2
            after = kept
            other = number if number % 3 else str(number)
            after = kept
        return after


    def chains(holder, most):
        for number in range(most):
            holder.count = number & 3
            after = number
        return after


    def cells(most):
        total = 0

        def add(number):
            nonlocal total
            total += number

        for number in range(most):
            add(number)
            seen = total
        return seen


    def generator(most):
        for number in range(most):
            got = yield number
            held = got


    def fails(number):
        wanted = 10 // number
        return wanted


    def deep(number):
        left = number
        if number:
            deep(number - 1)
            left = -number
        return left


    def within(most):
        for number in range(most):
            with contextlib.suppress(ZeroDivisionError):  # here
                one = 1 // (number % 3)
            two = [
                number,
                number,
            ]
        return two


    each(ALL)
    each(ALL)
    numbers(1500)
    chains(Holder(), 30)
    cells(6)
    for sent in (generator(3), generator(4)):
        next(sent)
        for number in range(3):
            with contextlib.suppress(StopIteration):
                sent.send(number)
    for number in (1, 0, 2, 0):
        with contextlib.suppress(ZeroDivisionError):
            fails(number)
    deep(6)
    within(7)
    for top in range(5):
        level = top
"""

EXPRESSIONS = {
    "kept = value": ("kept",),
    "kept = number % 40 / 2": ("kept", "number", "nowhere"),
    "other = number if": ("other",),
    "holder.count = number & 3": (
        "holder.count",
        "holder.inner.inner.count",
        "holder.slots.held",
        "holder.slots.empty",
        "holder.computed.plain",
        "holder.computed.made",
        "holder.computed.nothing",
        "holder.colour.value",
        "holder.named.second",
        "holder.named[0]",
        "holder.items[-1]",
        "holder.items[7]",
        "holder.odd['b']",
        "holder.missing",
        "len(holder.items)",
        "len(holder.named)",
        "config['N']",
        "config['inner']['rates'][1]",
        "len(config)",
        "module.size",
        "module.other",
        "len",
        "holder",
    ),
    "total += number": ("total",),
    "add(number)": ("total", "number"),
    "held = got": ("held", "got"),
    "wanted = 10 // number": ("wanted", "number"),
    "left = -number": ("left",),
    "left = number": ("left", "number"),
    "one = 1 //": ("one",),
    "with contextlib.suppress(ZeroDivisionError):  # here": ("number",),
    "two = [": ("two", "len(two)"),
    "level = top": ("level", "top"),
    "return after": ("after",),
}


def _taps(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for start, expressions in EXPRESSIONS.items():
        line = text[: text.index(start)].count("\n") + 1
        for expression in expressions:
            for moment in ("", ":before"):
                found.append(f"t{len(found)}={expression}@main.py:{line}{moment}")
    return tuple(found)


@pytest.fixture(params=ways(IN_C))
def program(
    request: pytest.FixtureRequest,
    interpreters: dict[str, str | None],
    tmp_path: Path,
    accelerators: Path,
) -> Program:
    version, backend, *_ = request.param.split()
    found = interpreters[version]
    if found is None:
        pytest.skip(f"no Python {version} on this machine")
    root = tmp_path / "tree"
    root.mkdir()
    return Program(root, Path(found), backend, accelerators=compiled(Path(found), accelerators))


def _both(program: Program, text: str, taps: tuple[str, ...]) -> tuple[Recording, Recording]:
    (program.root / "main.py").write_text(text)
    in_c = program.record(taps=taps, out="c")
    plain = replace(program, accelerators=None).record(taps=taps, out="plain")
    assert in_c.accelerator == "in C" and plain.accelerator.startswith("none, because")
    assert in_c.dropped == plain.dropped == 0
    return in_c, plain


def test_both_ways_read_the_same(program: Program) -> None:
    """Values by type, bounds, order, places, reasons why there is none."""
    text = textwrap.dedent(VALUES)
    in_c, plain = _both(program, text, _taps(text))
    for one, other in zip(in_c.taps, plain.taps, strict=True):
        assert one == other
    assert in_c.lines == plain.lines
    assert sum(tap.hits for tap in in_c.taps) > 10_000
    assert sum(bool(tap.error) for tap in in_c.taps) > 10


CALLED = """
    def last(number):
        found = number * 2
        return found


    def ends(number):
        if number % 7:
            found = number


    def enters(number):
        return number


    def fails(number):
        found = 1 / (number % 3)
        return found


    def deep(number):
        found = number
        return deep(number - 1) if number else found


    def numbers(most):
        for number in range(most):
            got = yield number
            found = number


    def each(number):
        for function in (last, ends, enters, deep):
            function(number)
        try:
            fails(number)
        except ZeroDivisionError:
            pass
        for _ in numbers(3):
            if number % 5 == 0:
                break
        list(map(last, [number] * 2))


    for number in range(40):
        each(number)
"""


@pytest.mark.parametrize("mode", ["edges", "tree"])
def test_functions_with_taps_are_counted_the_same(program: Program, mode: str) -> None:
    """A tap as the last thing, at the entry or the return, after an exception, in generators."""
    text = textwrap.dedent(CALLED)
    lines = text.splitlines()
    taps = [f"t{n}=found@main.py:{n}" for n, line in enumerate(lines, 1) if "found = " in line]
    taps += ["got=number@main.py::enters:entry", "is=return@main.py::deep:return"]
    (program.root / "main.py").write_text(text)
    in_c = program.record(taps=tuple(taps), mode=mode, out="c")
    plain = replace(program, accelerators=None).record(
        taps=tuple(taps), mode=mode, calls_looked_at=10**9, out="plain"
    )
    assert in_c.accelerator == "in C" and plain.accelerator.startswith("none, because")
    assert in_c.taps == plain.taps
    assert all(tap.hits for tap in in_c.taps)

    def counted(recording: Recording) -> dict[tuple[object, ...], int]:
        return {
            (call.caller and call.caller.qualname, call.callee.qualname, call.span, call.how): (
                call.calls
            )
            for call in recording.calls
        }

    assert counted(in_c) == counted(plain)
    assert sum(counted(in_c).values()) > 1_000
    by_event = replace(program, accelerators=None, backend="settrace")
    tree = by_event.record(taps=tuple(taps), mode=mode, out="by event").tree
    assert in_c.tree == tree
