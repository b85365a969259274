"""An early exit is a condition of all that follows it. Not run: it would end the program."""

import os
import sys


def f(*args):
    return args


def raising(path):
    if not os.path.exists(path):
        raise FileNotFoundError(path)  # guard: if not os.path.exists(path)
    f()  # guard: unless not os.path.exists(path)   hidden: os.path.exists
    with open(path) as file:
        f(file)  # guard: unless not os.path.exists(path)   hidden: os.path.exists
    if path:
        f()  # guard: if path   hidden: os.path.exists


def one_after_the_other(a, b, path):
    if a:
        return None
    if not os.path.exists(path):
        return None
    f()  # guard: unless not os.path.exists(path)   hidden: os.path.exists
    if b:
        return None
    f()  # guard: unless b   hidden: os.path.exists
    return None


def elif_chain(a, b):
    if a:
        return f()  # guard: if a
    elif b:
        return f()  # guard: if b
    f()  # guard: unless b


def else_leaves(a):
    if a:
        f()  # guard: if a
    else:
        return None
    f()  # guard: unless not (a)
    return None


def inside(flag, path):
    if flag:
        if not os.path.isfile(path):
            raise ValueError
        f()  # guard: unless not os.path.isfile(path)   hidden: os.path.isfile
    f()  # guard: unless if flag · if not os.path.isfile(path)   hidden: os.path.isfile


def loops(paths):
    for path in paths:
        if not os.path.exists(path):
            continue
        f()  # guard: unless not os.path.exists(path)   hidden: os.path.exists
    print()  # guard: none
    for path in paths:
        if os.path.isdir(path):
            raise ValueError
    f()  # guard: unless for path in paths · if os.path.isdir(path)   hidden: os.path.isdir


def caught(path):
    try:
        if not os.path.exists(path):
            raise ValueError
        f()  # guard: unless not os.path.exists(path)
    except ValueError:
        print()
    f()  # guard: none
    try:
        f()  # guard: none
    except OSError:
        raise
    f()  # guard: none


def caught_and_left(path):
    try:
        if not os.path.exists(path):
            raise ValueError
    except ValueError:
        raise SystemExit from None
    f()  # guard: unless not os.path.exists(path)


def ends(path):
    if not os.path.exists(path):
        f()  # guard: if not os.path.exists(path)
        sys.exit(1)
    f()  # guard: unless not os.path.exists(path)   hidden: os.path.exists


def asserts(path):
    assert os.path.exists(path)
    f()  # guard: assert os.path.exists(path)   hidden: os.path.exists


def matched(x):
    match x:
        case 1:
            return None
        case _:
            f()  # guard: case x: _
    f()  # guard: unless case x: 1
    return None


def never_asked(path):
    if False and os.path.exists(path):
        f()  # reachable: no
    else:
        f()  # guard: else False and os.path.exists(path)   hidden: none


def expressions(path, a):
    x = (
        f()  # guard: if os.path.exists(path)   hidden: os.path.exists
        if os.path.exists(path)
        else None
    )
    y = None if a else f()  # guard: else a
    if (f if os.path.exists(path) else a):
        f()  # guard: if f if os.path.exists(path) else a   hidden: os.path.exists
    return x, y


def waits(path, paths):
    while True:
        if os.path.exists(path):
            break
        f()  # guard: unless os.path.exists(path)
    f()  # guard: after while True · if os.path.exists(path)   hidden: os.path.exists
    for path in paths:
        if os.path.isfile(path):
            break
    else:
        raise ValueError
    f()  # guard: after for path in paths · if os.path.isfile(path)


def not_only_by_break(path, paths):
    for path in paths:
        if os.path.isfile(path):
            break
    f()  # guard: none
    while path:
        if os.path.isfile(path):
            return
    f()  # guard: unless while path · if os.path.isfile(path)


def leaves_in_any_case(a, b, path):
    if a:
        f()
    else:
        if b:
            return 1
        return 2
    f()  # guard: unless not (a)
    if b:
        if os.path.exists(path):
            return 3
        return 4
    f()  # guard: unless b   hidden: none
    return 5


def asks(thing):
    if hasattr(thing, "kept"):
        f()  # guard: if hasattr(thing, "kept")   hidden: none
