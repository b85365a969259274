def reciprocal(length):
    inverse = 1.0 / length
    return inverse
