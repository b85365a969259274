"""A partial calls its function with the arguments that it holds, and then more."""

from functools import partial, partialmethod


class Shape:
    def __init__(self, size, color=None):
        self.size = size

    def scale(self, factor, then=None):
        return then() if then else self  # calls: after   implicit: none   runs: after

    double = partialmethod(scale, 2)


def call(first, second=None):
    first()  # calls: before   runs: before
    return second()  # calls: after   runs: after


def before():
    return 1


def after():
    return 2


both = partial(call, before, second=after)
both()  # calls: call   runs: call
partial(partial(call, before), after)()  # calls: call | ext functools.partial   runs: call
small = partial(Shape, 1)
small().scale(2, after)  # calls: Shape.__init__ | Shape.scale   runs: Shape.__init__ | Shape.scale
small().double()  # calls: Shape.__init__ | Shape.scale   runs: Shape.__init__ | Shape.scale
bound = partial(small().scale, 3)  # calls: Shape.__init__ | ext functools.partial   runs: Shape.__init__
bound().scale(4)  # later: Shape.scale   runs: Shape.scale
list(map(partial(call, before), [after]))  # calls: call | ext functools.partial   runs: call
