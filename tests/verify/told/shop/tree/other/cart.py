def read(path):
    return path


x = 1
