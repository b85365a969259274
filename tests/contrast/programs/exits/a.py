# contrast: a.save
"""An early exit that raises is a check; one that returns decides what runs behind it."""
import os
import pickle


def save(model, path):  # trigger: same   arguments: same   return: same
    if model is None:
        raise TypeError("nothing to save")  # checks: differs
    os.makedirs(os.path.dirname(path), exist_ok=True)  # folders made: differs
    with open(path, "wb") as file:
        pickle.dump(model, file)  # files and serialisation: differs
