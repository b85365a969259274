"""Where an operand may be another object, what runs for it may be another method."""

from json import loads


class Grid:
    def __init__(self, cells):
        self.cells = cells

    def __getitem__(self, key):
        return self.cells[key]

    def __radd__(self, other):
        return other + len(self.cells)


def first(rows):
    rows = rows or Grid((1, 2))  # calls: Grid.__init__   runs: Grid.__init__
    return rows[0]  # implicit: Grid.__getitem__   exact: no   runs: Grid.__getitem__


def main():
    first(loads("[]"))  # calls: first | ext json.loads   runs: first
    first(loads("[1]"))  # calls: first | ext json.loads   runs: first
    own = Grid((3,))  # calls: Grid.__init__   runs: Grid.__init__
    own[0]  # implicit: Grid.__getitem__   exact: yes   runs: Grid.__getitem__
    return 1 + own  # implicit: Grid.__radd__   exact: yes   runs: Grid.__radd__


main()  # calls: main   runs: main
