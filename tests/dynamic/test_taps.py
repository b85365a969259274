"""Taps: what they read, when, and that reading runs nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tracer.dynamic.expectations import ExpectationError
from tracer.dynamic.launch import record
from tracer.dynamic.tap_results import tap_results
from tracer.dynamic.taps import TapError, compile_expression, judge, parse_tap
from tracer.model.plan import TapMoment, TracePlan, Workload
from tracer.model.recording import Recording, TapReading
from tracer.probe.codes import Codes, Entry, identity

Write = Callable[..., Any]

TARGET = """
import collections
params = {"N": 64, "api_key": "s3cr3t-Value", "nested": {"a": [1, 2, 3]}}

class Slots:
    __slots__ = ("x",)
    def __init__(self): self.x = 7

class Plain:
    kind = "a class attribute"
    def __init__(self): self.y = None
    @property
    def computed(self): print("property ran"); return 1

class Touchy:
    def __getattr__(self, name): print("getattr ran"); return 1
    def __len__(self): print("len ran"); return 1
    def __repr__(self): print("repr ran"); return "touchy"

def work(n, password="hunter2"):
    total = 0
    for i in range(n):
        total = total + i
    text = "x" * 100
    items = [
        i
        for i in range(n)
    ]
    slots, plain, touchy = Slots(), Plain(), Touchy()
    deque = collections.deque([1])
    return total

def fails():
    value = int("no")

work(4)
work(5)
try:
    fails()
except ValueError:
    pass
"""


def _line(part: str) -> int:
    lines = TARGET.lstrip("\n").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


def _read(recording: Recording) -> dict[str, tuple[int, tuple[str, ...], str]]:
    return {tap.key: (tap.hits, tap.values, tap.error) for tap in recording.taps}


def test_readings(program: Write) -> None:
    """After and before a line, at entry and return; by exact type, secrets left out."""
    objects = _line("slots, plain")
    taps = {
        "after": f"total@main.py:{_line('total = total')}",
        "before": f"total@main.py:{_line('total = total')}:before",
        "multi": f"len(items)@main.py:{_line('items = [')}",
        "entry": "n@main.py::work:entry",
        "return": "return@main.py::work:return",
        "text": f"text@main.py:{_line('text =')}",
        "N": f"params['N']@main.py:{_line('text =')}",
        "keys": f"keys(params)@main.py:{_line('text =')}",
        "deep": f"params['nested']['a'][2]@main.py:{_line('text =')}",
        "secret": f"params['api_key']@main.py:{_line('text =')}",
        "password": "password@main.py::work:entry",
        "slot": f"slots.x@main.py:{objects}",
        "own": f"plain.y@main.py:{objects}",
        "kind": f"plain.kind@main.py:{objects}",
        "property": f"plain.computed@main.py:{objects}",
        "getattr": f"touchy.anything@main.py:{objects}",
        "len": f"len(touchy)@main.py:{objects}",
        "object": f"touchy@main.py:{objects}",
        "type": f"type(touchy)@main.py:{objects}",
        "missing": f"nowhere@main.py:{objects}",
        "raised": f"value@main.py:{_line('value = int')}",
    }
    target = program(TARGET)
    recording = target.record(taps=tuple(f"{key}={spec}" for key, spec in taps.items()))
    read = _read(recording)
    assert read["after"] == (9, ("int 0", "int 1", "int 3", "int 6", "int 10"), "")
    assert read["before"][:2] == (9, ("int 0", "int 1", "int 3", "int 6"))
    assert read["multi"] == (2, ("int 4", "int 5"), "")
    assert read["entry"] == (2, ("int 4", "int 5"), "")
    assert read["return"] == (2, ("int 6", "int 10"), "")
    assert read["text"][1] == ("str len 100 '" + "x" * 32 + "'…",)
    assert read["N"][1] == ("int 64",)
    assert read["keys"][1] == ("keys 3 {'N', 'api_key', 'nested'}",)
    assert read["deep"][1] == ("int 3",)
    assert read["secret"][1] == ("str len 12 <redacted>",)
    assert read["password"][1] == ("str len 7 <redacted>",)
    assert read["slot"][1] == ("int 7",)
    assert read["own"][1] == ("None",)
    assert read["kind"][1] == ("str len 17 'a class attribute'",)
    assert read["object"][1] == ("object __main__.Touchy",)
    assert read["type"][1] == ("type __main__.Touchy",)
    assert "runs code" in read["property"][2] and "runs code" in read["getattr"][2]
    assert "would run its code" in read["len"][2]
    assert read["missing"][2] == "no name nowhere here"
    assert read["raised"] == (0, (), "the statement raised ValueError")
    log = (target.root.parent / "out" / "recording.jsonl").read_text()
    assert "s3cr3t" not in log and "hunter2" not in log


def test_reading_runs_nothing_of_the_target(program: Write) -> None:
    """The target's output is the untraced one although its objects are asked for."""
    target = program(TARGET)
    recording = target.record(
        taps=(f"a=touchy.x@main.py:{_line('slots, plain')}", "b=return@main.py::work:return"),
    )
    assert recording.exit_status == 0 and recording.dropped == 0
    assert "ran" not in recording.stderr_tail


def test_arrays_are_read_by_shape(program: Write) -> None:
    """Shape and dtype come from the array's C type, not from its methods."""
    target = program(
        """
        import sys
        try:
            import numpy
        except ImportError:
            sys.exit(99)
        array = numpy.zeros((64, 64), "float32")
        scalar = numpy.float64(0.5)
        done = 1
        """
    )
    recording = target.record(
        taps=(
            "array=array@main.py:8",
            "shape=array.shape@main.py:8",
            "scalar=scalar@main.py:8",
            "length=len(array)@main.py:8",
        )
    )
    if recording.exit_status == 99:
        pytest.skip("no NumPy in this interpreter")
    read = {tap.key: tap.values for tap in recording.taps}
    assert read == {
        "array": ("ndarray shape (64, 64) dtype float32",),
        "shape": ("tuple len 2 (64, 64)",),
        "scalar": ("numpy.float64 0.5",),
        "length": ("int 64",),
    }


@pytest.mark.parametrize(
    ("value", "expected", "verdict"),
    [
        ("int 18", "== 18", "as expected"),
        ("int 18", "> 20", "differs"),
        ("float 0.5", "<= 0.5", "as expected"),
        ("bool True", "== True", "as expected"),
        ("None", "is None", "as expected"),
        ("None", "== None", "as expected"),
        ("str len 3 'abc'", "in {'abc', 'd'}", "as expected"),
        ("str len 99 'abc'…", "== 'abc'", "read"),
        ("str len 3 <redacted>", "== 'abc'", "read"),
        ("ndarray shape (64, 64) dtype float32", "shape == (64, 64)", "as expected"),
        ("ndarray shape (64, 64) dtype float32", "dtype == float64", "differs"),
        ("tuple len 2 (64, 64)", "== (64, 64)", "as expected"),
        ("list len 3 [1, 2, 3]", "len == 3", "as expected"),
        ("keys 2 {'a', 'b'}", "keys >= {'a'}", "as expected"),
        ("keys 2 {'a', 'b'}", "keys >= {'c'}", "differs"),
        ("keys 99 {'a', …}", "keys >= {'c'}", "read"),
        ("dict len 2 keys 'a', 'b'", "keys == {'a', 'b'}", "as expected"),
        ("type dill.Pickler", "type == dill.Pickler", "as expected"),
        ("object a.B", "== 3", "read"),
        ("int 18", "", "read"),
        ("int 18", "nonsense here", "read"),
    ],
)
def test_judging(value: str, expected: str, verdict: str) -> None:
    """A reading agrees, differs, or cannot be judged, which is not the same."""
    assert judge(TapReading("k", 1, (value,)), expected) == verdict


def test_every_value_has_to_agree() -> None:
    """One differing value makes the tap differ; none at all is `not reached`."""
    assert judge(TapReading("k", 2, ("int 1", "int 2")), "== 1") == "differs"
    assert judge(TapReading("k", 0, ()), "== 1") == "not reached"
    assert judge(None, "== 1") == "not reached"


@pytest.mark.parametrize(
    "expression",
    [
        "f(x)",
        "x + 1",
        "x[i]",
        "x[1:2]",
        "len(x, y)",
        "len(len(x))",
        "lambda: 1",
        "",
        "x.",
        "(x := 1)",
    ],
)
def test_expressions_outside_the_grammar_are_refused(expression: str) -> None:
    """What would run code cannot be asked for."""
    with pytest.raises(TapError, match="names, attributes, constant items"):
        compile_expression(expression)


def test_specs(tmp_path: Path) -> None:
    """Both forms are read; source gives owner, statement bounds and the line of the `def`."""
    (tmp_path / "a.py").write_text(
        "import os\n\nclass C:\n    @staticmethod\n"
        "    def f(x):\n        y = [\n            x\n        ]\n"
    )
    tap = parse_tap("k=len(y)@a.py:7", tmp_path)
    assert (tap.function, tap.statement_lines, tap.moment) == ("C.f", (6, 8), TapMoment.AFTER)
    tap = parse_tap("k=x@a.py::C.f:entry", tmp_path)
    assert (tap.line, tap.moment) == (5, TapMoment.ENTRY)
    assert parse_tap("k=os@a.py:1:before", tmp_path).function == "<module>"
    for wrong in (
        "k",
        "k=x",
        "k=x@a.py",
        "k=x@a.py:0",
        "k=x@a.py:99",
        "k=x@b.py:1",
        "k=x@a.py::g:entry",
    ):
        with pytest.raises(TapError) as caught:
            parse_tap(wrong, tmp_path)
        assert "\n" not in str(caught.value)


def test_a_path_of_this_machine_in_a_value_is_made_portable(tmp_path: Path) -> None:
    """Temp folders read the same in every run; the length, which was this machine's, goes."""
    (tmp_path / "job.py").write_text(
        "import os, tempfile\n\n\n"
        "def save(folder, name):\n    return os.path.join(folder, name)\n\n\n"
        "with tempfile.TemporaryDirectory() as folder:\n    save(folder, 'a.txt')\n"
    )
    specs = ("folder=folder@job.py::save:entry", "name=name@job.py::save:entry")
    taps = tuple(parse_tap(spec, tmp_path) for spec in specs)
    plan = TracePlan(str(tmp_path), (), Workload("w1", ("job.py",)), taps=taps)
    read = {tap.key: tap.values for tap in record(plan, tmp_path / "out").taps}
    assert read == {"folder": ("str '<tmp>/tmp*'",), "name": ("str len 5 'a.txt'",)}


def test_a_name_that_the_frame_will_not_hold_is_refused(tmp_path: Path) -> None:
    """A function keeps of the one around it what it uses; a global of that name is not meant."""
    (tmp_path / "a.py").write_text(
        "size = 1\n\n\ndef outer(n, size):\n    def inner():\n        return n\n\n"
        "    def using():\n        return lambda: size\n\n    return inner, using\n"
    )
    with pytest.raises(TapError, match=r"size is a name of outer, and outer\.<locals>\.inner does"):
        parse_tap("k=size@a.py:6:before", tmp_path)
    for place in ("a.py:9:before", "a.py:11:before", "a.py:1", "a.py::outer:entry"):
        parse_tap(f"k=size@{place}", tmp_path)
    parse_tap("k=n@a.py:6:before", tmp_path)


@pytest.mark.parametrize("given", ["> 20", "'> 20'", ' "> 20" '])
def test_what_is_expected_may_stand_in_quotes(given: str) -> None:
    """As the help shows it; a lone quote is no pair."""
    assert parse_tap(f"count=len(x)@a.py:3 ~ {given}").expected == "> 20"
    with pytest.raises(ExpectationError):
        parse_tap("count=len(x)@a.py:3 ~ '> 20")


def test_a_run_without_the_tap_says_nothing_of_it(program: Write) -> None:
    """`not asked` is no `not reached`: recordings are joined that were made with other taps."""
    target = program("count = 18\n")
    asked = target.record(taps=("n=count@main.py:1",))
    other = target.record(taps=("m=count@main.py:1",), out="other")
    of_same_key = target.record(taps=("n=type(count)@main.py:1",), out="same_key")
    (tap,) = [parse_tap("n=count@main.py:1", target.root)]

    def outcomes(*recordings: Recording) -> list[str]:
        return [result.outcome for result in tap_results((tap,), recordings)]

    assert outcomes(asked) == outcomes(other, asked) == ["read"]
    assert outcomes(other) == outcomes(of_same_key) == ["not asked"]
    assert outcomes(replace(other, asked_taps=None)) == ["not reached"]


def test_a_module_outside_is_not_decided_by_code_that_was_made_for_it(program: Write) -> None:
    """The `__init__` of a dataclass lies in no file; the tapped function of the module is read."""
    helper = """
        import dataclasses
        name = __name__

        @dataclasses.dataclass
        class Point:
            x: int = 0

        def plain():
            return 1

        def tapped(value):
            return value + 1
    """
    caller = """
        import helper
        def both():
            helper.Point(3)
            helper.Point(4)
            helper.plain()
            return helper.tapped(41)
    """
    target = program(
        "import caller\nresult = caller.both()\n", {"helper.py": helper, "caller.py": caller}
    )
    recording = target.record(
        taps=("value=value@helper.py::tapped:entry",), namespaces=("__main__",)
    )
    assert _read(recording)["value"] == (1, ("int 41",), "")


def test_a_tap_in_a_module_that_the_effect_table_names(program: Write) -> None:
    """Of its other functions the table says nothing, but the tap does."""
    library = """
        def load(file):
            return file

        def other(value):
            return value + 1
    """
    target = program(
        "import tomli\nfor number in range(3):\n    tomli.load(number)\nresult = tomli.other(41)\n",
        {"tomli.py": library},
    )
    recording = target.record(taps=("value=value@tomli.py::other:entry",), namespaces=("__main__",))
    assert _read(recording)["value"] == (1, ("int 41",), "")
    assert {effect.operation for effect in recording.effects} == {"tomli.load"}


def test_a_function_that_two_threads_meet_at_once_has_one_entry() -> None:
    """With two, the stream of calls could not name the second one, and ended."""
    codes = Codes(["m"], "/nowhere", [])
    added: list[Entry] = []
    codes.on_added = added.append
    code = test_readings.__code__
    first, second = Entry(code, "m"), Entry(code, "m")
    assert codes.add(identity(code), first) is first
    assert codes.add(identity(code), second) is first
    assert added == [first]
