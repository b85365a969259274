"""Reading, storing and deleting a property run its three functions; a field runs none."""


class Cell:
    def __init__(self):
        self._value = 0
        self.plain = 0
        self.value = 1  # implicit: Cell.value#2   runs: Cell.value

    @property
    def value(self):
        return Text()

    @value.setter
    def value(self, new):
        self._value = new

    @value.deleter
    def value(self):
        self._value = 0


class Text:
    def upper(self):
        return 1


class Loud(Cell):
    @property
    def louder(self):
        return super().value  # implicit: Cell.value   runs: Cell.value


cell = Cell()
cell.value.upper()  # calls: Text.upper   implicit: Cell.value   runs: Cell.value | Text.upper
cell.value = 3  # implicit: Cell.value#2   runs: Cell.value
del cell.value  # implicit: Cell.value#3   runs: Cell.value
cell.plain = 4  # implicit: none
print(cell.plain)  # implicit: none
Cell.value  # implicit: none
Loud().louder  # calls: Cell.__init__   implicit: Loud.louder   runs: Cell.__init__ | Loud.louder
