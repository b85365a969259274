"""What importing does, what cannot run, what hangs on what nobody sees."""

import os

import registry
from settings import cfg


def main(path):
    if os.environ.get("FORMAT") and os.path.exists(path):
        save(path)
    registry.add("one")
    return load(path)
    save(path)
    save("again")


def save(path):
    cfg["format"] = "json"
    with open(path, "w") as file:
        file.write(str(cfg))


def load(path):
    def inner():
        return 1
        save(path)

    return inner


def more():
    raise ValueError
    main(1)
    print(2)


def unseen():
    save(1)
