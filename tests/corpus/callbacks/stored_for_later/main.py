"""A function stored with its arguments runs when somebody calls what was stored."""

from contextlib import ExitStack

_exits = []


def at_exit(function, *args, **kwargs):
    _exits.append((function, args, kwargs))
    return function


def run_exits():
    while _exits:
        function, args, kwargs = _exits.pop()
        function(*args, **kwargs)  # calls: close | flush   runs: close | flush


def close(then):
    return then()  # calls: done   runs: done


def flush():
    return 1


def done():
    return 2


at_exit(close, done)  # calls: at_exit   runs: at_exit
at_exit(flush)  # calls: at_exit   runs: at_exit
run_exits()  # calls: run_exits   runs: run_exits
with ExitStack() as stack:
    stack.callback(close, then=done)  # calls: close | ext contextlib.ExitStack.callback
