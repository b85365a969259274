"""A function as a default runs unless the caller passes another."""


def a():
    return 1


def b():
    return 2


def use(then=a):
    return then()  # calls: a | b   runs: a | b


def fixed(then=a):
    return then()  # calls: a   runs: a


def bound():
    return [lambda f=f: f() for f in (a, b)]  # calls: a | b   runs: a | b


def choose(flag):
    chosen = a if flag else b
    chosen()  # calls: a | b   runs: a | b
    (b if flag else b)()  # calls: b   runs: b
    if (found := pick(flag)) is not None:
        return found()  # calls: a   runs: a


def pick(flag):
    return a


use()  # calls: use   runs: use
use(b)  # calls: use   runs: use
fixed()  # calls: fixed   runs: fixed
choose(1)  # calls: choose   runs: choose
choose(0)  # calls: choose   runs: choose
for each in bound():  # calls: bound   runs: bound
    each()  # calls: bound.<locals>.<lambda>   runs: bound.<locals>.<lambda>
