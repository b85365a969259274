"""A later store replaces an earlier one, in a function, a global and an attribute."""


def a():
    return 1


def b():
    return 2


def c():
    return 3


class Box:
    content = None


def local(flag):
    function = a
    function()  # calls: a   runs: a
    function = b
    function()  # calls: b   runs: b
    if flag:
        function = c
        function()  # calls: c   runs: c
    function()  # calls: b | c   runs: b | c


box = Box()
box.content = a
box.content()  # later: a   runs: a
box.content = b
box.content()  # later: b   runs: b
local(0)  # calls: local   runs: local
local(1)  # calls: local   runs: local
x, y = a, b
x, y = y, x
x()  # calls: b   runs: b
y()  # calls: a   runs: a
