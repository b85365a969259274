cfg = {"h5_path": "wts.h5", "mode": "a"}
limits = {"largest": 3}
_cache = None


def get(key):
    return cfg[key]  # effects: state.read settings.cfg


def put(key, value):
    cfg[key] = value  # effects: state.write settings.cfg


def cached():
    global _cache
    if _cache is None:
        _cache = 1  # effects: state.write settings._cache
    return _cache


def largest():
    return limits["largest"]  # effects: none
