"""Members of an enumeration have its methods; their values are what stands there."""

from enum import Enum


def one():
    return 1


class Color(Enum):
    RED = 1
    BLUE = 2

    def paint(self):
        return self.value

    @classmethod
    def default(cls):
        return cls.RED

    @property
    def label(self):
        return self.name


class Operation(Enum):
    ADD = "+", one

    def __init__(self, sign, function):
        self.sign = sign
        self.function = function

    def __call__(self):
        return self.function()  # later: one   runs: one


def paint():
    return 3


Color.RED.paint()  # calls: Color.paint   runs: Color.paint
Color.default().paint()  # calls: Color.default | Color.paint   runs: Color.default | Color.paint
for color in Color:
    color.paint()  # calls: Color.paint   runs: Color.paint
blue = Color(2)
blue.paint()  # calls: Color.paint   runs: Color.paint
Color["RED"].label  # implicit: Color.label   runs: Color.label
Operation.ADD()  # calls: Operation.__call__   runs: Operation.__call__
paint()  # calls: paint   runs: paint
