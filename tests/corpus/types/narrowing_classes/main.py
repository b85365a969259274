"""A test tells whether a value is a class or an object of one; a class has no attribute of objects."""


class Graph:
    def clear(self):
        return "cleared"

    def size(self):
        return 0

    @classmethod
    def make(cls):
        return cls()


class DiGraph(Graph):
    def clear(self):
        return "both cleared"

    def size(self):
        return 1

    @classmethod
    def make(cls):
        return cls()


def make(given):
    if given is None:
        graph = Graph()
    elif isinstance(given, type):
        graph = given()
    else:
        given.clear()  # calls: DiGraph.clear   runs: DiGraph.clear
        graph = given
    return graph


def below(cls):
    if issubclass(cls, DiGraph):
        made = cls.make()  # calls: DiGraph.make   runs: DiGraph.make
    else:
        made = cls.make()  # calls: Graph.make   runs: Graph.make
    return made


def climb(node):
    for _ in range(3):
        node = node.__class__
    return node.clear  # an attribute of `type`: nobody's


empty = make(None)
empty.size()  # calls: Graph.size   runs: Graph.size
by_class = make(Graph)
by_class.size()  # calls: Graph.size   runs: Graph.size
itself = make(DiGraph())
itself.size()  # calls: DiGraph.size | Graph.size   runs: DiGraph.size
below(Graph)  # calls: below   runs: below
below(DiGraph)  # calls: below   runs: below
try:
    climb(Graph())
except AttributeError:
    pass
