cfg = {"size": 64, "archive": "weights"}


def get(key):
    return cfg[key]
