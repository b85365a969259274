"""`Optional` and `| None` leave the class; `None` has no methods of the tree."""

from typing import Optional


class Cache:
    def get(self):
        return 1


class Index:
    def get(self):
        return 2


def old(cache: Optional[Cache] = None):
    if cache:
        return cache.get()  # calls: Cache.get   runs: Cache.get


def new(cache: Cache | None):
    return cache.get() if cache else None  # calls: Cache.get   runs: Cache.get


def reversed_order(index: None | Index):
    return index and index.get()  # calls: Index.get   runs: Index.get


def find(flag) -> Optional[Index]:
    return Index() if flag else None


old()
old(Cache())
new(Cache())
reversed_order(Index())
find(1).get()  # calls: find | Index.get   runs: Index.get | find
