"""Keys of dicts and members of sets are hashed, and compared when they meet an equal hash."""


class Key:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return hash(self.name)  # implicit: none

    def __eq__(self, other):
        return self.name == other.name


one, two = Key("a"), Key("a")
hash(one)  # implicit: Key.__hash__   runs: Key.__hash__
table = {"x": one}  # implicit: none
table["x"].name  # implicit: none
hash("a")  # implicit: none
{one: 1}[two]  # implicit: Key.__eq__ | Key.__hash__   runs: Key.__eq__ | Key.__hash__
