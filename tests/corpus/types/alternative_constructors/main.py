"""`cls(...)` in a class method makes the class it is called on."""


class Shape:
    def __init__(self, side):
        self.side = side

    @classmethod
    def unit(cls):
        return cls(1)  # calls: Shape.__init__ | Cube.__init__   runs: Cube.__init__ | Shape.__init__

    def area(self):
        return 1


class Square(Shape):
    def area(self):
        return 2


class Cube(Shape):
    def __init__(self, side):
        super().__init__(side)  # calls: Shape.__init__   runs: Shape.__init__

    def area(self):
        return 3


Square.unit().area()  # calls: Shape.unit | Square.area   runs: Shape.unit | Square.area
Cube.unit().area()  # calls: Shape.unit | Cube.area   runs: Cube.area | Shape.unit
Cube(1).unit().area()  # calls: Cube.__init__ | Shape.unit | Cube.area   runs: Cube.__init__ | Cube.area | Shape.unit
