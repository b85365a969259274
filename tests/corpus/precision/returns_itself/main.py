"""A method that gives its object, or a new one of its class, gives one of the receiver's class."""


class Degrees:
    def __init__(self, graph, weight=None):
        self.graph = graph
        self.weight = weight

    def __call__(self, weight=None):
        if weight == self.weight:
            return self
        return self.__class__(self.graph, weight)

    def again(self):
        return type(self)(self.graph)

    def __iter__(self):
        return iter([("all", 0)])


class InDegrees(Degrees):
    def __iter__(self):
        return iter([("in", 1)])


found = InDegrees([1])
for _ in found():  # calls: Degrees.__call__   implicit: InDegrees.__iter__   runs: Degrees.__call__ | InDegrees.__iter__
    pass
for _ in found(3):  # calls: Degrees.__call__   implicit: InDegrees.__iter__   runs: Degrees.__call__ | InDegrees.__iter__
    pass
for _ in found.again():  # calls: Degrees.again   implicit: InDegrees.__iter__   runs: Degrees.again | InDegrees.__iter__
    pass
for _ in Degrees([1])():  # calls: Degrees.__init__ | Degrees.__call__   implicit: Degrees.__iter__   runs: Degrees.__call__ | Degrees.__init__ | Degrees.__iter__
    pass
