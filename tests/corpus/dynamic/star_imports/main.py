"""Star imports pass on what they imported; `__all__` may be built up; later names win."""

from api import *  # imports: api
from extra import *  # imports: extra

base()  # calls: base   runs: base
listed()  # calls: listed   runs: listed
both()  # calls: other   runs: other
helper()  # calls: helper   runs: helper


def local():
    from inner import _private, deep  # imports: inner

    deep()  # calls: deep   runs: deep
    return _private()  # calls: _private   runs: _private


local()  # calls: local   runs: local
