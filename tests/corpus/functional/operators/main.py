"""`attrgetter`, `itemgetter` and `methodcaller` are functions that name what they do."""

from operator import attrgetter, itemgetter, methodcaller


class Item:
    def rank(self):
        return 1

    @property
    def size(self):
        return 2

    def other(self):
        return 3


def handler():
    return 4


item = Item()
size_of = attrgetter("size")
size_of(item)
ranked = methodcaller("rank")
ranked(item)  # calls: Item.rank   runs: Item.rank
method_of = attrgetter("rank")
method = method_of(item)
method()  # calls: Item.rank   runs: Item.rank
x_of = itemgetter("x")
chosen = x_of({"x": handler, "y": item.other})
chosen()  # later: handler   runs: handler
item.other()  # calls: Item.other   runs: Item.other
