"""Pickles are outlined from their opcodes; nothing in them ever runs."""

from __future__ import annotations

import collections
import io
import os
import pickle
from pathlib import Path

import dill
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.artifacts.limits import Budget, InspectionLimits
from tracer.artifacts.pickles import PickleContents
from tracer.artifacts.pickles import read_pickle as read_stream
from tracer.tables.formats import load_formats

LIMITS = InspectionLimits()
TABLE = load_formats()


def read_pickle(data: bytes, limits: InspectionLimits) -> PickleContents:
    return read_stream(io.BytesIO(data), len(data), Budget(limits, TABLE))


class _Evil:
    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return os.system, (f"touch {self._canary}",)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_runs_commands_is_named_and_not_run(tmp_path: Path, protocol: int) -> None:
    """The global is listed and the command has not run; the control shows that it would have."""
    canary = tmp_path / "ran"
    data = pickle.dumps({"weights": _Evil(canary)}, protocol)
    contents = read_pickle(data, LIMITS)
    assert f"{os.name}.system" in contents.globals
    assert contents.keys == ("weights",)
    assert not canary.exists()
    pickle.loads(data)
    assert canary.exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_keys_of_dicts_at_every_protocol(protocol: int) -> None:
    """Texts, numbers, None and tuples as keys, in order."""
    value = {"a": 1, 2: "b", None: [], (1, "x"): {}, True: 0.5}
    contents = read_pickle(pickle.dumps(value, protocol), LIMITS)
    assert contents.top == "dict"
    # Without own opcodes, the oldest protocols write True as the number 1 with a mark.
    assert contents.keys == ("a", "2", "None", "(1, x)", "True")
    assert contents.pickles == 1
    assert contents.not_inspected == ()


def test_dict_subclasses_and_objects_show_their_keys() -> None:
    """An OrderedDict shows its keys, an object the names of its state."""
    ordered = read_pickle(pickle.dumps(collections.OrderedDict(a=1, b=2)), LIMITS)
    assert (ordered.top, ordered.keys) == ("collections.OrderedDict", ("a", "b"))
    limits = read_pickle(dill.dumps(Path("x")), LIMITS)
    assert limits.top.startswith("pathlib")


def test_dill_with_lambdas_and_classes_has_its_keys() -> None:
    """Code objects in a dill file are opaque; the outer keys are there all the same."""

    class Layer:
        def call(self) -> int:
            return 1

    data = dill.dumps({"Layer": Layer, "double": lambda value: value * 2, "scale": 1.5})
    contents = read_pickle(data, LIMITS)
    assert contents.keys == ("Layer", "double", "scale")
    assert "dill._dill._create_type" in contents.globals
    assert any(note.startswith("loading makes") for note in contents.notes)


def test_a_computed_global_is_a_gap() -> None:
    """A name that only loading would compute is not guessed at."""
    # STACK_GLOBAL whose name is the result of a call: builtins.str('system')
    data = b"\x80\x04\x8c\x02os\x8c\x08builtins\x8c\x03str\x93\x8c\x06system\x85R\x93."
    contents = read_pickle(data, LIMITS)
    assert contents.globals == ("builtins.str",)
    assert any("computed while loading" in gap for gap in contents.not_inspected)


def test_a_truncated_pickle_gives_what_came_before() -> None:
    """The keys so far, and where it breaks off."""
    data = pickle.dumps({"first": 1, "second": list(range(1000))}, 2)
    contents = read_pickle(data[:-20], LIMITS)
    assert contents.pickles == 0
    assert contents.not_inspected[0].startswith("byte ")


def test_limits_are_told() -> None:
    """What a cap cuts off is said."""
    many = pickle.dumps({f"key{number}": number for number in range(50)})
    contents = read_pickle(many, InspectionLimits(keys=10))
    assert len(contents.keys) == 10
    assert contents.not_inspected == ("more than 10 keys: the rest is not listed",)
    few = read_pickle(many, InspectionLimits(pickle_opcodes=20))
    assert few.not_inspected == ("more opcodes than are read: the rest was not",)
    marks = read_pickle(b"(" * 200 + b".", InspectionLimits(pickle_depth=100))
    assert "on the stack" in marks.not_inspected[0]


def test_several_pickles_in_one_file() -> None:
    """All are read for globals; keys are those of the first."""
    data = pickle.dumps({"a": 1}) + pickle.dumps(collections.deque())
    contents = read_pickle(data, LIMITS)
    assert (contents.pickles, contents.keys) == (2, ("a",))
    assert "collections.deque" in contents.globals


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    """Whatever the bytes, the answer is an outline."""
    read_pickle(data, LIMITS)


@given(
    st.dictionaries(
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=10),
        st.recursive(
            st.none() | st.integers() | st.floats() | st.text() | st.binary(),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=5,
    ),
    st.integers(0, pickle.HIGHEST_PROTOCOL),
    st.data(),
)
def test_keys_are_the_keys_and_damage_never_raises(
    value: dict[str, object], protocol: int, data: st.DataObject
) -> None:
    """The outline of a dict names its keys; any one byte changed gives an outline all the same."""
    pickled = pickle.dumps(value, protocol)
    assert read_pickle(pickled, LIMITS).keys == tuple(value)
    place = data.draw(st.integers(0, len(pickled) - 1))
    changed = bytearray(pickled)
    changed[place] = data.draw(st.integers(0, 255))
    read_pickle(bytes(changed), LIMITS)
