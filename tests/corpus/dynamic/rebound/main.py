"""What is bound again out of sight of definitions: the callee stands, and is not all there may be."""


class Shop:
    def run(self):
        return 1

    def close(self):
        return 2

    def work(self):
        return self.run()  # calls: Shop.run | ?   exact: no


class Stall(Shop):
    hook = None

    def __init__(self):
        self.hook = other


class Guarded:
    def __getattribute__(self, name):
        return other

    def run(self):
        return 3


class Watched:
    def __getattribute__(self, name):
        return object.__getattribute__(self, name)

    def run(self):
        return 4


def other(*given):
    return 0


def named():
    return 5


def kept():
    return 6


shop = Shop()
shop.run = other
shop.run()  # calls: Shop.run | ?   exact: no   runs: other
shop.work()  # calls: Shop.work   exact: yes   runs: Shop.work
shop.close()  # calls: Shop.close   exact: yes   runs: Shop.close
type(shop).other = other
Stall().hook()  # calls: Stall.__init__ | other   runs: Stall.__init__ | other
setattr(Stall, "close", other)
Stall().close()  # calls: Stall.__init__ | Shop.close | ?   exact: no   runs: Stall.__init__ | other
Guarded().run()  # calls: Guarded.run | ext builtins.object.__init__ | ?   implicit: Guarded.__getattribute__   exact: no   runs: Guarded.__getattribute__ | other
Watched().run()  # calls: Watched.run | ext builtins.object.__init__   implicit: Watched.__getattribute__   exact: yes   runs: Watched.__getattribute__ | Watched.run
globals()["named"] = other
named()  # calls: named | ?   exact: no   runs: other
kept()  # calls: kept   exact: yes   runs: kept
