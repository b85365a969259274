"""A class of one's own with a type variable keeps two element types apart."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Box(Generic[T]):
    def __init__(self, content: T):
        self.content = content

    def get(self) -> T:
        return self.content


class Apple:
    def eat(self):
        return 1


class Stone:
    def eat(self):
        return 2


def fruit(box: Box[Apple]):
    return box.get().eat()  # later: Box.get | Apple.eat   runs: Apple.eat | Box.get


def first(items: list[T]) -> T:
    return items[0]


def stones(boxes: "list[Box[Stone]]"):
    return boxes[0].content.eat()  # later: Stone.eat   runs: Stone.eat


fruit(Box(Apple()))
stones([Box(Stone())])
Box(Stone()).get().eat()  # later: Box.__init__ | Box.get | Stone.eat | ext builtins.object.__init__   runs: Box.__init__ | Box.get | Stone.eat
first([Apple()]).eat()  # later: first | Apple.eat | ext builtins.object.__init__   runs: Apple.eat | first
first([Stone()]).eat()  # later: first | Stone.eat | ext builtins.object.__init__   runs: Stone.eat | first
