"""Unpacking, stars and `yield from` iterate; `**` asks for keys and items."""


class Pair:
    def __iter__(self):
        return iter((Part(), Part()))


class Part:
    def use(self):
        return 1


class Options:
    def keys(self):
        return ["x"]

    def __getitem__(self, key):
        return 1


def take(*args, **options):
    return args


left, right = Pair()  # implicit: Pair.__iter__   runs: Pair.__iter__
left.use()  # calls: Part.use   runs: Part.use
first, *rest = Pair()  # implicit: Pair.__iter__   runs: Pair.__iter__
take(*Pair())  # calls: take | ext builtins.object.__init__   implicit: Pair.__iter__   runs: Pair.__iter__ | take
[*Pair(), 1]  # implicit: Pair.__iter__   runs: Pair.__iter__
take(**Options())  # calls: take | ext builtins.object.__init__   unseen: Options.__getitem__ | Options.keys   runs: Options.__getitem__ | Options.keys | take
take(*[1], **{"y": 2})  # calls: take   implicit: none   runs: take
