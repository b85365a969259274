from inner import *

__all__ = ["base"]
__all__ += ["listed", "both"]


def listed():
    return 1


def both():
    return 2


def hidden():
    return 3
