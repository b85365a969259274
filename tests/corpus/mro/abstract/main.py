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


class Reader:
    def read(self):
        raise NotImplementedError(type(self).__name__)

    def both(self):
        return self.read(), self.read()  # calls: FromDisk.read | FromNet.read   runs: FromDisk.read

    def alone(self):
        """Nothing below has it."""
        raise NotImplementedError


class FromDisk(Reader):
    def read(self):
        return 1


class FromNet(Reader):
    def read(self):
        return 2


def load(reader: Reader):
    reader.both()  # calls: Reader.both   runs: Reader.both
    try:
        return reader.alone()  # calls: Reader.alone   runs: Reader.alone
    except NotImplementedError:
        return reader.read()  # calls: FromDisk.read | FromNet.read   runs: FromDisk.read


FromNet()  # calls: ext builtins.object.__init__
load(FromDisk())  # calls: load | ext builtins.object.__init__   runs: load
try:
    Reader().read()  # calls: Reader.read | ext builtins.object.__init__   runs: Reader.read
except NotImplementedError:
    pass
