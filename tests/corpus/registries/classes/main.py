"""A registry of classes, filled by a class decorator or by `__init_subclass__`."""

SHAPES = {}


def shape(cls):
    SHAPES[cls.__name__.lower()] = cls
    return cls


@shape  # calls: shape   runs: shape
class Circle:
    def draw(self):
        return 1


@shape
class Square:
    def draw(self):
        return 2


class Blob:
    def draw(self):
        return 3


class Step:
    known = []

    def __init_subclass__(cls):
        Step.known.append(cls)


class Load(Step):
    def run(self):
        return 1


class Save(Step):
    def run(self):
        return 2


for name in list(SHAPES):
    SHAPES[name]().draw()  # calls: Circle.draw | Square.draw | ext builtins.object.__init__   runs: Circle.draw | Square.draw
for step in Step.known:
    step().run()  # calls: Load.run | Save.run | ext builtins.object.__init__   runs: Load.run | Save.run
Circle().draw()  # calls: Circle.draw | ext builtins.object.__init__   runs: Circle.draw
Blob().draw()  # calls: Blob.draw | ext builtins.object.__init__   runs: Blob.draw
