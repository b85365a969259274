"""`*args` and `**kwargs` carry functions to the parameter that they end in."""


def target(first, second=None):
    first()  # calls: a   runs: a
    second()  # calls: b   runs: b


def forward(*args, **kwargs):
    return target(*args, **kwargs)  # calls: target   runs: target


def by_index(*functions):
    functions[0]()  # calls: a   runs: a
    for function in functions:
        function()  # calls: a | b   runs: a | b


def by_name(**functions):
    functions["x"]()  # calls: a   runs: a
    functions["y"]()  # calls: b   runs: b


def keyword_only(*, then):
    return then()  # calls: b   runs: b


def a():
    return 1


def b():
    return 2


forward(a, second=b)  # calls: forward   runs: forward
by_index(a, b)  # calls: by_index   runs: by_index
by_name(x=a, y=b)  # calls: by_name   runs: by_name
keyword_only(**{"then": b})  # calls: keyword_only   runs: keyword_only
pair = (a, b)
target(*pair)  # calls: target   runs: target
