"""An override is a guess where the tree makes objects of the class, and none of the other arrives.

A property counts where every class that the receiver may have has it; a descriptor with `__set__`
alone leaves what it stores to be read.
"""


class Writer:
    def visit(self):
        return self.write("x")  # calls: Writer.write | ?   runs: Writer.write

    def write(self, text):
        return text


class Tracking(Writer):
    def write(self, text):
        return ""


class Store:
    make = dict

    def fill(self):
        for _ in range(1):
            self.make()  # calls: ?   exact: no


class Sharing(Store):
    def shared(self):
        return {}

    make = shared


class Kind:
    name = "kind"


class Pair(Kind):
    @property
    def name(self):
        return "pair"


def names(kinds: list[Kind]):
    return [kind.name for kind in kinds]  # implicit: none


class Resetting:
    def __set__(self, owner, value):
        owner.__dict__["table"] = value


class Graph:
    table = Resetting()

    def __init__(self):
        self.table = {}  # implicit: Resetting.__set__   runs: Resetting.__set__

    def has(self, node):
        return node in self.table  # implicit: ?


class Frozen:
    def __contains__(self, node):
        return False


Writer().visit()  # calls: Writer.visit | ext builtins.object.__init__   runs: Writer.visit
Tracking()
Store().fill()  # calls: Store.fill | ext builtins.object.__init__   runs: Store.fill
Sharing()
names([Kind(), Kind()])
Pair()
graph = Graph()
graph.has(1)  # calls: Graph.has   runs: Graph.has
graph.table = Frozen()
