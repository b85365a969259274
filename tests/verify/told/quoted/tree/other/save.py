def save(model):
    """Another one."""
    first = model.first(1, 2)
    second = model.second(3, 4)
    third = model.third(5, 6)
    return first, second, third
