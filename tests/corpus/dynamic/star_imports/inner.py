def base():
    return 1


def deep():
    return 2


def _private():
    return 3
