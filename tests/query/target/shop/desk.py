"""Who asks for it."""

from shop.store import Attic, Shelf


def save(what):
    what.save("out.json")


def close(day, after=None):
    shelf = Shelf()
    shelf.save("shelf.json")
    tally(day)
    if after:
        after(day)


def tally(day):
    return len(day)


def open_up():
    close([])
    close([1])
    return
    tally([2])


def stored():
    return Attic("old")


def lonely():
    return 1
