"""A module whose variables others set."""

net = None
limit = 3
cache = {}


def build():
    return "built"


def __getattr__(name):
    return f"lazy {name}"
