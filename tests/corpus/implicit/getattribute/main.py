"""`__getattribute__` runs at every read of an attribute; stores and deletions have their own."""


class Watched:
    def __getattribute__(self, name):
        return super().__getattribute__(name)

    def __setattr__(self, name, value):
        super().__setattr__(name, value)

    def __delattr__(self, name):
        super().__delattr__(name)

    def work(self):
        return 1


class Plain:
    def __init__(self):
        self.x = 1  # implicit: none


watched = Watched()
watched.x = 1  # implicit: Watched.__setattr__   runs: Watched.__setattr__
watched.x  # implicit: Watched.__getattribute__   runs: Watched.__getattribute__
watched.work()  # calls: Watched.work   implicit: Watched.__getattribute__   runs: Watched.__getattribute__ | Watched.work
del watched.x  # implicit: Watched.__delattr__   runs: Watched.__delattr__
setattr(watched, "y", 1)  # implicit: Watched.__setattr__   runs: Watched.__setattr__
Plain().x  # calls: Plain.__init__   implicit: none   runs: Plain.__init__
