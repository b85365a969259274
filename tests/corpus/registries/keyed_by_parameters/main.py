"""Registers that a method fills and another one asks, each under the names that it is given."""


class Container:
    def __init__(self):
        self.registers = {}
        self.register("action", "store", Store)
        self.register("action", "count", Count)
        self.register("type", None, same)

    def register(self, name, key, made):
        register = self.registers.setdefault(name, {})
        register[key] = made

    def find(self, name, key, default=None):
        return self.registers[name].get(key, default)

    def add(self, action):
        return self.find("action", action)(action)  # calls: Container.find | Store.__init__ | Count.__init__   runs: Container.find | Store.__init__ | Count.__init__

    def convert(self, kind, text):
        return self.find("type", kind)(text)  # calls: Container.find | same   runs: Container.find | same

    def count(self):
        return self.find("action", "count")("n")  # calls: Container.find | Count.__init__   runs: Container.find | Count.__init__

    def both(self, name):
        return self.find(name, None)("n")  # calls: Container.find | Store.__init__ | Count.__init__ | same   runs: Container.find | same


class Store:
    def __init__(self, name):
        self.name = name

    def show(self):
        return self.name


class Count:
    def __init__(self, name):
        self.name = name


def same(text):
    return text


TABLE = {}


def define(name):
    def keep(function):
        TABLE[name] = function
        return function

    return keep


@define("one")
def one(text=""):
    return 1


@define("two")
def two(text=""):
    return 2


def changed(name, function):
    name = name + "s"
    TABLE[name] = function


class Cache:
    """Nobody here calls `of`, and a user may."""

    def __init__(self):
        self.held = {}

    def of(self, key):
        return self.held.setdefault(key, Store("x"))

    def first(self):
        for held in self.held.values():
            held.show()  # calls: Store.show


container = Container()
container.add("store")
container.add("count")
container.convert(None, "x")
container.count()
container.both("type")
TABLE["one"]("x")  # calls: one | same   runs: one
TABLE["two"]("x")  # calls: two | same   runs: two
changed("one", same)
TABLE["ones"]("x")  # calls: same   runs: same
