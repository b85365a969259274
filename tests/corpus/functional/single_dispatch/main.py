"""`singledispatch` runs one of the registered functions, or the first."""

from functools import singledispatch, singledispatchmethod


@singledispatch
def show(value):
    return "any"


@show.register
def show_int(value: int):
    return "int"


@show.register(str)
def show_text(value):
    return "text"


def show_other(value):
    return "other"


class Writer:
    @singledispatchmethod
    def write(self, value):
        return 1

    @write.register
    def write_int(self, value: int):
        return 2


for value in [1, "x", 2.5]:
    show(value)  # calls: show | show_int | show_text   runs: show | show_int | show_text
    Writer().write(value)  # calls: Writer.write | Writer.write_int | ext builtins.object.__init__   runs: Writer.write | Writer.write_int
show_other(1)  # calls: show_other   runs: show_other
