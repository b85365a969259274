"""Call sites of every kind, for runs that are made up."""

import json
import os

from lib import far
from shop import late


def save(goods, where):
    check(goods)
    write(goods) if goods else None
    if where:
        write(where)
    elif os.environ.get("AGAIN"):
        write(goods)
    for each in goods:
        check(each)
    far.away(
        goods,
    )
    json.dumps(goods)
    return goods and json.loads(goods)


def write(goods):
    return goods


def check(goods):
    if not goods:
        return None
    write(goods)
    check(goods[1:]); write(goods)
    raise ValueError(goods)
    write("never")


def items(goods):
    yield from goods


def use(goods):
    for each in items(goods):
        write(each)
    key = lambda a: write(a); other = lambda a: check(a)
    sorted(goods, key=key)
    late.made(goods)
    choose(goods)(goods)


def choose(goods):
    return write if goods else check


def apart(goods):
    return write(goods)


def ends(goods):
    choose(goods).later()
    items(goods).send(write(goods))
    with Held(goods) as held:
        held.put(write(goods))


class Held:
    kept = {}

    def __init__(self, goods):
        self.goods = goods

    def __enter__(self):
        return self

    def __exit__(self, *error):
        check(error)

    def put(self, goods):
        self.kept["goods"] = goods
        os.remove("x")
        os.environ["AGAIN"] = "1"
        with open("y", "w") as file:
            file.write(goods)

    @property
    def size(self):
        return write(self.goods)

    def step(self, goods):
        return goods.size


def main():
    use([1])
    save([], "")
    apart(1)
    Held(1).size


if __name__ == "__main__":
    main()


def hangs(where):
    if os.environ.get("A") and os.path.exists(where):
        write(where)


def led(pick):
    found = pick()
    found(1)
    found(2)
    return found


def brief(goods):
    with Held(goods) as held: held.put(goods)
