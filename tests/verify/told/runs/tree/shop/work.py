"""What a run goes through, and what it leaves out."""

import functools
import json
import zipfile

from lib.tools import pack
from shop.more import late, loud


def work(n):
    if n > 100:
        price(n)
    for each in range(n):
        price(
            each,
        )
    clean(n); price(n)
    return json.dumps(n)


def price(n):
    return n


def clean(n):
    if n > 9:
        price(n)
        never()
    return n


def never():
    work(3)
    clean(1)
    json.dumps(1)
    json.loads("1")
    with zipfile.ZipFile("x") as archive:
        archive.write("y")


def stream(n):
    yield n
    price(n)


async def wait(n):
    await late(n)


class Box:
    def __init__(self):
        self.items = []

    @property
    def size(self):
        return price(1)

    @size.setter
    def size(self, value):
        clean(value)

    @functools.cache
    def kept(self):
        return price(2)


def outer():
    def inner():
        price(1)

    inner()
    return inner


def often(n):
    price(1)
    price(2)
    price(3)
    price(4)
    price(5)
    price(6)
    price(7)


def five(n):
    clean(1)
    clean(2)
    clean(3)
    clean(4)
    clean(5)


def packed(path):
    pack(path)
    if path:
        pack(
            path,
        )
    loud(path)
    json.dumps(
        path,
    )
    return json.loads(path)


def main():
    work(3)
    box = Box()
    box.size = 3
    box.kept()
    for each in stream(2):
        clean(each)
    wait(1)
    outer()
    often(1)
    five(1)
    packed("p")


work(0)


def once(n): yield n


def again(n):
    stream(n)
    once(n)
    return wait(n)


def spread(n):
    return json.loads(
        n,
    )
