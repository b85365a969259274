"""`NotImplemented` has no members, and a generator has those of generators alone."""


class Unit:
    def scale(self):
        return 1

    def __mul__(self, other):
        if isinstance(other, Unit):
            return Unit()
        return NotImplemented


def either(flag):
    return (part for part in [1]) if flag else Unit()  # calls: ext builtins.object.__init__


product = Unit() * Unit()  # implicit: Unit.__mul__   runs: Unit.__mul__
product.scale()  # calls: Unit.scale   runs: Unit.scale
found = either(False)
found.scale()  # calls: Unit.scale   runs: Unit.scale
either(True).close()  # calls: either | ext builtins.generator.close   runs: either
