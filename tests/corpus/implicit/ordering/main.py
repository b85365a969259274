"""Sorting, `min`, `max` and `list.sort` compare with `__lt__`; with a key they compare the keys."""

from functools import total_ordering


class Item:
    def __init__(self, rank):
        self.rank = rank

    def __lt__(self, other):
        return self.rank < other.rank


@total_ordering
class Grade:
    def __init__(self, points):
        self.points = points

    def __eq__(self, other):
        return self.points == other.points

    def __lt__(self, other):
        return self.points < other.points


def rank_of(item):
    return item.rank


items = [Item(2), Item(1)]
sorted(items)  # implicit: Item.__lt__   runs: Item.__lt__
min(items)  # implicit: Item.__lt__   runs: Item.__lt__
min(items[0], items[1])  # implicit: Item.__lt__   runs: Item.__lt__
items.sort()  # implicit: Item.__lt__   runs: Item.__lt__
sorted(items, key=rank_of)  # calls: rank_of   implicit: none   runs: rank_of
Grade(1) < Grade(2)  # implicit: Grade.__lt__   calls: Grade.__init__   runs: Grade.__init__ | Grade.__lt__
a, b = Grade(1), Grade(2)
a >= b  # implicit: Grade.__lt__   runs: Grade.__lt__
sorted([3, 1])  # implicit: none
