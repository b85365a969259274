"""A function whose code is replaced at its first call: who calls it later runs something else."""


class Lazy:
    def __call__(self, function):
        def wrapper(*args, __me=None):
            return Lazy.compiled(__me)(*args)  # runs: Lazy.compiled | Lazy.compiled.<locals>.other

        wrapper.__kwdefaults__["_Lazy__me"] = wrapper
        return wrapper

    @staticmethod
    def compiled(me):
        def other(*args):
            return "other", args

        me.__code__ = other.__code__
        me.__kwdefaults__ = None
        return other


@Lazy()
def answer(number):
    return number


def plain(number):
    return number


answer(1)  # calls: ?   runs: Lazy.__call__.<locals>.wrapper
assert answer(2) == ("other", (2,))  # calls: ?
plain(3)  # calls: plain   runs: plain
