"""`isinstance` tells the type, in the branch and after a guard that leaves."""

from pathlib import Path


class Raw:
    def load(self):
        return 1


def read(data):
    if isinstance(data, Raw):
        return data.load()  # calls: Raw.load   tier: type   runs: Raw.load
    if not isinstance(data, Path):
        data = Path(data)
    return data.exists()  # calls: ext pathlib.Path.exists   tier: type


read(Raw())  # calls: read | ext builtins.object.__init__   runs: read
read("x")  # calls: read   runs: read
