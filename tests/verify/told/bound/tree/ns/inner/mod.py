def inner():
    return 1
