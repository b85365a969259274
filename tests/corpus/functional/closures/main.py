"""Inner functions see the variables of the outer one, and `nonlocal` replaces them."""


def a():
    return 1


def b():
    return 2


def counter():
    current = a

    def call():
        return current()  # calls: a | b   runs: a | b

    def switch():
        nonlocal current
        current = b

    return call, switch


def holder(function):
    return lambda: function()  # calls: a   runs: a


def untouched():
    current = a

    def call():
        return current()  # calls: a   runs: a

    return call


call, switch = counter()
call()  # calls: counter.<locals>.call   runs: counter.<locals>.call
switch()  # calls: counter.<locals>.switch   runs: counter.<locals>.switch
call()  # calls: counter.<locals>.call   runs: counter.<locals>.call
holder(a)()  # calls: holder | holder.<locals>.<lambda>   runs: holder | holder.<locals>.<lambda>
untouched()()  # calls: untouched | untouched.<locals>.call   runs: untouched | untouched.<locals>.call
