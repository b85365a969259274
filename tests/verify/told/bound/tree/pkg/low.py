import functools
from typing import overload


def work(x):
    return x


def other(x):
    return x


class Low:
    def step(self):
        return self.step()

    @staticmethod
    def still(x):
        return work(x)

    @classmethod
    def made(cls):
        return cls.still(1)

    @functools.cache
    def kept(self):
        return self.made()


@overload
def either(x: int) -> int: ...
@overload
def either(x: str) -> str: ...
def either(x):
    return x


try:
    from fast import quick
except ImportError:
    quick = None

if work:
    def twice(x):
        return 1
else:
    def twice(x):
        return 2


def lone(x):
    return x
