"""With postponed evaluation, annotations may name what is defined later, in a class too."""

from __future__ import annotations


class Node:
    parent: Node | None
    tree: Tree

    def __init__(self, tree: Tree, parent: Node | None = None):
        self.tree = tree
        self.parent = parent

    def depth(self) -> int:
        return self.parent.depth() + 1 if self.parent else self.tree.base()  # calls: Node.depth | Tree.base   runs: Node.depth | Tree.base


class Tree:
    def base(self):
        return 0

    def root(self) -> Node:
        return Node(self)  # calls: Node.__init__   runs: Node.__init__


Node(Tree(), Tree().root()).depth()  # calls: Node.__init__ | Tree.root | Node.depth | ext builtins.object.__init__   runs: Node.__init__ | Node.depth | Tree.root
