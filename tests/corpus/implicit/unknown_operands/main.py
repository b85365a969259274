"""What an operator gives of unknown values is unknown: arrays compare, and multiply, to arrays."""

import json


class Answer:
    def all(self):
        return True


class Array:
    def __gt__(self, other):
        return Answer()

    def __rmul__(self, other):
        return self

    def all(self):
        return False


def masked(values, limit):
    return (values > limit).all()  # calls: ?


def reflected(values):
    return (0 < values).all()  # calls: ?


def scaled(values):
    return (2.0 * values).all()  # calls: ?


def loaded(file):
    return (json.load(file) == "all").all()  # calls: ext json.load | ?


def chosen(values, is_small):
    return ((2 if is_small else values) > 1).all()  # calls: ?

array, one, two = Array(), 1, 2
(array > 1).all()  # calls: Answer.all   implicit: Array.__gt__   exact: yes
(0 < array).all()  # calls: Answer.all   implicit: Array.__gt__
(2.0 * array).all()  # calls: Array.all   implicit: Array.__rmul__
(one < two).bit_length()  # calls: ext builtins.bool.bit_length
("a" in "abc").bit_length()  # calls: ext builtins.bool.bit_length
(1.5 * two).is_integer()  # calls: ext builtins.float.is_integer
