"""A decorator of the tree puts its wrapper before the function; one from outside leaves it."""

import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)  # calls: work   tier: flow   runs: work

    return wrapper


def registered(function):
    return function


def times(count):
    def apply(function):
        return function

    return apply


@logged  # calls: logged   runs: logged
def work():
    return 1


@registered
def plain():
    return 1


@times(3)  # calls: times | times.<locals>.apply   runs: times | times.<locals>.apply
def often():
    return 1


@functools.lru_cache(maxsize=None)
def cached():
    return 1


@functools.cache
def kept():
    return 1


work()  # calls: logged.<locals>.wrapper   tier: flow   runs: logged.<locals>.wrapper
plain()  # calls: plain   tier: definite   runs: plain
often()  # calls: often   runs: often
cached()  # calls: cached   runs: cached
kept()  # calls: kept   runs: kept
