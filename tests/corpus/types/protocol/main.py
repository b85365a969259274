"""A protocol stands for the classes that have all of its methods."""

from typing import Protocol


class Codec(Protocol):
    def encode(self, data): ...

    def decode(self, data): ...


class Hex:
    def encode(self, data):
        return 1

    def decode(self, data):
        return 2


class Gzip:
    def encode(self, data):
        return 1

    def decode(self, data):
        return 2


class OneWay:
    def encode(self, data):
        return 3


def send(codec: Codec, data):
    return codec.encode(data)  # later: Gzip.encode | Hex.encode   runs: Gzip.encode | Hex.encode


send(Hex(), 1)  # calls: send | ext builtins.object.__init__   runs: send
send(Gzip(), 1)  # calls: send | ext builtins.object.__init__   runs: send
OneWay().encode(1)  # calls: OneWay.encode | ext builtins.object.__init__   runs: OneWay.encode
