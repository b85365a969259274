"""`property(get, set)` as a call is a property too; augmented stores read and store."""


class Meter:
    def __init__(self):
        self._x = 0

    def _get(self):
        return self._x

    def _set(self, x):
        self._x = x

    x = property(_get, _set)


class Other:
    x = 0


meter = Meter()
meter.x  # implicit: Meter._get   runs: Meter._get
meter.x = 2  # implicit: Meter._set   runs: Meter._set
meter.x += 1  # implicit: Meter._get | Meter._set   runs: Meter._get | Meter._set
other = Other()
other.x += 1  # implicit: none
