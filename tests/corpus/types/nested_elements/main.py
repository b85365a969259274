"""Generics within generics are taken apart one level at a time."""

from collections import defaultdict
from typing import Dict, List, Tuple


class Leaf:
    def cut(self):
        return 1


class Stem:
    def cut(self):
        return 2


class Garden:
    rows: Dict[str, List[Leaf]]

    def __init__(self):
        self.rows = {"a": [Leaf()]}
        self.pairs: List[Tuple[Leaf, Stem]] = [(Leaf(), Stem())]
        self.stems: defaultdict[str, list[Stem]] = defaultdict(list)

    def work(self):
        self.stems["x"].append(Stem())
        for row in self.rows.values():
            for leaf in row:
                leaf.cut()  # calls: Leaf.cut   runs: Leaf.cut
        for leaf, stem in self.pairs:
            leaf.cut()  # calls: Leaf.cut   runs: Leaf.cut
            stem.cut()  # calls: Stem.cut   runs: Stem.cut
        for number, (leaf, stem) in enumerate(self.pairs):
            stem.cut()  # calls: Stem.cut   runs: Stem.cut
        self.stems["x"][0].cut()  # calls: Stem.cut   runs: Stem.cut


Garden().work()
