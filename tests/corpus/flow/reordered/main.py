"""Where the order of a sequence changes, what stood at a position may stand at any other."""

import random
from collections import deque


def f(): ...


def g(): ...


def h(): ...


functions = [f, g, h]
tail = functions[1:]
tail[0]()  # calls: g   runs: g
backwards = functions[::-1]
backwards[0]()  # calls: f | g | h   runs: h
rest = (f, g, h)[1:]
rest[0]()  # calls: g   runs: g
functions[0]()  # calls: f   runs: f

reversed_functions = [f, g]
reversed_functions.reverse()
reversed_functions[0]()  # calls: f | g   runs: g

shifted = [f, g]
shifted.insert(0, h)
shifted[1]()  # calls: f | g | h   runs: f

popped = [f, g]
popped.pop(0)
popped[0]()  # calls: f | g   runs: g

shortened = [f, g]
shortened.pop()
shortened[0]()  # calls: f   runs: f

deleted = [f, g, h]
del deleted[0]
deleted[0]()  # calls: f | g | h   runs: g

overwritten = [f, g]
overwritten[:] = [h, f]
overwritten[0]()  # calls: f | g | h   runs: h

by_name = [g, f]
by_name.sort(key=lambda function: function.__name__)
by_name[0]()  # calls: f | g   runs: f

shuffled = [h, h]
shuffled[1] = g
random.Random(1).shuffle(shuffled)
random.shuffle(shuffled)
for function in shuffled[:0]:
    function()  # calls: g | h

queue = deque([f, g])
queue.rotate(1)
queue[0]()  # calls: f | g   runs: g


def newest(history, count):
    while count:
        history = history[1:] + [f]
        count -= 1
    return history


last = newest([g, h], 2)
last[0]()  # calls: f | g | h   runs: f
