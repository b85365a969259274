"""Taps and lists of two runs side by side."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracer.compare.listed import edge_difference
from tracer.compare.taps import is_close, tap_differences
from tracer.model.recording import TapReading
from tracer.probe.values import summary


def _tap(*values: str, **fields: Any) -> TapReading:
    runs = tuple((value, 1) for value in values)
    given_fields = {"hits": len(values), "values": tuple(dict.fromkeys(values)), "runs": runs}
    return TapReading("k", **{**given_fields, "last": values[-1] if values else "", **fields})


def _differ(
    a: TapReading, b: TapReading, rtol: float = 0, atol: float = 0
) -> list[tuple[Any, ...]]:
    found, _ = tap_differences([a], [b], rtol, atol)
    return [(tap.what, tap.a, tap.b, tap.is_within) for tap in found]


def test_the_first_reading_that_differs() -> None:
    """In order, however often a value stood before it."""
    assert _differ(_tap("int 1", "int 2"), _tap("int 1", "int 2")) == []
    assert _differ(_tap("int 1", "int 2"), _tap("int 1", "int 3")) == [
        ("reading 2", "int 2", "int 3", False)
    ]
    a = TapReading("k", 5, ("int 1", "int 2"), runs=(("int 1", 4), ("int 2", 1)), last="int 2")
    b = TapReading("k", 5, ("int 1", "int 2"), runs=(("int 1", 3), ("int 2", 2)), last="int 2")
    assert _differ(a, b) == [("reading 4", "int 1", "int 2", False)]
    assert _differ(_tap("int 1"), _tap("int 1", "int 2")) == [("reading 2", "", "int 2", False)]


def test_a_tolerance_is_for_numbers() -> None:
    """What is within it is told, and is no difference; the first beyond it is."""
    a, b = _tap("float 1.0", "float 2.0"), _tap("float 1.001", "float 2.5")
    assert _differ(a, b, atol=0.01) == [("reading 2", "float 2.0", "float 2.5", False)]
    assert _differ(a, b, rtol=0.3) == [("reading 1", "float 1.0", "float 1.001", True)]
    shaped = ("ndarray shape (2, 3) dtype float32 min 0.0 max 5.0 nan 0",)
    other = ("ndarray shape (2, 3) dtype float32 min 0.0 max 5.1 nan 0",)
    assert _differ(_tap(*shaped), _tap(*other), atol=0.2)[0][3]
    wider = ("ndarray shape (2, 4) dtype float32 min 0.0 max 5.0 nan 0",)
    assert not _differ(_tap(*shaped), _tap(*wider), atol=9)[0][3]
    assert not _differ(_tap("str len 3 '1.0'"), _tap("str len 3 '1.1'"), atol=9)[0][3]


def test_what_else_may_differ() -> None:
    """Counts, the values beyond those kept, why nothing was read, and taps of one run alone."""
    assert _differ(_tap("int 1", hits=300), _tap("int 1", hits=301)) == [
        ("hits", "300", "301", False)
    ]
    assert _differ(_tap("int 1", last="int 8"), _tap("int 1", last="int 9"))[0][0] == "last"
    wide = {"others": 3, "others_between": ("int 1", "int 5")}
    wider = {"others": 3, "others_between": ("int 1", "int 6")}
    assert _differ(_tap("int 1", **wide), _tap("int 1", **wider))[0][0] == "largest"
    assert _differ(_tap(error="a", hits=1), _tap(error="b", hits=1))[0][0] == "why not read"
    found, same = tap_differences([_tap("int 1")], [], 0, 0)
    assert (found[0].what, found[0].a, same) == ("only in A", "int 1", 0)


@given(st.floats(allow_nan=True), st.floats(allow_nan=True), st.floats(0, 10), st.floats(0, 1e9))
def test_near_is_what_numpy_calls_close(a: float, b: float, rtol: float, atol: float) -> None:
    """For whatever two numbers; NaN is near NaN."""
    if math.isnan(a) or math.isnan(b):
        expected = math.isnan(a) and math.isnan(b)
    elif math.isinf(a) or math.isinf(b):
        expected = a == b
    else:
        expected = abs(a - b) <= atol + rtol * abs(b)
    assert is_close(summary(a), summary(b), rtol, atol) is (expected or summary(a) == summary(b))


def _document(edges: list[dict[str, Any]], **lists: Any) -> dict[str, Any]:
    return {"edges": edges, "roots": [], **lists}


def _edge(caller: str, callee: str, count: int, *lines: int) -> dict[str, Any]:
    ends = [
        {"path": "a.py", "module": "a", "qualname": name, "line": 1} for name in (caller, callee)
    ]
    return {
        "caller": ends[0],
        "callee": ends[1],
        "count": count,
        "call_lines": list(lines),
        "how": "call",
        "through": None,
    }


def test_edges() -> None:
    """In one alone, not as often, from other lines of the same sources."""
    a = _document([_edge("f", "g", 1, 3), _edge("f", "h", 2, 4), _edge("f", "i", 1, 5)])
    b = _document([_edge("f", "h", 3, 4), _edge("f", "i", 1, 6), _edge("f", "j", 1, 7)])
    (edges, roots) = edge_difference(a, b, same_lines=True)
    assert [each.what for each in edges.only_a] == ["a.py::f → a.py::g"]
    assert [each.what for each in edges.only_b] == ["a.py::f → a.py::j"]
    assert [(each.what, each.a, each.b) for each in edges.counts] == [("a.py::f → a.py::h", 2, 3)]
    assert [(each.lines_a, each.lines_b) for each in edges.lines] == [((5,), (6,))]
    assert edges.same == 0 and roots.is_same
    (edges, _) = edge_difference(a, b, same_lines=False)
    assert edges.lines == () and edges.same == 1


def test_a_call_through_another_function_is_told_once() -> None:
    """Not as two that each side has alone; control: what only one side calls at all."""
    by_x, by_y = (
        {**_edge("f", "g", count, 3), "through": name}
        for name, count in (("lib.x", 2), ("lib.y", 3))
    )
    direct, other = _edge("f", "g", 1, 4), {**_edge("f", "h", 1, 5), "through": "lib.x"}
    (edges, _) = edge_difference(_document([by_x, other]), _document([by_y]), same_lines=True)
    assert [(each.what, each.a, each.b) for each in edges.through] == [
        ("a.py::f → a.py::g through lib.x in A, lib.y in B", 2, 3)
    ]
    assert [each.what for each in edges.only_a] == ["a.py::f → a.py::h through lib.x"]
    assert (edges.only_b, edges.counts, edges.lines, edges.same) == ((), (), (), 0)
    (edges, _) = edge_difference(
        _document([by_x, direct]), _document([{**direct, "count": 3}]), same_lines=True
    )
    (entry,) = edges.entries
    assert entry.what == "a.py::f → a.py::g through nothing and lib.x in A, nothing in B"
    assert (entry.a, entry.b, entry.lines_a, entry.lines_b) == (3, 3, (3, 4), (4,))
    (edges, _) = edge_difference(_document([by_x]), _document([by_x]), same_lines=True)
    assert edges.is_same and edges.same == 1


def test_kinds_that_are_not_known_here() -> None:
    """Any list of objects is compared by what its entries say; ordered ones by their order, too."""
    function = {"path": "a", "qualname": "f"}
    writes: list[dict[str, Any]] = [
        {"order": 1, "key": "N", "new": "int 64", "line": 3, "function": function},
        {"order": 2, "key": "M", "new": "int 1", "line": 4, "function": function},
    ]
    swapped = [{**writes[1], "order": 1}, {**writes[0], "order": 2}]
    same = edge_difference(
        _document([], state_writes=writes), _document([], state_writes=writes), same_lines=True
    )
    assert [each.kind for each in same] == ["edges", "roots", "state_writes"]
    assert all(each.is_same for each in same)
    found = edge_difference(
        _document([], state_writes=writes), _document([], state_writes=swapped), same_lines=True
    )[2]
    assert found.first == (
        1,
        "function a::f, key N, new int 64",
        "function a::f, key M, new int 1",
    )
    shorter = edge_difference(
        _document([], state_writes=writes), _document([], state_writes=writes[:1]), same_lines=True
    )[2]
    assert shorter.first == (2, "function a::f, key M, new int 1", "")
    assert [each.what for each in shorter.only_a] == ["function a::f, key M, new int 1"]


def test_what_tells_two_entries_apart_stands_before_their_callers() -> None:
    """A line on a terminal is cut at its end, and a chain of callers is long."""
    write = {"key": "N", "new": "int 64", "callers": ["a.py:1"] * 9, "writer": None, "order": 1}
    (_, _, writes) = edge_difference(
        {"edges": [], "roots": [], "state_writes": [write]},
        {"edges": [], "roots": [], "state_writes": [{**write, "new": "int 65"}]},
        same_lines=True,
    )
    assert writes.only_a[0].what.startswith("key N, new int 64, callers [a.py:1, ")
    assert "writer" not in writes.only_a[0].what
