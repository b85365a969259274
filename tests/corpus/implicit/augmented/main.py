"""An augmented assignment runs the in-place method, or the plain one where there is none."""


class Bag:
    def __iadd__(self, other):
        return self

    def __add__(self, other):
        return self

    def go(self):
        return 1


class Sum:
    def __add__(self, other):
        return Total()


class Total:
    def go(self):
        return 2


bag = Bag()
bag += 1  # implicit: Bag.__iadd__   runs: Bag.__iadd__
bag.go()  # calls: Bag.go   runs: Bag.go
value = Sum()
value += 1  # implicit: Sum.__add__   runs: Sum.__add__
value.go()  # calls: Total.go   runs: Total.go
count = 1
count += 1  # implicit: none


class Holder:
    def __init__(self):
        self.bag = Bag()
        self.table = {"x": Sum()}


holder = Holder()
holder.bag += 1  # implicit: Bag.__iadd__   runs: Bag.__iadd__
holder.table["x"] += 1  # implicit: Sum.__add__   runs: Sum.__add__
