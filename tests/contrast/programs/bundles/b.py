# contrast: b.save,b.load
import os
import pickle
import tempfile
import zipfile


def save(model, folder):  # arguments: same   return: same
    parameters = {"size": 64}
    parameters["version"] = "2-b"  # version: differs
    with tempfile.TemporaryDirectory() as scratch:  # temporary folder: same
        with open(os.path.join(scratch, "manifest.pkl"), "wb") as file:
            pickle.dump({"models": ["m"]}, file)  # manifest: differs
        with open(os.path.join(scratch, "params.pkl"), "wb") as file:
            pickle.dump(parameters, file)  # parameter snapshot: differs
        with open(os.path.join(scratch, "model.bin"), "wb") as file:
            pickle.dump(model, file)  # weights: differs
        with zipfile.ZipFile(os.path.join(folder, "weights.zip"), "w") as archive:  # archive: differs   archive path: differs
            for each in os.listdir(scratch):
                archive.write(os.path.join(scratch, each), each)  # archive: same


def load(folder):  # arguments: same
    with tempfile.TemporaryDirectory() as scratch:  # temporary folder: same
        with zipfile.ZipFile(os.path.join(folder, "weights.zip")) as archive:  # archive: same   archive path: same
            archive.extractall(scratch)  # archive: same
        with open(os.path.join(scratch, "params.pkl"), "rb") as file:
            parameters = pickle.load(file)  # parameter snapshot: differs
        size = parameters["size"]
        with open(os.path.join(scratch, "model.bin"), "rb") as file:
            model = pickle.load(file)  # weights: differs
    return model, size  # return: differs


def start(folder):
    save([2], folder)  # trigger: differs
    if folder:
        load(folder)  # trigger: differs
