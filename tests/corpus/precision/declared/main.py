"""What class an object is of is declared, and no object of it is followed there."""

import importlib


class Queue:
    def push(self, item):
        return [item]

    def __len__(self):
        return 0

    @property
    def top(self):
        return None


class Other:
    """Not below Queue: the annotation is wrong of it."""

    def push(self, item):
        return (item,)

    def __len__(self):
        return 1

    @property
    def top(self):
        return 1


class Filter:
    def seen(self, request):
        return False

    def name(self):
        return "filter"


class Remembering(Filter):
    def seen(self, request):
        return True


class Shape:
    def area(self):
        raise NotImplementedError


class Square(Shape):
    def area(self):
        return 4


def load(reversed_name):
    """What it gives nobody follows."""
    return getattr(importlib.import_module("__main__"), reversed_name[::-1])


class Scheduler:
    def __init__(self, queue: str, kept: str):
        self.queue: Queue = self.make(queue)
        self.kept: Filter = load(kept)()
        self.made: Queue = Queue()

    def make(self, name) -> Queue:
        return load(name)()

    def run(self, shape: Shape):
        self.queue.push(1)  # calls: Queue.push   unseen: Other.push   exact: declared   tier: type   runs: Other.push
        len(self.queue)  # implicit: Queue.__len__   unseen: Other.__len__   runs: Other.__len__
        self.queue.top  # implicit: Queue.top   unseen: Other.top   exact: declared   runs: Other.top
        self.made.push(1)  # calls: Queue.push   exact: declared   runs: Queue.push
        self.kept.seen(2)  # calls: Filter.seen | ?   exact: no   runs: Remembering.seen
        self.kept.name()  # calls: Filter.name   exact: declared   runs: Filter.name
        shape.area()  # calls: Square.area   exact: declared   runs: Square.area
        self.close()  # calls: Scheduler.close   exact: yes   runs: Scheduler.close

    def close(self):
        return None


def tested(value):
    if isinstance(value, Filter):
        value.name()  # calls: Filter.name   exact: yes   runs: Filter.name


scheduler = Scheduler("rehtO", "gnirebmemeR")
scheduler.run(Square())  # calls: Scheduler.run | ext builtins.object.__init__   exact: yes   runs: Scheduler.run
tested(scheduler.kept)
queue = Queue()
queue.push(1)  # calls: Queue.push   exact: yes   runs: Queue.push


class Plain:
    def __init__(self):
        self.kind = 1


class Maker:
    def __call__(self):
        return 1


class Loud(Maker):
    def __call__(self):
        return 2


def either(make: type[Plain] | Maker):
    make()  # calls: Maker.__call__ | Plain.__init__ | ?   exact: no   runs: Plain.__init__


either(Plain)
