"""Subscripts read, store and delete through the class; slices too; lists run nothing."""


class Row:
    def __init__(self):
        self.cells = [Cell()]

    def __getitem__(self, key):
        return Cell()

    def __setitem__(self, key, value):
        self.cells[key] = value  # implicit: none

    def __delitem__(self, key):
        del self.cells[key]  # implicit: none


class Cell:
    def paint(self):
        return 1


class Deep(Row):
    def __getitem__(self, key):
        return super().__getitem__(key)  # calls: Row.__getitem__   implicit: none   runs: Row.__getitem__


row = Row()
row[0].paint()  # calls: Cell.paint   implicit: Row.__getitem__   runs: Cell.paint | Row.__getitem__
row[1:2]  # implicit: Row.__getitem__   runs: Row.__getitem__
row[0] = Cell()  # implicit: Row.__setitem__   runs: Row.__setitem__
del row[0]  # implicit: Row.__delitem__   runs: Row.__delitem__
Deep()["x"].paint()  # calls: Row.__init__ | Cell.paint   implicit: Deep.__getitem__   runs: Cell.paint | Deep.__getitem__ | Row.__init__
cells = {"a": Cell()}
cells["a"].paint()  # calls: Cell.paint   implicit: none   runs: Cell.paint
