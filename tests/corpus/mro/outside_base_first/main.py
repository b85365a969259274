"""Whose initialiser runs where a base from outside stands before one of the tree."""

import threading
from collections.abc import Sized

import click


class Named:
    def __init__(self, *names):
        self.names = names


class Runner(threading.Thread, Named):
    pass


class Counted(Sized, Named):
    def __len__(self):
        return 1


class Last(Named, threading.Thread):
    pass


class Unknown(click.ParamType, Named):
    pass


Runner()  # calls: ext threading.Thread.__init__   exact: yes
Counted("a")  # calls: Named.__init__   exact: yes   runs: Named.__init__
Last("a")  # calls: Named.__init__   exact: yes   runs: Named.__init__
Unknown("a")  # calls: Named.__init__ | ext click.ParamType.__init__   exact: no   runs: Named.__init__
