"""`insert`, `extend`, `pop`, slices, `+` and copies keep what a list holds."""


def a():
    return 1


def b():
    return 2


def c():
    return 3


queue = []
queue.insert(0, a)
queue.pop()()  # calls: a | ext builtins.list.pop   runs: a
more = []
more.extend([b])
more[-1]()  # calls: b   runs: b
others = [c] + list(more[:])
for each in others:
    each()  # calls: b | c   runs: b | c
[c][0]()  # calls: c   runs: c
