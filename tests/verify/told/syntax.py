"""A bit of all syntax that binds, calls, hands on or stores."""
from __future__ import annotations

import os, sys as system
import xml.dom
from . import near
from ..far import away as off
from .low import *


@decorated
@factory(1)(2)
class Shop(Base, meta.Other, make(), metaclass=Meta):
    """What it is."""

    goods: list[str] = []
    count: int

    @staticmethod
    def free(first):
        return first

    @classmethod
    def made(cls, *rest: int, **more: str) -> Shop:
        cls.total = rest
        return cls(*rest, **more)

    @functools.cache
    def cached(self, x=default(), /, *, y=other()):
        self.x, self.y[0] = x, y
        del self.x
        super().cached(x)
        super(Shop, self).cached(x)

    def __init__(self):
        pass


async def waits(session):
    async with session.get(
        "x"
    ) as reply, open("y"):
        await reply.read()
    async for part in reply:
        print(part)
    return [each async for each in reply if each.ok()]


def flow(items):
    global made
    def made():
        nonlocal_name = 1
        def inner():
            nonlocal nonlocal_name
            nonlocal_name = 2
        return inner
    try:
        risky()
    except (ValueError, KeyError) as error:
        handle(error)
    else:
        fine()
    finally:
        done()


def blocks(items, n=(lambda q: q)(1)):
    with lock:
        if first(
            items
        ):
            second()
        third()
    for item in items.values():
        item()()
    while more(items): step(items)
    match items:
        case [a, *b] if a: use(a, b)
        case {"k": v, **rest}: use(v, rest)
        case Point(x=0) as p: use(p)
    handlers["x"](1).then(2)
    (items or other).run(key=items.name)
    value = maybe = None
    core.plain = items.other
    setattr(core, "plain", value); setattr(core, name, value)
    globals()["plain"] = value
    patch("a.b.plain", value); patch.object(core, "plain"); patch()
    key = lambda z, *, w=1: sorted(z, key=w)
    return f"{items.total!r:>{width}}" if (walrus := key) else {k: v for k, v in items}


class Planned:
    @abc.abstractmethod
    def planned(self):
        return 1

    @functools.cache
    @staticmethod
    def kept():
        return 1


def chosen(a):
    match (
        a
    ):
        case 1:
            return plain(a)
