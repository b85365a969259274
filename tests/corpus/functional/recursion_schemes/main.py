"""A function that returns functions, called at once, several deep."""


def compose(f, g):
    def composed(x):
        return f(g(x))  # calls: double | half   runs: double | half

    return composed


def curry(a):
    return lambda b: lambda c: c


def double(x):
    return x * 2


def half(x):
    return x / 2


def identity(x):
    return x


compose(double, half)(4)  # calls: compose | compose.<locals>.composed   runs: compose | compose.<locals>.composed
curry(1)(2)(3)  # calls: curry | curry.<locals>.<lambda> | curry.<locals>.<lambda>.<locals>.<lambda>   runs: curry | curry.<locals>.<lambda> | curry.<locals>.<lambda>.<locals>.<lambda>
identity(identity)(double)(2)  # calls: double | identity   runs: double | identity
