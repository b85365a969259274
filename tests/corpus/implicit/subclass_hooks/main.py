"""A class statement runs `__init_subclass__` of its bases and `__set_name__` of its values."""


class Plugin:
    known = {}

    def __init_subclass__(cls, key="", **rest):
        super().__init_subclass__(**rest)
        Plugin.known[key] = cls


class Field:
    def __set_name__(self, owner, name):
        self.name = name


class Csv(Plugin, key="csv"):  # implicit: Field.__set_name__ | Plugin.__init_subclass__   runs: Field.__set_name__ | Plugin.__init_subclass__
    column = Field()

    def load(self):
        return 1


class Form:  # implicit: Field.__set_name__   runs: Field.__set_name__
    name = Field()
    size = 3


class Other:  # implicit: none
    size = 4


class Deeper(Csv, key="deep"):  # implicit: Plugin.__init_subclass__   runs: Plugin.__init_subclass__
    pass


Plugin.known["csv"]().load()  # calls: Csv.load | ext builtins.object.__init__   runs: Csv.load
