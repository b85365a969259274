"""Calling a class runs `__call__` of its metaclass; its methods are methods of the class."""


class Registry(type):
    made = []

    def __call__(cls, *args):
        made = super().__call__(*args)  # runs: Widget.__init__
        Registry.made.append(made)
        return made

    def count(cls):
        return len(Registry.made)


class Widget(metaclass=Registry):
    def __init__(self, size):
        self.size = size

    def draw(self):
        return 1


class Plain:
    def __init__(self):
        self.size = 1


widget = Widget(1)  # calls: Registry.__call__   runs: Registry.__call__
widget.draw()  # later: Widget.draw   runs: Widget.draw
Widget.count()  # calls: Registry.count   runs: Registry.count
Plain()  # calls: Plain.__init__   runs: Plain.__init__
