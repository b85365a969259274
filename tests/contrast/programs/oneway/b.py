# contrast: b.load
import pickle

from shared import STATE


def load(path):  # trigger: same   arguments: same   return: same
    with open(path, "rb") as file:
        for name, value in pickle.load(file):  # files and serialisation: unknown
            STATE[name] = value  # global state: differs
