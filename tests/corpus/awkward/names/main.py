"""Columns are bytes, second definitions are numbered, recursion ends."""


def größe(ü):
    return ü and größe(ü - 1)  # calls: größe   runs: größe


def twice():
    return 1


def twice():
    return 2


def loop(node):
    while node:
        node = node.next
        node.visit()  # calls: ?


def even(n):
    return n == 0 or odd(n - 1)  # calls: odd   runs: odd


def odd(n):
    return n != 0 and even(n - 1)  # calls: even   runs: even


text = "ä"; größe(1); twice()  # calls: größe | twice#2   runs: größe | twice
even(3)  # calls: even   runs: even
eval("1")  # calls: ext builtins.eval
