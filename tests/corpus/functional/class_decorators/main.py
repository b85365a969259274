"""A decorator may be an instance or a class; its product is what the name calls."""


class Memo:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args):
        return self.function(*args)  # calls: square   runs: square

    def clear(self):
        return 1


class Retry:
    def __init__(self, times):
        self.times = times

    def __call__(self, function):
        def wrapper():
            return function()  # calls: fetch   runs: fetch

        return wrapper


@Memo  # calls: Memo.__init__   runs: Memo.__init__
def square(x):
    return x * x


@Retry(3)  # calls: Retry.__call__ | Retry.__init__   runs: Retry.__call__ | Retry.__init__
def fetch():
    return 1


def with_name(cls):
    cls.name = lambda self: "added"
    return cls


@with_name  # calls: with_name   runs: with_name
class Thing:
    def own(self):
        return 1


square(2)  # calls: Memo.__call__   runs: Memo.__call__
square.clear()  # calls: Memo.clear   runs: Memo.clear
fetch()  # calls: Retry.__call__.<locals>.wrapper   runs: Retry.__call__.<locals>.wrapper
Thing().name()  # calls: with_name.<locals>.<lambda> | ext builtins.object.__init__   runs: with_name.<locals>.<lambda>
Thing().own()  # calls: Thing.own | ext builtins.object.__init__   runs: Thing.own
