"""A later assignment replaces an earlier one; branches and loops join."""

import sys


def a():
    return 1


def b():
    return 2


f = a
f()  # calls: a   tier: flow   runs: a
f = b
f()  # calls: b   tier: flow   runs: b
if len(sys.argv) > 100:
    g = a
else:
    g = b
g()  # calls: a | b   runs: b

h = a
for _ in range(2):
    h()  # calls: a | b   runs: a | b
    h = b

table = {"first": a, "second": b}
table["first"]()  # calls: a   runs: a
pair = (a, b)
pair[1]()  # calls: b   runs: b
for each in [a, b]:
    each()  # calls: a | b   runs: a | b
(lambda: a())()  # calls: a | <lambda>   runs: <lambda> | a
