# contrast: b.keep,b.find
"""The same program twice, with other names for locals."""
import json
import os

from shared import STATE


def keep(things, place):  # trigger: same   arguments: differs   return: same
    if os.path.exists(place):  # condition: same
        raise FileExistsError(f"there already: {place}")  # checks: same
    for label, thing in things.items():
        STATE[label] = thing  # global state: same
    with open(place, "w") as stream:
        json.dump({"values": things, "version": 1}, stream)  # files and serialisation: same   version: same


def find(place):  # trigger: same   arguments: differs
    with open(place) as stream:
        got = json.load(stream)  # files and serialisation: same
    try:
        return got["values"]  # return: same
    except KeyError:  # errors caught: same
        return None  # return: same
