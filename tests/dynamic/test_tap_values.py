"""What is said of values: by exact type, bounded, without a line of the target's code."""

from __future__ import annotations

import hashlib
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.conftest import Program
from tracer.dynamic.launch import record
from tracer.dynamic.taps import TapError, parse_tap
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Recording

Write = Callable[..., Any]

OBJECTS = """
import collections, dataclasses, enum, json, sys, typing

def told(*words):
    print("the target's code ran:", *words)
    sys.exit(7)

class Meta(type):
    def __eq__(cls, other): told("meta ==")
    def __hash__(cls): told("meta hash")
    def __instancecheck__(cls, value): told("isinstance")
    def __subclasscheck__(cls, value): told("issubclass")
    def __getattribute__(cls, name): told("meta getattribute", name)
    def __repr__(cls): told("meta repr")

class Hostile(metaclass=Meta):
    def __getattribute__(self, name): told("getattribute", name)
    def __eq__(self, other): told("==")
    def __hash__(self): told("hash")
    def __bool__(self): told("bool")
    def __len__(self): told("len")
    def __iter__(self): told("iter")
    def __repr__(self): told("repr")
    def __class_getitem__(cls, item): told("class_getitem")

class HostileDict(dict, metaclass=Meta):
    def __getitem__(self, key): told("getitem")
    def __len__(self): told("len")
    def __iter__(self): told("iter")
    def keys(self): told("keys")

class Descriptor:
    def __get__(self, instance, owner): told("get")
    def __set__(self, instance, value): told("set")

class Described:
    field = Descriptor()

Point = collections.namedtuple("Point", "x y")

class Typed(typing.NamedTuple):
    name: str
    password: str

@dataclasses.dataclass
class Settings:
    rate: float
    name: str
    api_token: str
    inner: object = None

@dataclasses.dataclass(frozen=True)
class Slotted:
    __slots__ = ("a", "b")
    a: int
    b: str

class Color(enum.Enum):
    RED = 1

class Level(enum.IntEnum):
    HIGH = 3

class Flags(enum.Flag):
    A = 1
    B = 2

class Text(str):
    def __repr__(self): told("str repr")
    def __len__(self): told("str len")
    def __getitem__(self, at): told("str item")

class Number(int):
    def __repr__(self): told("int repr")

class Parent:
    __inner = 8
    def method(self):
        self.__own = 9
        done = 1
        return done

hostile = Hostile()
hostile_dict = HostileDict(a=1)
described = Described()
point, typed = Point(1, "b"), Typed("n", "hunter2")
settings = Settings(0.5, "first", "s3cr3t", hostile)
slotted = Slotted(4, "four")
color, level, flags = Color.RED, Level.HIGH, Flags.A | Flags.B
text, number = Text("abc"), Number(12)
ordered = collections.OrderedDict(k=1)
default = collections.defaultdict(list, k=2)
blob = b"x" * 100
holder = {"hostile": hostile, "list": [hostile, hostile_dict]}
Parent().method()
nothing = None
print("done")
"""

AT = next(n for n, line in enumerate(OBJECTS.lstrip("\n").splitlines(), 1) if "nothing =" in line)
IN_METHOD = next(
    n for n, line in enumerate(OBJECTS.lstrip("\n").splitlines(), 1) if "done =" in line
)

EXPECTED = {
    "hostile": "object __main__.Hostile",
    "hostile_dict": "__main__.HostileDict as dict len 1 keys 'a'",
    "point": "__main__.Point as tuple len 2 (x=1, y='b')",
    "point.y": "str len 1 'b'",
    "typed": "__main__.Typed as tuple len 2 (name='n', password=<redacted>)",
    "settings": "dataclass __main__.Settings fields rate=0.5, name='first', "
    "api_token=<redacted>, inner=<__main__.Hostile>",
    "settings.rate": "float 0.5",
    "settings.inner": "object __main__.Hostile",
    "slotted": "dataclass __main__.Slotted fields a=4, b='four'",
    "slotted.a": "int 4",
    "color": "enum __main__.Color.RED value 1",
    "color.value": "int 1",
    "color.name": "str len 3 'RED'",
    "level": "enum __main__.Level.HIGH value 3",
    "text": "__main__.Text as str len 3 'abc'",
    "number": "__main__.Number as int 12",
    "ordered": "collections.OrderedDict as dict len 1 keys 'k'",
    "ordered['k']": "int 1",
    "default['k']": "int 2",
    "blob": "bytes len 100",
    "holder['list']": "list len 2 [<__main__.Hostile>, <__main__.HostileDict>]",
    "holder": "dict len 2 keys 'hostile', 'list'",
    "Color": "object enum.Enum",
    "json.dumps": "object function",
    "stats(holder['list'])": None,
    "digest(blob)": f"bytes len 100 sha256 {hashlib.sha256(b'x' * 100).hexdigest()}",
    "type(hostile)": "type __main__.Hostile",
    "keys(default)": "keys 1 {'k'}",
    "nothing": "None",
}
REFUSED = {
    "hostile.x": "has its own __getattribute__",
    "hostile_dict['a']": "has its own __getitem__",
    "len(hostile)": "would run its code",
    "len(hostile_dict)": "would run its code",
    "described.field": "Descriptor: reading it runs code",
    "Hostile.x": "metaclass",
    "settings.nowhere": "is not there",
    "digest(hostile)": "neither an array, nor bytes, nor text",
    "stats(hostile)": "would run its code",
    "stats(holder['list'])": "an element is a __main__.Hostile",
    "default['new']": "no key 'new'",
}


def test_objects_are_told_by_type_and_never_asked(program: Write) -> None:
    """Every hook of a class ends the program with status 7; none of them is called."""
    target = program(OBJECTS)
    expressions = [*EXPECTED, *(each for each in REFUSED if each not in EXPECTED)]
    recording = target.record(
        taps=(
            *(f"k{n}={each}@main.py:{AT}" for n, each in enumerate(expressions)),
            f"own=self.__own@main.py:{IN_METHOD}",
            f"private=self.__inner@main.py:{IN_METHOD}",
        )
    )
    assert recording.exit_status == 0 and recording.dropped == 0, recording.stderr_tail
    by_key = {tap.key: tap for tap in recording.taps}
    for number, expression in enumerate(expressions):
        tap = by_key[f"k{number}"]
        wanted = EXPECTED.get(expression)
        if expression == "Color":  # `EnumMeta` or `EnumType`: a class of another metaclass
            assert tap.values[0].startswith("object enum.Enum"), tap
        elif wanted is not None:
            assert (tap.values, tap.error) == ((wanted,), ""), expression
        else:
            assert REFUSED[expression] in tap.error and tap.failures == 1, (expression, tap)
    assert by_key["own"].values == ("int 9",) and by_key["private"].values == ("int 8",)
    log = (target.root.parent / "out" / "recording.jsonl").read_text()
    assert "s3cr3t" not in log and "hunter2" not in log


def test_a_module_in_the_making_and_its_names(program: Write) -> None:
    """Names of modules are read where they are; what `__getattr__` would make is not."""
    target = program(
        "import settings\nvalue = 1\n",
        {"settings.py": "N = 64\ndef __getattr__(name):\n    raise SystemExit(7)\n"},
    )
    recording = target.record(taps=("n=settings.N@main.py:2", "other=settings.other@main.py:2"))
    assert recording.exit_status == 0
    there, missing = recording.taps
    assert there.values == ("int 64",)
    assert "has no other yet" in missing.error


def test_readings_keep_their_order_and_are_bounded(program: Write) -> None:
    """Sixteen values, the range of the others, 256 runs, and all is counted."""
    target = program(
        """
        def work():
            for i in range(1000):
                few = i // 400
                many = i * 0.5
                text = str(i)
                zero = 0.0 if i % 2 else -0.0
                nan = float("nan")
                huge = 1 << (i * 4)
                end = 0
        work()
        """
    )
    names = ("few", "many", "text", "zero", "nan", "huge")
    recording = target.record(taps=tuple(f"{name}={name}@main.py:8" for name in names))
    read = {tap.key: tap for tap in recording.taps}
    assert all(tap.hits == 1000 and tap.failures == 0 for tap in read.values())
    few = read["few"]
    assert few.runs == (("int 0", 400), ("int 1", 400), ("int 2", 200))
    assert (few.values, few.counts) == (("int 0", "int 1", "int 2"), (400, 400, 200))
    many = read["many"]
    assert len(many.values) == 16 and many.counts == (1,) * 16 and many.others == 984
    assert many.others_between == ("float 8.0", "float 499.5") and many.last == "float 499.5"
    assert many.runs == tuple((f"float {n / 2}", 1) for n in range(256))
    text = read["text"]
    assert text.others == 984 and text.others_between is None and text.last == "str len 3 '999'"
    zero = read["zero"]
    assert zero.values == ("float -0.0", "float 0.0") and zero.counts == (500, 500)
    assert zero.runs[:2] == (("float -0.0", 1), ("float 0.0", 1)) and len(zero.runs) == 256
    assert read["nan"].runs == (("float nan", 1000),)
    assert read["huge"].values[-1] == f"int {1 << 60}" and read["huge"].last.startswith("int of")


CALLING = """
import time

class Lazy:
    def __getattr__(self, name):
        return len(name)
    @property
    def size(self):
        return helper()
    @property
    def broken(self):
        raise KeyboardInterrupt
    @property
    def leaving(self):
        raise SystemExit(9)
    @property
    def deep(self):
        return self.deep
    def __len__(self):
        return 4

def helper():
    return 5

def work(lazy):
    value = 1
    return value

work(Lazy())
work(Lazy())
print("done")
"""


def test_calls_are_run_only_on_request_guarded_and_labelled(program: Write) -> None:
    """What the target's code raises ends there; its calls are no edges of the program."""
    line = next(
        n for n, text in enumerate(CALLING.lstrip("\n").splitlines(), 1) if "value = 1" in text
    )
    expressions = {
        "size": "lazy.size",
        "getattr": "lazy.anything",
        "len": "len(lazy)",
        "sum": "value + lazy.size",
        "keys": "keys(dict(a=lazy.size))",
        "broken": "lazy.broken",
        "leaving": "lazy.leaving",
        "deep": "lazy.deep",
        "plain": "value",
    }
    target = program(CALLING)
    taps = tuple(
        parse_tap(f"{key}={text}@main.py:{line}", target.root, may_call=True)
        for key, text in expressions.items()
    )
    plan = TracePlan(
        str(target.root), (), Workload("w1", ("main.py",)), taps=taps, backend=target.backend
    )
    recording = record(plan, target.root.parent / "out", python=target.python)
    assert recording.exit_status == 0 and recording.dropped == 0, recording.stderr_tail
    read = {tap.key: tap for tap in recording.taps}
    assert {key: tap.values for key, tap in read.items() if tap.values} == {
        "size": ("int 5",),
        "getattr": ("int 8",),
        "len": ("int 4",),
        "sum": ("int 6",),
        "keys": ("keys 1 {'a'}",),
        "plain": ("int 1",),
    }
    assert read["broken"].error == "its code raised KeyboardInterrupt"
    assert read["leaving"].error == "its code raised SystemExit"
    assert read["deep"].error == "its code raised RecursionError"
    assert {key: tap.code_runs for key, tap in read.items()} == {
        key: 0 if key == "plain" else 2 for key in expressions
    }
    callees = {call.callee.qualname for call in recording.calls}
    assert callees == {"<module>", "work", "Lazy"}, "class bodies, and nothing that a tap has run"

    control = target.record(taps=(f"size=lazy.size@main.py:{line}",), out="control")
    assert control.taps[0].code_runs == 0 and "reading it runs code" in control.taps[0].error
    with pytest.raises(TapError, match="names, attributes"):
        parse_tap(f"sum=value + 1@main.py:{line}", target.root)


def test_code_that_takes_long_is_run_no_more(tmp_path: Path) -> None:
    """After five seconds in all; the program goes on."""
    (tmp_path / "main.py").write_text(
        "import time\n\n\ndef slow():\n    time.sleep(1.9)\n    return 1\n\n\n"
        "for i in range(6):\n    x = i\n    y = x\n"
    )
    taps = (parse_tap("slow=slow()@main.py:10", tmp_path, may_call=True),)
    plan = TracePlan(str(tmp_path), (), Workload("w1", ("main.py",)), taps=taps)
    (tap,) = record(plan, tmp_path / "out").taps
    assert (tap.hits, tap.code_runs, tap.counts) == (6, 3, (3,))
    assert "took more than 5 s" in tap.error


def _with_numpy(tmp_path: Path, backend: str, source: str, *taps: str) -> Recording:
    """Run with the interpreter of the tests, which has NumPy."""
    pytest.importorskip("numpy")
    root = tmp_path / "tree"
    root.mkdir()
    (root / "main.py").write_text(textwrap.dedent(source).lstrip("\n"))
    return Program(root, Path(sys.executable), backend).record(taps=taps)


def test_arrays_on_request_with_extremes_and_digest(tmp_path: Path) -> None:
    """NumPy's own error state and warnings stay out of it, and subclasses are not asked."""
    recording = _with_numpy(
        tmp_path,
        "settrace",
        """
        import warnings
        import numpy as np
        np.seterr(all="raise")
        warnings.simplefilter("error")
        class Loud(np.ndarray):
            def __array_finalize__(self, other): pass
            def min(self): raise SystemExit(7)
            def __getattribute__(self, name): raise SystemExit(8)
        a = np.arange(6, dtype="float32").reshape(2, 3)
        b = a.copy(); b[0, 0] = np.nan
        c = np.full(4, np.nan)
        d = np.array([], dtype="int64")
        e = np.array([True, False])
        f = np.array([object()])
        g = np.arange(3) + 1j
        h = np.arange(6.0)[::2].astype(">f8")
        loud = np.ndarray.__new__(Loud, (2,))
        scalar, whole = np.float32(0.1), np.int64(3)
        token = np.arange(2)
        point = 1
        """,
        *(
            f"k{n}={text}@main.py:20"
            for n, text in enumerate(
                [
                    *(f"stats({name})" for name in "abcdefgh"),
                    "digest(a)",
                    "digest(f)",
                    "a[1]",
                    "loud",
                    "stats(loud)",
                    "scalar",
                    "whole",
                    "stats(token)",
                    "digest(token)",
                ]
            )
        ),
    )
    assert recording.exit_status == 0 and recording.dropped == 0, recording.stderr_tail
    said = [
        (tap.values[0] if tap.values else tap.error)
        for tap in sorted(recording.taps, key=lambda tap: int(tap.key[1:]))
    ]
    import numpy

    digest = hashlib.sha256(numpy.arange(6, dtype="float32").tobytes()).hexdigest()
    assert said == [
        "ndarray shape (2, 3) dtype float32 min 0.0 max 5.0 nan 0",
        "ndarray shape (2, 3) dtype float32 min 1.0 max 5.0 nan 1",
        "ndarray shape (4,) dtype float64 min None max None nan 4",
        "ndarray shape (0,) dtype int64 min None max None nan 0",
        "ndarray shape (2,) dtype bool min False max True nan 0",
        "elements of kind O have no order",
        "elements of kind c have no order",
        "ndarray shape (3,) dtype float64 min 0.0 max 4.0 nan 0",
        f"ndarray shape (2, 3) dtype float32 sha256 {digest}",
        "its elements are objects: their bytes are addresses",
        "ndarray shape (3,) dtype float32",
        "object __main__.Loud",
        "stats() of __main__.Loud would run its code",
        "numpy.float32 0.10000000149011612",
        "numpy.int64 3",
        "ndarray shape (2,) dtype int64 <redacted>",
        "ndarray shape (2,) dtype int64 <redacted>",
    ]


def test_arrays_of_a_table(program: Write) -> None:
    """By C attributes of exactly that type, and not of a class that says it was that type."""
    target = program(
        """
        class memoryview_:
            shape = property(lambda self: 1 / 0)
        memoryview_.__name__ = memoryview_.__qualname__ = "memoryview"
        memoryview_.__module__ = "builtins"
        view, false = memoryview(b"abcdef").cast("B", (2, 3)), memoryview_()
        done = 1
        """
    )
    table = target.root.parent / "arrays.toml"
    table.write_text(
        '[arrays.memoryview]\nat = "builtins.memoryview"\nshape = "shape"\ndtype = "format"\n'
        '[arrays.code]\nat = "types.CodeType"\nshape = "co_varnames"\n'
    )
    taps = ("view=view@main.py:6", "shape=view.shape@main.py:6", "false=false@main.py:6")
    recording = target.record(taps=taps, arrays_tables=(table,))
    read = {tap.key: tap.values for tap in recording.taps}
    assert read == {
        "view": ("memoryview shape (2, 3) dtype 'B'",),
        "shape": ("tuple len 2 (2, 3)",),
        "false": ("object memoryview",),
    }
    control = target.record(taps=taps[:1], out="control")
    assert control.taps[0].values == ("object memoryview",)


def test_what_a_function_of_a_secret_returns_is_one(program: Write) -> None:
    """By the function's name, whatever the value is; in the order and in the last, too."""
    target = program(
        """
        def get_token(n):
            return 8765432100 + n

        def get_size(n):
            return 9 + n

        for n in range(20):
            get_token(n)
            get_size(n)
        """
    )
    recording = target.record(
        taps=("a=return@main.py::get_token:return", "b=return@main.py::get_size:return")
    )
    secret, plain = recording.taps
    assert (secret.values, secret.counts, secret.last) == (
        ("int <redacted>",),
        (20,),
        "int <redacted>",
    )
    assert secret.runs == (("int <redacted>", 20),) and secret.others_between is None
    assert plain.values[0] == "int 9" and plain.last == "int 28"
    assert "87654321" not in (target.root.parent / "out" / "recording.jsonl").read_text()
