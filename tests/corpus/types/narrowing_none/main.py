"""A check for `None` leaves the other; lazily made attributes have one class."""


class Store:
    def open(self):
        return 1


class Fallback:
    def open(self):
        return 2


class Service:
    def __init__(self):
        self._store = None

    @property
    def store(self):
        if self._store is None:
            self._store = Store()
        return self._store

    def open(self):
        self.store.open()  # calls: Store.open   implicit: Service.store   runs: Service.store | Store.open


def choose(store=None):
    if store is None:
        store = Fallback()
        store.open()  # calls: Fallback.open   runs: Fallback.open
    else:
        store.open()  # calls: Store.open   runs: Store.open
    store.open()  # calls: Fallback.open | Store.open   runs: Fallback.open | Store.open


Service().open()
choose()
choose(Store())
