"""`setattr` with a constant name is a store."""


class Box:
    pass


class Slot:
    def __init__(self):
        setattr(self, "action", first)


def first():
    return 1


def second():
    return 2


box = Box()
setattr(box, "action", second)
box.action()  # calls: second   runs: second
Slot().action()  # calls: Slot.__init__ | first   runs: Slot.__init__ | first
for name in ("left", "right"):
    setattr(Box, name, staticmethod(first))
Box.left()  # later: first   runs: first
