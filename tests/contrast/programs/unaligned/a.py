# contrast: a.load
"""Two changes of one object against three: nothing tells which stands for which."""
import json

CFG = {}


def load(path):  # trigger: same   arguments: same
    with open(path) as file:
        first, second = json.load(file)  # files and serialisation: same
    CFG.update(first)  # global state: unknown
    CFG.update(second)  # global state: unknown
    return first  # return: differs
