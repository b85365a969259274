import os.path as path
import beside
import far
import lib2
import ns.inner.mod
import pkg.broken
import pkg.low as low
import pkg.sub.leaf
import twin
from outside import *
from pkg import broken, deep, either, low as lower, quick, twice, work


def main(low):
    low.work(1)
    lower.work(1)
    beside.near()
    far.away()
    lib2.two()
    ns.inner.mod.inner()
    ns.none.inner()
    pkg.broken.work()
    broken.work()
    pkg.sub.leaf.go()
    pkg.nothing()
    pkg.low.Low.step(1)
    twin.same()
    path.join("a")
    deep()
    either(1)
    quick(1)
    twice(1)
    work(1)
    work.cache_clear()
    unknown(1)
    len("x")
    work(1)(2)
    (work)(3)
    [work][0](4)


def inner():
    def len(x):
        return x

    class Holder:
        def work(self):
            return work(1)

        taken = work(2)

    len("x")
    return Holder().work()
