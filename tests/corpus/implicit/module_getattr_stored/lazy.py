def __getattr__(name):
    if name in ("net", "cache", "size", "never", "gone"):
        return made
    raise AttributeError(name)


def made():
    return 1


def fill():
    global cache
    cache = made
