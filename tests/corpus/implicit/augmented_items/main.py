"""An augmented store into an item reads, operates and stores; `__missing__` fills a dict."""


class Tally(dict):
    def __missing__(self, key):
        return Number()


class Table:
    def __init__(self):
        self.value = Number()

    def __getitem__(self, key):
        return self.value

    def __setitem__(self, key, value):
        self.value = value


class Number:
    def __add__(self, other):
        return self

    def bump(self):
        return 1


table = Table()
table["x"] += 1  # implicit: Number.__add__ | Table.__getitem__ | Table.__setitem__   runs: Number.__add__ | Table.__getitem__ | Table.__setitem__
tally = Tally()
tally["y"].bump()  # calls: Number.bump   implicit: Tally.__missing__   runs: Number.bump | Tally.__missing__
tally["z"] = Number()  # implicit: none
