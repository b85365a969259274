"""Class hierarchies: the order in which members are looked up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

_C = TypeVar("_C", bound=Hashable)


def linearise(cls: _C, bases_of: Callable[[_C], Sequence[_C]]) -> tuple[_C, ...]:
    """The method resolution order (C3, as Python does it), the class itself first.

    Bases that no order can satisfy, and classes among their own bases, do not end the reading:
    then the order is depth first, each class once.
    """
    try:
        return tuple(_c3(cls, bases_of, ()))
    except _NoOrderError:
        return tuple(dict.fromkeys(_depth_first(cls, bases_of, set())))


class _NoOrderError(Exception):
    """The bases contradict each other; Python refuses such a class."""


def _c3(cls: _C, bases_of: Callable[[_C], Sequence[_C]], below: tuple[_C, ...]) -> list[_C]:
    if cls in below:
        raise _NoOrderError
    bases = list(bases_of(cls))
    sequences = [_c3(base, bases_of, (*below, cls)) for base in bases]
    sequences.append(bases)
    order = [cls]
    while sequences := [sequence for sequence in sequences if sequence]:
        for sequence in sequences:
            head = sequence[0]
            if not any(head in other[1:] for other in sequences):
                break
        else:
            raise _NoOrderError
        order.append(head)
        sequences = [sequence[1:] if sequence[0] == head else sequence for sequence in sequences]
    return order


def _depth_first(cls: _C, bases_of: Callable[[_C], Sequence[_C]], seen: set[_C]) -> list[_C]:
    if cls in seen:
        return []
    seen.add(cls)
    return [cls, *(found for base in bases_of(cls) for found in _depth_first(base, bases_of, seen))]
