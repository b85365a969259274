import other.cart
from other import cart as old

LIMITS = compute(3)


def _private(path):
    # Indented,
    # and twice.
    DEPTH = 3
    return old.read(path)


def load_all(path):
    return other.cart.read(path)


class First:
    def same(self):
        return 1


class Second:
    def same(self):
        return 2


class Third:
    def same(self):
        return 3


class Fourth:
    def same(self):
        return 4
