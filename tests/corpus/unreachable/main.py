"""What stands behind a return, a raise or a constant condition does not run."""

import contextlib
import os


def f(x=0):
    return x


def wrapper(flag):
    if flag:
        return f()  # reachable: yes   runs: f
    else:
        try:
            return f()  # reachable: yes   runs: f
        finally:
            f()  # reachable: yes   runs: f
    f()  # reachable: no


def constants(path):
    if False:
        f()  # reachable: no
    elif os.path.exists(path) and False:
        f()  # reachable: no
    else:
        f()  # reachable: yes   runs: f
    while True:
        f()  # reachable: yes   runs: f
        if path:
            break
    f()  # reachable: yes   runs: f
    with contextlib.suppress(ValueError):
        raise ValueError(f())  # reachable: yes   runs: f
    f()  # reachable: yes   runs: f
    with open(os.devnull) as file:
        return file
    f()  # reachable: no


def raising(x):
    try:
        raise ValueError
    except ValueError:
        f()  # reachable: yes   runs: f
        return 1
    f()  # reachable: no


def matching(x):
    match x:
        case 1:
            return f()  # reachable: yes
        case _:
            return f()  # reachable: yes   runs: f
    f()  # reachable: no


wrapper(True)
wrapper(False)
constants("x")
raising(1)
matching(2)
