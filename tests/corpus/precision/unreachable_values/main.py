"""What stands behind a return or a constant condition gives no value and is not called."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nowhere_to_be_found import Helper


def a():
    return 1


def b():
    return 2


def early(flag):
    function = a
    if flag:
        function = b
        return function()  # calls: b   runs: b
    return function()  # calls: a   runs: a


def constant():
    function = a
    if False:
        function = b
    return function()  # calls: a   runs: a


def version():
    if sys.version_info >= (3, 0):
        return a()  # calls: a   runs: a
    raise RuntimeError


early(0)
early(1)
constant()  # calls: constant   runs: constant
version()
