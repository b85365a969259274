def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return made


def made():
    return 1


def plain():
    return 2
