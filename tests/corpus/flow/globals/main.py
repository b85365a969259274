"""A `global` or `nonlocal` store elsewhere is one of the things that a name may hold."""

import importlib


class Engine:
    def start(self):
        return 1


_engine = None


def init():
    global _engine
    _engine = Engine()


init()
_engine.start()  # calls: Engine.start   runs: Engine.start


def use():
    return _engine.start()  # calls: Engine.start   runs: Engine.start


def outer():
    chosen = None

    def choose():
        nonlocal chosen
        chosen = use

    choose()  # calls: outer.<locals>.choose   runs: outer.<locals>.choose
    return chosen()  # calls: use   runs: use


outer()
tools = importlib.import_module("tools")
tools.tool()  # calls: tool   tier: flow   runs: tool
holder = Engine()
setattr(holder, "tool", tools.tool)
holder.tool()  # calls: tool   runs: tool
