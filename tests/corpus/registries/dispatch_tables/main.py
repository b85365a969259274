"""Tables of functions, lambdas and bound methods; a known key finds its own."""

import sys


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


class Engine:
    def __init__(self):
        self.table = {"go": self.go, "halt": self.halt}

    def go(self):
        return 1

    def halt(self):
        return 2

    def do(self, word):
        return self.table[word]()  # calls: Engine.go | Engine.halt   runs: Engine.go | Engine.halt


OPERATIONS = {"+": add, "-": sub, "0": lambda a, b: 0}
OPERATIONS["+"](1, 2)  # calls: add   runs: add
OPERATIONS["0"](1, 2)  # later: <lambda>   runs: <lambda>
for sign in sorted(OPERATIONS):
    OPERATIONS[sign](1, 2)  # calls: <lambda> | add | sub   runs: <lambda> | add | sub
for sign, function in OPERATIONS.items():
    function(1, 2)  # calls: <lambda> | add | sub   runs: <lambda> | add | sub
OPERATIONS.get(sys.argv[0], sub)(1, 2)  # calls: <lambda> | add | sub | ext builtins.dict.get   runs: sub
for word in ("go", "halt"):
    Engine().do(word)  # calls: Engine.__init__ | Engine.do   runs: Engine.__init__ | Engine.do
