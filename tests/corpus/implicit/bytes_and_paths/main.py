"""`bytes`, `os.fspath` and what takes a path convert through the class."""

import os


class Blob:
    def __bytes__(self):
        return b"x"


class Folder:
    def __fspath__(self):
        return "/tmp"


class Both(Folder):
    def __bytes__(self):
        return b""


bytes(Blob())  # implicit: Blob.__bytes__   runs: Blob.__bytes__
os.fspath(Folder())  # implicit: Folder.__fspath__   runs: Folder.__fspath__
bytes(Both())  # implicit: Both.__bytes__   runs: Both.__bytes__
bytes(3)  # implicit: none
