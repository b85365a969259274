cfg = {"format": "json", "compress": False}


def get(key):
    return cfg[key]


def reset():
    cfg.clear()
