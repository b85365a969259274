"""What a variable may hold: abstract objects, each once, named by a number.

Numbers are handed out in the order of discovery, which is canonical, so that sets of them iterate
alike in every run; sets of objects would not.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

Ref = tuple[int, int]
"""A scope: the index of its file, and its index in the file's summary."""


class Kind(IntEnum):
    """What an abstract object is; beside each, what `a`, `b` and `c` hold."""

    MODULE = 0  # location
    FUNCTION = 1  # ref, code around it (for its free names)
    BOUND = 2  # number of the function, number of the receiver
    CLASS = 3  # ref, is exact
    INSTANCE = 4  # ref of the class, is exact, number of its place of birth or 0
    SUPER = 5  # ref of the class after which to look, number of the receiver
    EXTERNAL = 6  # dotted name
    FOREIGN = 7  # dotted name of the class, type arguments, container
    METHOD = 8  # number of a receiver from outside, name, number of an owner from the tree or None
    STRING = 9  # the constant
    PROPERTY = 10  # variables of getter, setter, deleter
    STATIC = 11  # number of the function
    CLASSMETHOD = 12  # number of the function
    PARTIAL = 13  # number of the callee, arguments, whether it binds a receiver
    GENERATOR = 14  # code, is async
    COROUTINE = 15  # code
    CONTEXT_MAKER = 16  # number of the generator function
    CONTEXT = 17  # code
    ACCESSOR = 18  # number of the property, `setter`, `getter` or `deleter`
    DISPATCHER = 19  # variable of the implementations, variable of the first
    REGISTRAR = 20  # number of the dispatcher
    WRAPPER = 21  # a decorator that gives back what it is given
    GETTER = 22  # `operator.attrgetter` and its like: what, names
    NONE = 23


class Object(NamedTuple):
    """One abstract object."""

    kind: Kind
    a: object = None
    b: object = None
    c: object = None


NONE = 1
"""The number of `None`."""
NUMBERS = frozenset(("builtins.int", "builtins.float", "builtins.complex", "builtins.bool"))
"""Classes whose operators leave it to the other operand what they give."""


class Objects:
    """All abstract objects of a solution, each once."""

    def __init__(self) -> None:
        self.all: list[Object] = [Object(Kind.EXTERNAL, "?"), Object(Kind.NONE)]  # 0 is nobody
        self._numbers: dict[Object, int] = {Object(Kind.NONE): NONE}

    def number(self, kind: Kind, a: object = None, b: object = None, c: object = None) -> int:
        """The number of an object; the same parts give the same number."""
        found = Object(kind, a, b, c)
        number = self._numbers.get(found)
        if number is None:
            number = self._numbers[found] = len(self.all)
            self.all.append(found)
        return number
