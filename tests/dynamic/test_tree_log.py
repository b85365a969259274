"""The tree's records in columns, and the tree that is folded from them."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tracer.dynamic.recording import read_recording
from tracer.dynamic.tree import count_calls
from tracer.dynamic.tree_log import TreeLog
from tracer.model.recording import TreeCall

_HEADER = {
    "t": "header", "schema": "tracer/log/1", "python": "3.12.1", "implementation": "CPython",
    "backend": "settrace", "mode": "tree", "namespaces": [], "root": "/r", "real_root": "/r",
    "home": "/h", "python_folders": [], "scratch": "", "has_columns": True,
    "workload": {"name": "w1", "argv": ["m.py"], "cwd": None, "reason": ""},
}  # fmt: skip


def _code(number: int, name: str, holder: int = 0) -> dict[str, object]:
    return {
        "t": "code", "id": number, "path": "/r/m.py", "module": "m", "qualname": name,
        "first_line": number, "holder": holder, "inside": True,
    }  # fmt: skip


def _read(folder: Path, *records: dict[str, object]) -> tuple[TreeCall, ...]:
    text = "".join(json.dumps(record) + "\n" for record in (_HEADER, *records))
    (folder / "recording.jsonl").write_text(text)
    return read_recording(folder).tree


def _shown(calls: tuple[TreeCall, ...]) -> list[tuple[int, str, int]]:
    return [(call.parent, call.frame.qualname, call.repeats) for call in calls]


def test_equal_neighbours_are_folded_while_reading(tmp_path: Path) -> None:
    """A thousand equal calls are one; an unequal one between them keeps its place."""
    calls = [[1, 0, 1, 0, 0, 0]]
    calls += [[node, 1, 2 if node != 500 else 3, 0, 0, 0] for node in range(2, 1002)]
    tree = _read(
        tmp_path, _code(1, "main"), _code(2, "leaf"), _code(3, "other"),
        {"t": "tree", "calls": calls[:300]}, {"t": "tree", "calls": calls[300:]},
    )  # fmt: skip
    assert _shown(tree) == [
        (-1, "main", 1), (0, "leaf", 498), (0, "other", 1), (0, "leaf", 501)
    ]  # fmt: skip
    assert count_calls(tree) == 1001


def test_what_a_comprehension_calls_hangs_below_its_holder(tmp_path: Path) -> None:
    """Only there: in a damaged log, what a code that is not described calls is a root."""
    calls = [
        [1, 0, 1, 0, 0, 0], [2, 1, 2, 0, 0, 0], [3, 2, 3, 0, 0, 0], [4, 1, 9, 0, 0, 0],
        [5, 4, 3, 0, 0, 0],
    ]  # fmt: skip
    tree = _read(
        tmp_path, _code(1, "main"), _code(2, "main.<locals>.<listcomp>", 1), _code(3, "leaf"),
        {"t": "tree", "calls": calls},
    )  # fmt: skip
    assert _shown(tree) == [(-1, "main", 1), (0, "leaf", 1), (-1, "leaf", 1)]


def test_an_exception_keeps_calls_apart(tmp_path: Path) -> None:
    """Of two equal calls, one raised."""
    calls = [[1, 0, 1, 0, 0, 0], [2, 0, 1, 0, 0, 0]]
    tree = _read(
        tmp_path, _code(1, "f"), {"t": "tree", "calls": calls},
        {"t": "tree_raised", "ends": [[2, "ValueError"]]},
    )  # fmt: skip
    assert [(call.exception, call.repeats) for call in tree] == [("", 1), ("ValueError", 1)]


@given(st.permutations(range(1, 9)), st.booleans())
def test_numbers_may_come_in_any_order(nodes: list[int], is_sparse: bool) -> None:
    """Threads write them out of order; a damaged log may have huge ones. Callers are found."""
    scale = 10**12 if is_sparse else 1
    log = TreeLog()
    log.add(
        {"t": "tree", "calls": [[node * scale, node // 2 * scale, node, 0, 0, 0] for node in nodes]}
    )
    log.add({"t": "tree_ended", "at": [[3 * scale, 7], [99, 1]]})
    log.close()
    assert list(log.codes) == list(range(1, 9))
    assert list(log.parents) == [-1, 0, 0, 1, 1, 2, 2, 3]
    assert list(log.ends()) == [-1, -1, 7, *[-1] * 5]


@given(st.lists(st.integers(min_value=-1, max_value=99), min_size=1, max_size=9))
def test_an_end_may_stand_with_its_call(lasted: list[int]) -> None:
    """Or in a record of its own, as where the call was told before it ended."""
    calls = [[node, 0, 7, 0, 0, 5] for node in range(1, len(lasted) + 1)]
    whole, apart = TreeLog(), TreeLog()
    whole.add(
        {"t": "tree", "calls": [[*call, took] for call, took in zip(calls, lasted, strict=True)]}
    )
    apart.add({"t": "tree", "calls": calls})
    ends = [[call[0], 5 + took] for call, took in zip(calls, lasted, strict=True) if took >= 0]
    apart.add({"t": "tree_ended", "at": ends})
    for log in (whole, apart):
        log.close()
    assert list(whole.ends()) == list(apart.ends())
    assert [end for end in whole.ends() if end >= 0] == [end for _, end in ends]
    assert whole.last_moment() == apart.last_moment()


def test_exceptions_may_be_told_by_name() -> None:
    """All calls that one ended, or call by call."""
    by_name, by_call = TreeLog(), TreeLog()
    for log in (by_name, by_call):
        log.add({"t": "tree", "calls": [[node, 0, 7, 0, 0, 0] for node in (1, 2, 3)]})
    by_name.add({"t": "tree_raised", "ends": [["KeyError", [1, 3]], ["OSError", [2]]]})
    by_call.add({"t": "tree_raised", "ends": [[1, "KeyError"], [2, "OSError"], [3, "KeyError"]]})
    for log in (by_name, by_call):
        log.close()
    assert by_name.raised == by_call.raised == {0: "KeyError", 1: "OSError", 2: "KeyError"}


def test_other_records_are_not_taken() -> None:
    """They are for others to read."""
    log = TreeLog()
    assert not log.add({"t": "edge"}) and not log.add({})
    assert log.add({"t": "tree", "calls": []})
