"""Decorators apply from the bottom up: the outer one wraps the inner one's wrapper."""

from functools import wraps


def outer(function):
    @wraps(function)
    def outer_wrapper():
        return function()  # calls: inner.<locals>.inner_wrapper   runs: inner.<locals>.inner_wrapper

    return outer_wrapper


def inner(function):
    def inner_wrapper():
        return function()  # calls: core   runs: core

    return inner_wrapper


def same(function):
    return function


@outer  # calls: outer   runs: outer
@inner  # calls: inner   runs: inner
@same  # calls: same   runs: same
def core():
    return 1


@same
def bare():
    return 2


core()  # calls: outer.<locals>.outer_wrapper   runs: outer.<locals>.outer_wrapper
bare()  # calls: bare   runs: bare
