"""Of several callees those count that can take what the call passes: the others would raise."""

import functools


class Action:
    def __init__(self, names, prog=None):
        self.names = names


class Plain(Action):
    def __init__(self, names, help=None):
        super().__init__(names)


class Below(Action):
    def __init__(self, names, prog, made_by, help=None):
        super().__init__(names, prog)
        self.made_by = made_by


ACTIONS = {"plain": Plain, "below": Below}


class Parser:
    def chosen(self, options, default):
        return ACTIONS[options.pop("action", default)]

    def emptied(self, options):
        options.pop("made_by")
        return ACTIONS[options.pop("action")]

    def add_below(self, **options):
        options.setdefault("made_by", type(self))
        options.setdefault("prog", "x")
        make = self.chosen(options, "below")
        return make(names=[], **options)  # calls: Below.__init__   runs: Below.__init__

    def add_any(self, **options):
        if "made_by" not in options:
            options.setdefault("help", "x")
        make = self.chosen(options, "plain")
        return make(names=[], **options)  # calls: Plain.__init__ | Below.__init__   runs: Plain.__init__

    def add_emptied(self, **options):
        options.setdefault("made_by", type(self))
        make = self.emptied(options)
        return make(names=[], **options)  # calls: Plain.__init__ | Below.__init__   runs: Plain.__init__


def none():
    return 0


def one(first):
    return 1


def any_number(*given):
    return 2


def named(*, key):
    return 3


def keywords(first=1, **given):
    return 4


@functools.lru_cache
def cached(first):
    return 5


def run(index):
    functions = [none, one, any_number, named, keywords, cached]
    function = functions[index]
    if index == 0:
        return function()  # calls: none | any_number | keywords | cached   runs: none
    if index == 3:
        return function(key=1)  # calls: named | keywords | cached   runs: named
    if index == 4:
        return function(*[1], key=1)  # calls: keywords | cached | named   runs: keywords
    return function(1)  # calls: one | any_number | keywords | cached   runs: one | any_number | cached


def alone():
    return 6


Parser().add_below()
Parser().add_any(action="plain")
Parser().add_emptied(action="plain")
for index in range(6):
    run(index)
try:
    alone(1)  # calls: alone
except TypeError:
    pass
