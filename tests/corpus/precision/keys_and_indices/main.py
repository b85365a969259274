"""Each key of a dict and each index of a tuple or list holds its own function."""


def a():
    return 1


def b():
    return 2


def c():
    return 3


table = {"a": a, "b": b}
table["c"] = c
table["a"]()  # later: a   runs: a
table["c"]()  # calls: c   runs: c
table["a"] = b
table["a"]()  # later: b   runs: b
nested = {"x": {"y": a, "z": b}, "l": [a, c]}
nested["x"]["z"]()  # calls: b   runs: b
nested["l"][1]()  # calls: c   runs: c
triple = (a, b, c)
triple[-1]()  # calls: c   runs: c
first, *_ = triple
first()  # calls: a   runs: a
for name, function in (("a", a), ("b", b)):
    function()  # calls: a | b   runs: a | b
