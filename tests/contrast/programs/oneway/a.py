# contrast: a.load
"""One change of one object on either side is the same change, however it is made."""
import json

from shared import STATE


def load(path):  # trigger: same   arguments: same   return: same
    with open(path) as file:
        STATE.update(json.load(file))  # global state: differs   files and serialisation: unknown
