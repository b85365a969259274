"""A named tuple's fields are found by name, by position and by unpacking; it may have methods."""

from collections import namedtuple
from typing import NamedTuple


class Head:
    def show(self):
        return 1


class Tail:
    def show(self):
        return 2


class Pair(NamedTuple):
    head: Head
    tail: Tail

    def both(self):
        self.head.show()  # calls: Head.show   runs: Head.show
        return self[1].show()  # calls: Tail.show   runs: Tail.show


Loose = namedtuple("Loose", ["head", "tail"])

pair = Pair(Head(), Tail())
pair.both()  # calls: Pair.both   runs: Pair.both
pair.tail.show()  # calls: Tail.show   runs: Tail.show
head, tail = pair
head.show()  # calls: Head.show   runs: Head.show
loose = Loose(Head(), tail=Tail())
loose.head.show()  # later: Head.show   runs: Head.show
loose.tail.show()  # later: Tail.show   runs: Tail.show
