# contrast: b.save
import os
import pickle


def save(model, path):  # trigger: same   arguments: same
    if not model:
        raise TypeError("nothing to save")  # checks: differs
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)  # folders made: differs
    if model == "skip":
        return  # return: same
    try:
        with open(path, "wb") as file:
            pickle.dump(model, file)  # files and serialisation: differs
    except OSError:  # errors caught: only B
        pass
