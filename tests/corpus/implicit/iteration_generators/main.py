"""`__iter__` may be a generator; a generator function runs at its call, not at the loop."""


class Tree:
    def __init__(self, children=()):
        self.children = children

    def __iter__(self):
        yield self
        for child in self.children:
            yield from child  # implicit: Tree.__iter__   runs: Tree.__iter__

    def walk(self):
        yield from self.children  # implicit: none

    def prune(self):
        return 1


tree = Tree([Tree()])
for node in tree:  # implicit: Tree.__iter__   runs: Tree.__iter__
    node.prune()  # calls: Tree.prune   runs: Tree.prune
for node in tree.walk():  # calls: Tree.walk   implicit: none   runs: Tree.walk
    node.prune()  # calls: Tree.prune   runs: Tree.prune
walk = tree.walk()  # calls: Tree.walk   runs: Tree.walk
for node in walk:  # implicit: none
    node.prune()  # calls: Tree.prune   runs: Tree.prune
