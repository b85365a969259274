# contrast: b.save
import os
import pickle
import tempfile
import zipfile


def save(models, folder):  # trigger: same   arguments: same   return: same
    if not folder:
        raise ValueError("no folder")  # checks: same
    with tempfile.TemporaryDirectory() as scratch:  # temporary folder: same
        with open(os.path.join(scratch, "model.pkl"), "wb") as file:
            pickle.dump(models, file)  # weights: differs
        if None in models:
            raise KeyError("neither")  # checks: differs
        with zipfile.ZipFile(os.path.join(folder, "all.zip"), "w") as archive:  # archive: same   archive path: same
            archive.write(os.path.join(scratch, "model.pkl"), "model.pkl")  # archive: same
