from shop import work


def late(n):
    return work.price(n)


def loud(path):
    return path


def price(n):
    return work.price(n)
