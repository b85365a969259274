__all__ = ["offered"]


def offered():
    return 1


def unlisted():
    return 2
