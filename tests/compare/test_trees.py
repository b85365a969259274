"""Where two call trees part first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tracer.compare.runs import RunSide, compare_runs
from tracer.compare.trees import first_divergence
from tracer.dynamic.tree import fold
from tracer.model.plan import Workload
from tracer.model.recording import Frame, ObservedLines, Recording, TreeCall

_Tree = Sequence[tuple[int, str]]  # depth, name


def _recording(tree: _Tree, **fields: object) -> Recording:
    calls: list[TreeCall] = []
    path: list[int] = []
    for depth, name in tree:
        name, _, exception = name.partition("!")
        name, _, line = name.partition(":")
        del path[depth:]
        frame = Frame("a.py", "a", name, 1)
        calls.append(TreeCall(path[-1] if path else -1, frame, int(line or 0), exception=exception))
        path.append(len(calls) - 1)
    recording = Recording(Workload("w1", ("a.py",)), True, tree=tuple(calls))
    return replace(recording, **fields)  # type: ignore[arg-type]


def _parted(
    a: _Tree, b: _Tree, same_lines: bool = True, **cut: object
) -> tuple[object, ...] | None:
    found = first_divergence(_recording(a), _recording(b, **cut), same_lines=same_lines)
    if found is None:
        return None
    chain = "/".join(step.frame.qualname for step in found.chain)
    sides = [
        (call.frame.qualname + ("!" + call.exception if call.exception else ""))
        if call.frame
        else None
        for call in (found.a, found.b)
    ]
    return (chain, found.call, *sides)


BASE: _Tree = ((0, "m"), (1, "f"), (2, "g"), (1, "h"))


def test_the_first_place_in_call_order() -> None:
    """Not the shallowest, nor the one with the most below."""
    assert _parted(BASE, BASE) is None
    other = ((0, "m"), (1, "f"), (2, "x"), (1, "y"))
    assert _parted(BASE, other) == ("m/f", 2, "g", "x")


def test_one_calls_more() -> None:
    """Within a function, at its end, and at the top."""
    assert _parted(BASE, BASE[:3]) == ("m", 3, "h", None)
    assert _parted(((0, "m"), (1, "f"), (1, "h")), BASE) == ("m/f", 2, None, "g")
    assert _parted(BASE, (*BASE, (0, "n"))) == ("", 4, None, "n")


def test_an_exception_is_told_where_it_ended_a_call_that_went_alike() -> None:
    """What was called within comes first: the cause stands deeper than the effect."""
    raised = ((0, "m"), (1, "f!ValueError"), (2, "g"), (1, "h"))
    assert _parted(BASE, raised) == ("m", 3, "f", "f!ValueError")
    deeper = ((0, "m"), (1, "f!ValueError"), (2, "x!ValueError"), (1, "h"))
    assert _parted(BASE, deeper) == ("m/f", 2, "g", "x!ValueError")


def test_lines_count_where_the_sources_are_the_same() -> None:
    """Else a line is another one for no reason."""
    a, b = ((0, "m"), (1, "f:3")), ((0, "m"), (1, "f:4"))
    assert _parted(a, b) == ("m", 1, "f", "f")
    assert _parted(a, b, same_lines=False) is None


def test_a_cut_tree_says_nothing_of_what_it_does_not_hold() -> None:
    """Nothing more in calls that were open when it was cut is no difference; in others it is."""
    assert _parted(BASE, BASE[:3], tree_cut=5) is None
    assert _parted(BASE, BASE[:2], is_complete=False) is None
    ended = ((0, "m"), (1, "f"), (1, "h"))
    assert _parted(BASE, ended, tree_cut=5) == ("m/f", 2, "g", None)


def test_lines_that_ran_in_one_alone() -> None:
    """They show the branch that was taken."""
    frame = Frame("a.py", "a", "m", 1)
    a = replace(_recording(BASE), lines=(ObservedLines(frame, 1, (1, 2, 5)),))
    b = replace(_recording(BASE[:3]), lines=(ObservedLines(frame, 1, (1, 3, 5)),))
    found = first_divergence(a, b, same_lines=True)
    assert found is not None and (found.lines_only_a, found.lines_only_b) == ((2,), (3,))


_trees = st.lists(st.tuples(st.integers(0, 4), st.sampled_from("fgh")), min_size=1, max_size=20)


def _valid(tree: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """No call deeper than one below the call before it."""
    found: list[tuple[int, str]] = []
    for depth, name in tree:
        found.append((min(depth, found[-1][0] + 1 if found else 0), name))
    return found


@given(_trees.map(_valid), _trees.map(_valid))
def test_in_call_order_it_is_the_first_difference_of_the_lists(
    a: list[tuple[int, str]], b: list[tuple[int, str]]
) -> None:
    """A tree in call order is a list of depths and names: those part at the same place."""
    expected = next(
        (n for n, (left, right) in enumerate(zip(a, b, strict=False)) if left != right),
        None if len(a) == len(b) else min(len(a), len(b)),
    )
    found = first_divergence(_recording(a), _recording(b), same_lines=True)
    assert (None if found is None else found.call) == expected


def test_guards_and_notes_of_a_whole_comparison() -> None:
    """The conditions of both lines, where they are known; what cannot be compared is told."""
    a, b = ((0, "m"), (1, "f:3")), ((0, "m"), (1, "g:5"))
    edges = {"python": "3.12.1", "edges": [], "roots": [], "exit_status": 0}
    sides = [
        RunSide(
            name,
            {**edges, "python": python, **more},
            _recording(tree),
            sources={"a.py": "1"},
            guards_of=lambda frame, line: (f"if x == {line} (line {line - 1})",),
        )
        for name, tree, python, more in (
            ("one", a, "3.12.1", {"effects": [{"kind": "file.write"}]}),
            ("two", b, "3.13.0", {"exit_status": 1}),
        )
    ]
    found = compare_runs(*sides, rtol=0, atol=0)
    assert found.first is not None and not found.is_same
    assert found.first.a.guards == ("if x == 3 (line 2)",)
    assert found.first.b.guards == ("if x == 5 (line 4)",)
    assert found.outcome == (("exit status", "0", "1"),)
    assert any("3.12.1 and 3.13.0" in note for note in found.notes)
    assert "only A tells of effects: they are not compared" in found.notes


@given(_trees.map(_valid), _trees.map(_valid))
def test_a_folded_tree_stands_for_the_whole_one(
    a: list[tuple[int, str]], b: list[tuple[int, str]]
) -> None:
    """Equal neighbours are one call with repetitions; the first difference is the same."""
    whole = [_recording(tree) for tree in (a, b)]
    folded = [replace(each, tree=fold(each.tree)) for each in whole]
    expected = first_divergence(*whole, same_lines=True)
    found = first_divergence(*folded, same_lines=True)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert (found.call, found.chain) == (expected.call, expected.chain)
        assert (found.a.frame, found.b.frame) == (expected.a.frame, expected.b.frame)
