import json
import os

import registry
import settings

CACHE = {}


class Base:
    def open(self, path):
        return self.prepare(path)

    def prepare(self, path):
        return path

    def __len__(self):
        return 0


class Disk(Base):
    def prepare(self, path):
        return path + ".json"

    def __len__(self):
        return 2

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    @property
    def size(self):
        return len(self)


@registry.handler("json")
def save_json(path, goods):
    with open(path, "w") as file:
        json.dump(goods, file)


@registry.handler("text")
def save_text(path, goods):
    with open(path, "w") as file:
        file.write(str(goods))


@registry.traced
def check(goods):
    return bool(goods)


@registry.plain
def weigh(good):
    return len(good)


def order(goods):
    return sorted(goods, key=weigh), max(map(weigh, goods))


def both(goods): return weigh(goods[0]) + weigh(goods[-1])


def save(path, goods):
    disk = Disk()
    name = disk.open(path)
    if not check(goods):
        raise ValueError(name)
    if settings.get("compress"):
        name = compress(name)
    if os.environ.get("STORE_FORMAT", "json") == "json" and settings.get("format") == "json":
        write = registry.HANDLERS["json"]
    else:
        write = registry.HANDLERS["text"]
    write(name, goods)
    with disk:
        CACHE[name] = disk.size
    remember(name)
    order(goods)
    both(goods)
    try:
        broken(goods)
    except KeyError:
        recover(name)
    for part in parts(goods):
        settings.cfg["last"] = part
    later = [
        lambda: compress(name),
        lambda: weigh(name),
    ]
    return later[1]()


def remember(name):
    CACHE.update({name: 1})
    CACHE.setdefault("first", name)
    del CACHE["first"]


def compress(name):
    return name + ".gz"
    unreachable = weigh(name)
    return both(unreachable)


def broken(goods):
    return goods["missing"] if isinstance(goods, dict) else {}[goods[0]]


def recover(name):
    return name


def parts(goods):
    for good in goods:
        yield good
    yield from more(goods)


def more(goods):
    if len(goods) > 5:
        return
    yield weigh(goods[0])


def never(path):
    save(path, [])
    settings.reset()
    return compress(path)
