"""Class patterns narrow the subject and type what they capture."""

from dataclasses import dataclass


class Point:
    def shift(self):
        return 1


@dataclass
class Circle:
    center: Point

    def area(self):
        return 1


@dataclass
class Square:
    corner: Point

    def area(self):
        return 2


class Blob:
    def area(self):
        return 3


def measure(shape: Circle | Square | Blob):
    match shape:
        case Circle(center=point):
            point.shift()  # calls: Point.shift   runs: Point.shift
            return shape.area()  # calls: Circle.area   runs: Circle.area
        case Square() as square:
            return square.area()  # calls: Square.area   runs: Square.area
        case _:
            return shape.area()  # later: Blob.area   runs: Blob.area


def several(shape: Circle | Square | Blob):
    match shape:
        case Circle() | Square():
            return shape.area()  # later: Circle.area | Square.area   runs: Circle.area | Square.area


def in_sequence(shapes):
    match shapes:
        case [Circle() as first, *_]:
            return first.area()  # calls: Circle.area   runs: Circle.area
        case {"blob": Blob() as blob}:
            return blob.area()  # calls: Blob.area   runs: Blob.area


for each in (Circle(Point()), Square(Point()), Blob()):
    measure(each)
    several(each)
in_sequence([Circle(Point())])
in_sequence({"blob": Blob()})
