"""A class defined in a function keeps its own methods, and sees the function's arguments."""


def adder(operation):
    class Adder:
        def apply(self):
            return operation()  # calls: one | two   runs: one | two

        def done(self):
            return True

    return Adder


def one():
    return 1


def two():
    return 2


def three():
    return 3


adder(one)().apply()  # calls: adder | adder.<locals>.Adder.apply | ext builtins.object.__init__   runs: adder | adder.<locals>.Adder.apply
Second = adder(two)
Second().done()  # calls: adder.<locals>.Adder.done | ext builtins.object.__init__   runs: adder.<locals>.Adder.done
Second().apply()  # calls: adder.<locals>.Adder.apply | ext builtins.object.__init__   runs: adder.<locals>.Adder.apply
three()  # calls: three   runs: three
