"""The text of a list holds the `repr` of its elements; an exception holds its arguments."""


class Dot:
    def __repr__(self):
        return "."

    def __str__(self):
        return "dot"


class Failure(Exception):
    def __str__(self):
        return "failed"


dots = [Dot()]
str(dots)  # implicit: Dot.__repr__   runs: Dot.__repr__
print({"a": Dot()})  # implicit: Dot.__repr__   runs: Dot.__repr__
try:
    raise Failure("x")
except Failure as error:
    print(error)  # implicit: Failure.__str__   runs: Failure.__str__
try:
    raise ValueError("x")
except ValueError as error:
    print(error)  # implicit: none
