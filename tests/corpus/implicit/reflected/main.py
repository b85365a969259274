"""A number on the left leaves the operator to the right; so does `NotImplemented`."""


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __add__(self, other):
        return Money(self.cents + int(other))

    def __radd__(self, other):
        return self

    def __rmul__(self, other):
        return self

    def show(self):
        return 1

    def __int__(self):
        return self.cents


class Left:
    def __mul__(self, other):
        return NotImplemented


cash = Money(5)
(2 * cash).show()  # calls: Money.show   implicit: Money.__rmul__   runs: Money.__rmul__ | Money.show
1 + cash  # implicit: Money.__radd__   runs: Money.__radd__
cash + 1  # implicit: Money.__add__   runs: Money.__add__
Left() * cash  # implicit: Left.__mul__ | Money.__rmul__   runs: Left.__mul__ | Money.__rmul__
2 * 3  # implicit: none
