from . import deep
from .. import low, renamed
from ..sub import leaf
from ...ns.inner import mod
from .missing import nothing


def go():
    deep()
    low.work(1)
    renamed(1)
    leaf.go()
    mod.inner()
    nothing()
