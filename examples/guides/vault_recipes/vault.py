"""A stand-in for the library `vault`: boxes are dictionaries that live as long as the process."""

from tracer_stand_in import Base, note

VERSION = "1.0"

_BOXES = {}


class Box(Base):
    def __init__(self, name):
        self._values = _BOXES.setdefault(name, {})

    def store(self, name, value):
        self._values[name] = value

    def load(self, name):
        return self._values[name]


def connect(name):
    note("boxes are not written to disk")
    return Box(name)


NAMES = {"vault.Box": Box, "vault.connect": connect}
