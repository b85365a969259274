"""An abstract method does not run where something overrides it."""

from abc import ABC, abstractmethod


class Writer(ABC):
    @abstractmethod
    def write(self): ...


class ToDisk(Writer):
    def write(self):
        return 1


class ToNet(Writer):
    def write(self):
        return 2


def save(writer: Writer):
    writer.write()  # calls: ToDisk.write | ToNet.write   tier: type   runs: ToDisk.write


save(ToDisk())  # calls: save | ext builtins.object.__init__   runs: save
