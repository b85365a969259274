# contrast: a.save,a.load
"""What goes through an archive's open member is that member; a helper that only raises is a check."""
import io
import pickle
import zipfile


def save(model, path):  # trigger: differs   arguments: differs   return: same
    _check(model)
    with zipfile.ZipFile(path, "w") as archive:  # archive: only A
        with archive.open("model.pkl", "w") as file:  # weights: differs
            pickle.dump(model, file)


def load(path):  # trigger: same   arguments: same
    try:
        with zipfile.ZipFile(path) as archive:  # archive: only A
            return pickle.load(io.BytesIO(archive.read("model.pkl")))  # weights: differs   return: differs
    except KeyError as error:  # errors caught: only A
        if path.endswith(".zip"):
            path = None
        else:
            raise error


def _check(model):
    if not model:
        raise ValueError("an empty model")  # checks, one call away: differs
