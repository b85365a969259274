# contrast: b.load
import json

from a import CFG


def load(path):  # trigger: same   arguments: same
    with open(path) as file:
        parts = json.load(file)  # files and serialisation: same
    CFG.update(parts.one)  # global state: unknown
    CFG.update(parts.two)  # global state: unknown
    CFG.update(parts.three)  # global state: unknown
    return parts  # return: differs
