"""A comprehension's variable hides nothing outside of it."""


def f():
    return 1


def g():
    return 2


[f() for f in [g]]  # calls: g   runs: g
f()  # calls: f   runs: f
