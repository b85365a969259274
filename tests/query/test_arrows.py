"""Who calls whom, packed."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st
from pytest import MonkeyPatch

from tracer.query.arrows import pack, unpack

_NODES = st.integers(0, 2**32 - 1)
_PAIRS = st.lists(st.tuples(_NODES, st.one_of(_NODES, st.integers(0, 3))))


@given(_PAIRS)
def test_what_was_packed_is_there_once_and_sorted(pairs: list[tuple[int, int]]) -> None:
    """A node that no arrow leaves is no key."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for start, end in pairs:
        wanted[start].add(end)
    arrows = unpack(*pack(pairs))
    assert {node: list(ends) for node, ends in arrows.items()} == {
        node: sorted(ends) for node, ends in wanted.items()
    }
    free = next(node for node in range(len(wanted) + 1) if node not in wanted)
    assert free not in arrows and arrows.get(free, ()) == ()


def test_the_bytes_do_not_depend_on_the_machine(monkeypatch: MonkeyPatch) -> None:
    """A cache folder may be shared: the order of bytes is that of the file."""
    packed = pack([(1, 2), (1, 3)])
    assert packed[2] == bytes([2, 0, 0, 0, 3, 0, 0, 0])
    monkeypatch.setattr("sys.byteorder", "big")
    assert pack([(1, 2), (1, 3)])[2] == bytes([0, 0, 0, 2, 0, 0, 0, 3])  # swapped: little there
