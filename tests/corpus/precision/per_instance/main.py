"""Two instances of one class hold different functions, in attributes and in containers."""


class Button:
    def __init__(self, action):
        self.action = action
        self.listeners = [action]

    def press(self):
        self.action()  # later: a | b   runs: a | b


def a():
    return 1


def b():
    return 2


def c():
    return 3


first = Button(a)  # calls: Button.__init__   runs: Button.__init__
second = Button(b)  # calls: Button.__init__   runs: Button.__init__
first.action()  # later: a   runs: a
second.action()  # later: b   runs: b
first.press()  # calls: Button.press   runs: Button.press
second.press()  # calls: Button.press   runs: Button.press
second.listeners[0]()  # later: b   runs: b
third = Button(a)
third.action = c
third.action()  # later: c   runs: c
