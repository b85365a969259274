"""Who calls whom as packed numbers: loading them costs next to nothing on any tree."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

_CODE = "I" if array("I").itemsize == 4 else "L"


class PackedArrows(Mapping[int, Sequence[int]]):
    """The ends of the arrows that leave each node, sorted; nodes that none leaves are no keys."""

    def __init__(self, starts: array[int], firsts: array[int], ends: array[int]) -> None:
        self._starts = starts  # sorted
        self._firsts = firsts  # where the ends of each start begin, and the length of `ends`
        self._ends = ends

    def __getitem__(self, node: int) -> Sequence[int]:
        at = bisect_left(self._starts, node)
        if at == len(self._starts) or self._starts[at] != node:
            raise KeyError(node)
        return self._ends[self._firsts[at] : self._firsts[at + 1]]

    def __iter__(self) -> Iterator[int]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)


def pack(pairs: Iterable[tuple[int, int]]) -> tuple[bytes, bytes, bytes]:
    """Three columns of the index from pairs of start and end, in any order."""
    starts, firsts, ends = (array(_CODE) for _ in range(3))
    for start, end in sorted(set(pairs)):
        if not starts or starts[-1] != start:
            starts.append(start)
            firsts.append(len(ends))
        ends.append(end)
    firsts.append(len(ends))
    return _bytes(starts), _bytes(firsts), _bytes(ends)


def unpack(starts: bytes, firsts: bytes, ends: bytes) -> PackedArrows:
    """What `pack` gave."""
    return PackedArrows(_numbers(starts), _numbers(firsts), _numbers(ends))


def _bytes(numbers: array[int]) -> bytes:
    return _little(numbers).tobytes()


def _numbers(data: bytes) -> array[int]:
    numbers = array(_CODE)
    numbers.frombytes(data)
    return _little(numbers)


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder != "little":  # a cache folder may be shared by machines
        numbers.byteswap()
    return numbers
