def take(item, count):
    return count


def refill(item):
    return take(item, 1)


def count_all(items):
    total = 0
    for item in items:
        total += refill(item)
    return total
