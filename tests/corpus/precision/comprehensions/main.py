"""Comprehensions hold what they are made of; a dict comprehension keeps keys and values apart."""


class Key:
    def go(self):
        return 1


class Value:
    def go(self):
        return 2


def a():
    return 1


def b():
    return 2


def c():
    return 3


functions = [f for f in (a, b)]
functions[0]()  # calls: a | b   runs: a
{f for f in [a]}.pop()()  # calls: a | ext builtins.set.pop   runs: a
table = {Key(): Value() for _ in range(1)}
for key in table:
    key.go()  # calls: Key.go   runs: Key.go
for value in table.values():
    value.go()  # calls: Value.go   runs: Value.go
pairs = [(Key(), f) for f in [a, c]]
for key, function in pairs:
    key.go()  # calls: Key.go   runs: Key.go
    function()  # calls: a | c   runs: a | c
flat = [f for row in [[a], [b]] for f in row]
[f() for f in flat]  # calls: a | b   runs: a | b
any(f() for f in [c])  # calls: c   runs: c
