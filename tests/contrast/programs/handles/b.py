# contrast: b.save,b.load
"""One place that writes files of several names, as callers say, is one member."""
import os
import pickle


def save(model, folder, name):  # arguments: differs   return: same
    _check(model)
    with open(os.path.join(folder, name), "wb") as file:
        pickle.dump(model, file)  # weights: differs


def load(path):  # trigger: same   arguments: same
    with open(os.path.join(path, "model.bin"), "rb") as file:
        return pickle.load(file)  # weights: differs   return: differs


def _check(model):
    if model is None:
        raise ValueError("an empty model")  # checks, one call away: differs


def first(model):
    save(model, "out", "model_one.bin")  # trigger: differs


def second(model):
    save(model, "out", "model_two.bin")
