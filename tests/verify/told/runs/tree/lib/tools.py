def pack(path):
    return sealed(path)


def sealed(path):
    return path


def idle():
    return pack("x")
