"""The first place in call order where two call trees part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.difference import ChainStep, Divergence, NextCall
from tracer.model.recording import Frame, Recording, TreeCall

_ENDED = -1  # in place of the next child: all below is the same, and how the calls ended is not


@dataclass(frozen=True, slots=True)
class _Tree:
    calls: Sequence[TreeCall]
    children: Sequence[Sequence[int]]  # by the index of the call; the last one holds the roots
    sizes: Sequence[int]  # calls in one repetition, itself included
    open_calls: frozenset[int]  # calls whose end a cut tree does not hold, the holder of roots too


def first_divergence(a: Recording, b: Recording, *, same_lines: bool) -> Divergence | None:
    """Where the trees part first, or None where they do not, as far as both were kept.

    Calls are the same by function, by what they went through, and by the exception that ended
    them; threads by the function that they start with.

    Args:
        a: With the call tree of one run; so is `b`.
        same_lines: The sources are the same, so that calls from other lines are others.
    """
    tree_a, tree_b = _tree(a), _tree(b)
    # Pairs of calls; the child of each that comes next, how many of its repetitions are behind us,
    # and how many equal calls these stand for beyond the one that was looked into.
    stack = [(len(a.tree), len(b.tree), 0, 0, 0, 0, 0)]
    same = 0
    while stack:
        at_a, at_b, next_a, used_a, next_b, used_b, more = stack.pop()
        if next_a == _ENDED:
            return _divergence(a, b, (tree_a, at_a, 0), (tree_b, at_b, 0), None, same, same_lines)
        same += more
        below_a, below_b = tree_a.children[at_a], tree_b.children[at_b]
        child_a = below_a[next_a] if next_a < len(below_a) else None
        child_b = below_b[next_b] if next_b < len(below_b) else None
        if child_a is None and child_b is None:
            continue
        if child_a is None and at_a in tree_a.open_calls:
            return None
        if child_b is None and at_b in tree_b.open_calls:
            return None
        if (
            child_a is not None
            and child_b is not None
            and _is_same(tree_a, child_a, tree_b, child_b, same_lines)
        ):
            same += 1
            left_a = tree_a.calls[child_a].repeats - used_a
            left_b = tree_b.calls[child_b].repeats - used_b
            times = min(left_a, left_b)
            stack.append(
                (
                    at_a,
                    at_b,
                    *((next_a, used_a + times) if times < left_a else (next_a + 1, 0)),
                    *((next_b, used_b + times) if times < left_b else (next_b + 1, 0)),
                    (times - 1) * tree_a.sizes[child_a],
                )
            )
            if not _ended_alike(tree_a, child_a, tree_b, child_b):
                stack.append((child_a, child_b, _ENDED, 0, 0, 0, 0))
            stack.append((child_a, child_b, 0, 0, 0, 0, 0))
            continue
        return _divergence(
            a,
            b,
            (tree_a, child_a, used_a),
            (tree_b, child_b, used_b),
            (at_a, at_b),
            same,
            same_lines,
        )
    return None


def _divergence(
    a: Recording,
    b: Recording,
    in_a: tuple[_Tree, int | None, int],
    in_b: tuple[_Tree, int | None, int],
    parent: tuple[int, int] | None,
    same: int,
    same_lines: bool,
) -> Divergence:
    (tree_a, at_a, used_a), (tree_b, at_b, used_b) = in_a, in_b
    if parent is None:
        assert at_a is not None and at_b is not None
        parent = tree_a.calls[at_a].parent, tree_b.calls[at_b].parent
    chain = _chain(tree_a, parent[0], tree_b, parent[1])
    only_a, only_b = _lines_apart(a, b, chain[-1].frame if chain else None)
    return Divergence(
        chain,
        same,
        _next(tree_a, at_a, used_a),
        _next(tree_b, at_b, used_b),
        only_a if same_lines else (),
        only_b if same_lines else (),
    )


def _tree(recording: Recording) -> _Tree:
    calls = recording.tree
    children: list[list[int]] = [[] for _ in range(len(calls) + 1)]
    for position, call in enumerate(calls):
        children[call.parent].append(position)
    sizes = [1] * (len(calls) + 1)
    for position in range(len(calls) - 1, -1, -1):  # children come after their parents
        sizes[calls[position].parent] += sizes[position] * calls[position].repeats
    open_calls: set[int] = set()
    if recording.tree_cut or not recording.is_complete:
        open_calls.add(len(calls))
        at = len(calls) - 1
        while at >= 0:
            open_calls.add(at)
            at = calls[at].parent
    return _Tree(calls, children, sizes, frozenset(open_calls))


def _is_same(tree_a: _Tree, at_a: int, tree_b: _Tree, at_b: int, same_lines: bool) -> bool:
    a, b = tree_a.calls[at_a], tree_b.calls[at_b]
    return _key(a) == _key(b) and not (same_lines and a.line != b.line)


def _ended_alike(tree_a: _Tree, at_a: int, tree_b: _Tree, at_b: int) -> bool:
    is_cut = at_a in tree_a.open_calls or at_b in tree_b.open_calls
    return is_cut or tree_a.calls[at_a].exception == tree_b.calls[at_b].exception


def _key(call: TreeCall) -> tuple[str, str, str | None]:
    return call.frame.path, call.frame.qualname, call.through


def _chain(tree_a: _Tree, at_a: int, tree_b: _Tree, at_b: int) -> tuple[ChainStep, ...]:
    steps: list[ChainStep] = []
    while 0 <= at_a < len(tree_a.calls):
        a, b = tree_a.calls[at_a], tree_b.calls[at_b]
        steps.append(ChainStep(a.frame, a.line, b.line))
        at_a, at_b = a.parent, b.parent
    return tuple(reversed(steps))


def _next(tree: _Tree, at: int | None, used: int) -> NextCall:
    if at is None:
        return NextCall(None)
    call = tree.calls[at]
    return NextCall(call.frame, call.line, call.through, call.exception, call.repeats - used)


def _lines_apart(
    a: Recording, b: Recording, frame: Frame | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Lines of a function that ran in one of the runs alone."""
    if frame is None:
        return (), ()
    ran_a, ran_b = _lines_of(a, frame), _lines_of(b, frame)
    return tuple(sorted(ran_a - ran_b)), tuple(sorted(ran_b - ran_a))


def _lines_of(recording: Recording, frame: Frame) -> set[int]:
    return {
        line
        for lines in recording.lines
        if (lines.frame.path, lines.frame.qualname) == (frame.path, frame.qualname)
        for line in lines.lines
    }
