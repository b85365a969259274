"""`__new__` decides what an instance is, and whether `__init__` runs."""


class Single:
    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def work(self):
        return 1


class Shape:
    def __new__(cls, sides):
        return Triangle() if sides == 3 else Square()

    def __init__(self, sides):
        self.sides = sides


class Triangle:
    def draw(self):
        return 3


class Square:
    def draw(self):
        return 4


class Inch(float):
    def __new__(cls, value):
        return super().__new__(cls, value)

    def metric(self):
        return 2.54


Single().work()  # calls: Single.__new__ | Single.work   runs: Single.__new__ | Single.work
shape = Shape(3)
shape.draw()  # calls: Triangle.draw | Square.draw   runs: Triangle.draw
inch = Inch(1)  # later: Inch.__new__ | ext builtins.float.__init__   runs: Inch.__new__
inch.metric()  # later: Inch.metric   runs: Inch.metric
