"""An operator runs the method of its left operand; numbers run nothing of the tree."""


class Vector:
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        return Vector(self.x + other.x)  # calls: Vector.__init__   implicit: none   runs: Vector.__init__

    def __sub__(self, other):
        return Scalar()

    def __matmul__(self, other):
        return Scalar()

    def __neg__(self):
        return self

    def __invert__(self):
        return Scalar()

    def __or__(self, other):
        return self

    def __pow__(self, other):
        return self


class Scalar:
    def __add__(self, other):
        return self

    def show(self):
        return 1


a, b = Vector(1), Vector(2)
a + b  # implicit: Vector.__add__   runs: Vector.__add__
a + b + a  # implicit: Vector.__add__   runs: Vector.__add__
(a - b).show()  # calls: Scalar.show   implicit: Vector.__sub__   runs: Scalar.show | Vector.__sub__
(a @ b) + 1  # implicit: Scalar.__add__ | Vector.__matmul__   runs: Scalar.__add__ | Vector.__matmul__
-a  # implicit: Vector.__neg__   runs: Vector.__neg__
(~a).show()  # calls: Scalar.show   implicit: Vector.__invert__   runs: Scalar.show | Vector.__invert__
a | b  # implicit: Vector.__or__   runs: Vector.__or__
a ** 2  # implicit: Vector.__pow__   runs: Vector.__pow__
a.x + b.x  # implicit: none
