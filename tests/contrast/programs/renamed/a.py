# contrast: a.keep,a.find
"""The same program twice, with other names for locals."""
import json
import os

from shared import STATE


def keep(values, path):  # trigger: same   arguments: differs   return: same
    if os.path.exists(path):  # condition: same
        raise FileExistsError(f"there already: {path}")  # checks: same
    for name, value in values.items():
        STATE[name] = value  # global state: same
    with open(path, "w") as file:
        json.dump({"values": values, "version": 1}, file)  # files and serialisation: same   version: same


def find(path):  # trigger: same   arguments: differs
    with open(path) as file:
        found = json.load(file)  # files and serialisation: same
    try:
        return found["values"]  # return: same
    except KeyError:  # errors caught: same
        return None  # return: same
