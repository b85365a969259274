"""Many classes of a receiver are all told where each object's making is seen; else they are a guess."""


class Red:
    def paint(self):
        return "red"


class Green:
    def paint(self):
        return "green"


class Blue:
    def paint(self):
        return "blue"


def all_three():
    for one in [Red(), Green(), Blue()]:
        one.paint()  # calls: Red.paint | Green.paint | Blue.paint   runs: Red.paint | Green.paint | Blue.paint


def any_of(one: "Red | Green | Blue"):
    return one.paint()  # calls: Red.paint | Green.paint | Blue.paint


def any_of_base(one: "Base | Red | Green"):
    return one.paint()  # tier: duck


class Base:
    def paint(self):
        return "base"


class Derived(Base):
    def paint(self):
        return "derived"


Derived()
all_three()  # calls: all_three   runs: all_three
