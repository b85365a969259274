def save(path):
    return path
