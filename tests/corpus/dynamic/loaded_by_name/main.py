"""A loader gives what it is given, or what a name leads to: some of that is known, not all."""

from importlib import import_module


class Plain:
    def __init__(self):
        self.kind = "plain"


class Other:
    def __init__(self):
        self.kind = "other"


def load(path):
    if not isinstance(path, str):
        return path
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def chosen(which):
    return getattr(import_module("__main__"), "Plain" if which else "Other")


settings = {"CLASS": ".".join(("__main__", "rehtO"[::-1]))}
load(Plain)()  # calls: load | Plain.__init__ | ?   runs: load | Plain.__init__
load(settings["CLASS"])()  # calls: load | ?   unseen: Other.__init__   runs: load | Other.__init__
kept: type[Plain] = load(Plain) if settings else load(settings["CLASS"])
kept()  # calls: Plain.__init__ | ?   exact: no   runs: Plain.__init__
cls: type[Plain] = load(settings["CLASS"])  # calls: load   runs: load
cls()  # calls: Plain.__init__   unseen: Other.__init__   exact: declared   runs: Other.__init__
