def other():
    return 4


both = other


def helper():
    return 5
