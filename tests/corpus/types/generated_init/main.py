"""An `__init__` that is made from the fields is neither `object.__init__` nor in any source."""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypedDict


class Base:
    def __init__(self):
        self.made = True


def numbers():
    return [1]


@dataclass
class Plain:
    size: int = 0


@dataclass
class Below(Base):
    size: int = 0


@dataclass(init=False)
class Kept(Base):
    size: int = 0


@dataclass
class Own:
    size: int = 0

    def __init__(self):
        self.size = 1


@dataclass
class Hooked:
    size: int

    def __post_init__(self):
        self.size += 1


@dataclass
class Filled:
    items: list = field(default_factory=numbers)


@dataclass
class Failure(Exception):
    code: int


class Inherited(Plain):
    pass


class Pair(NamedTuple):
    left: int
    right: int


class Options(TypedDict):
    depth: int


class Color(Enum):
    RED = 1


Plain(1)  # calls: none   exact: no
Inherited(1)  # calls: none
Below(1)  # calls: none
Kept()  # calls: Base.__init__   runs: Base.__init__
Own()  # calls: Own.__init__   exact: yes   runs: Own.__init__
Hooked(1)  # calls: Hooked.__post_init__   exact: yes   runs: Hooked.__post_init__
Filled()  # calls: numbers   exact: no   runs: numbers
Failure(1)  # calls: none
Pair(1, 2)  # calls: none
Options(depth=1)  # calls: none
Color(1)  # calls: none
for kind in (Plain, Base):
    kind()  # calls: Base.__init__   exact: no   runs: Base.__init__
