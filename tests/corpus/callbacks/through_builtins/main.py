"""A function handed to a builtin runs there: `map`, `filter`, `sorted`, `min`, `reduce`."""

from functools import reduce


class Item:
    def __init__(self, rank):
        self.rank = rank

    def get_rank(self):
        return self.rank


def double(x):
    return x + x


def is_odd(x):
    return x % 2


def join(a, b):
    return a


items = [Item(2), Item(1)]
list(map(double, [1, 2]))  # calls: double   runs: double
list(filter(is_odd, [1, 2]))  # calls: is_odd   runs: is_odd
sorted(items, key=Item.get_rank)  # calls: Item.get_rank   runs: Item.get_rank
sorted(items, key=lambda item: item.get_rank())  # calls: <lambda> | Item.get_rank   runs: <lambda> | Item.get_rank
min(items, key=Item.get_rank).get_rank()  # calls: Item.get_rank   runs: Item.get_rank
items.sort(key=Item.get_rank)  # calls: Item.get_rank | ext builtins.list.sort   runs: Item.get_rank
reduce(join, items).get_rank()  # calls: Item.get_rank | join | ext functools.reduce   runs: Item.get_rank | join
for item in map(Item, [1, 2]):  # calls: Item.__init__   runs: Item.__init__
    item.get_rank()  # calls: Item.get_rank   runs: Item.get_rank
list(map(str, [1]))  # implicit: none
