"""`globals()`, `vars()` and `__dict__` with a constant key are names."""

import tools


def start():
    return 1


def stop():
    return 2


class Menu:
    def pick(self):
        return 3


globals()["start"]()  # calls: start   runs: start
globals().get("stop")()  # calls: stop | ext builtins.dict.get   runs: stop
vars(tools)["cut"]()  # calls: cut   runs: cut
tools.__dict__["glue"]()  # calls: glue   runs: glue
Menu.__dict__["pick"](Menu())  # later: Menu.pick | ext builtins.object.__init__   runs: Menu.pick
getattr(tools, "cut")()  # calls: cut   runs: cut
