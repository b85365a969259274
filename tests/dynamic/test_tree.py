"""The call tree as text: folded, bounded, nothing lost in silence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracer.dynamic.tree import count_calls, fold, render_tree
from tracer.model.plan import Workload
from tracer.model.recording import Frame, Recording, TreeCall


@st.composite
def trees(draw: st.DrawFn) -> tuple[TreeCall, ...]:
    size = draw(st.integers(0, 40))
    calls = []
    for position in range(size):
        name = draw(st.sampled_from("ab"))
        calls.append(
            TreeCall(
                parent=draw(st.integers(-1, position - 1)),
                frame=Frame("m.py", "m", name, 1),
                line=draw(st.integers(1, 2)),
            )
        )
    return tuple(calls)


def _unfolded(calls: tuple[TreeCall, ...]) -> list[tuple[int, str, int]]:
    """Depth, name and line of each call, repeats written out."""
    children: dict[int, list[int]] = {}
    for position, call in enumerate(calls):
        children.setdefault(call.parent, []).append(position)

    def walk(parent: int, depth: int) -> list[tuple[int, str, int]]:
        found = []
        for position in children.get(parent, []):
            call = calls[position]
            one = [(depth, call.frame.qualname, call.line), *walk(position, depth + 1)]
            found += one * call.repeats
        return found

    return walk(-1, 0)


@given(trees())
def test_folding_loses_nothing(calls: tuple[TreeCall, ...]) -> None:
    """Written out again, the folded tree is the tree."""
    folded = fold(calls)
    assert _unfolded(folded) == _unfolded(calls)
    assert fold(folded) == folded
    assert all(call.parent < position for position, call in enumerate(folded))


def test_equal_neighbours_are_one_line() -> None:
    """The control: a thousand equal calls are one line, and the command stands on top."""
    leaf, main = Frame("m.py", "m", "leaf", 1), Frame("m.py", "m", "main", 5)
    calls = (TreeCall(-1, main, 0), *[TreeCall(0, leaf, 6)] * 1000)
    text = render_tree(Recording(Workload("w1", ("m.py", "a b")), True, tree=calls, exit_status=0))
    assert text.splitlines()[0] == "$ python m.py 'a b'"
    assert text.splitlines()[-1] == "  leaf (m.py:1) from line 6 x1,000"


def test_a_long_tree_is_cut_and_says_so() -> None:
    """At most the bytes asked for; the cut is told with both numbers."""
    calls = tuple(TreeCall(-1, Frame("m.py", "m", f"f{n}", n), 0) for n in range(5000))
    text = render_tree(Recording(Workload("w1", ("m.py",)), True, tree=calls), most_bytes=10_000)
    assert len(text.encode()) <= 10_000
    assert "of 5,000 lines shown" in text.splitlines()[-1]


def test_an_incomplete_recording_says_so_on_top() -> None:
    """A reader cannot take a part for the whole."""
    recording = Recording(Workload("w1", ("m.py",)), False, "time budget of 2 s reached")
    assert "# incomplete: time budget of 2 s reached" in render_tree(recording).splitlines()[:4]


def test_what_cannot_be_printed_is_escaped() -> None:
    """Arguments may hold bytes that are no text; the file is written all the same."""
    text = render_tree(Recording(Workload("w1", ("m.py", "\udcff\x1b[1m")), True))
    assert text.encode() and "\\xdcff\\x1b[1m" in text.splitlines()[0]


@given(trees())
def test_calls_are_counted_through_folds(calls: tuple[TreeCall, ...]) -> None:
    """A folded tree stands for as many calls as the tree has."""
    assert count_calls(fold(calls)) == len(calls)
