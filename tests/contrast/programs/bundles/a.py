# contrast: a.save,a.load
import os
import pickle
import tempfile
import zipfile

import settings


class Missing(Exception):
    pass


def save(model, folder):  # arguments: same   return: same
    name = os.path.join(folder, settings.get("archive"))  # configuration: only A
    parameters = settings.cfg.copy()  # configuration: only A
    parameters["version"] = "1"  # version: differs
    with tempfile.TemporaryDirectory() as scratch:  # temporary folder: same
        with open(os.path.join(scratch, "manifest.pkl"), "wb") as file:
            pickle.dump({"models": ["m"], "format": "zip"}, file)  # manifest: differs   version: only A
        with open(os.path.join(scratch, "custom_objects.pkl"), "wb") as file:
            pickle.dump({"scale": abs, "shift": max}, file)  # custom objects: only A
        with open(os.path.join(scratch, "params.pkl"), "wb") as file:
            pickle.dump(parameters, file)  # parameter snapshot: differs
        with open(os.path.join(scratch, "model.pkl"), "wb") as file:
            pickle.dump(model, file)  # weights: differs
        with zipfile.ZipFile(f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:  # archive: differs   archive path: differs
            for each in os.listdir(scratch):
                archive.write(os.path.join(scratch, each), each)  # archive: same


def load(folder):  # arguments: same
    name = os.path.join(folder, "weights.zip")
    if not os.path.exists(name):  # condition: only A
        raise Missing(f"no archive: {name}")  # checks: only A
    with tempfile.TemporaryDirectory() as scratch:  # temporary folder: same
        with zipfile.ZipFile(name) as archive:  # archive: same   archive path: same
            archive.extractall(scratch)  # archive: same
        with open(os.path.join(scratch, "params.pkl"), "rb") as file:
            parameters = pickle.load(file)  # parameter snapshot: differs
        if parameters.pop("version", "0") != "1":  # version: only A
            raise ValueError("another version")  # checks: only A
        settings.cfg.update(parameters)  # global state: only A
        with open(os.path.join(scratch, "model.pkl"), "rb") as file:
            model = pickle.load(file)  # weights: differs
    return model, settings.cfg.copy()  # return: differs   configuration: only A


def main():
    save([1], "out")  # trigger: differs
    load("out")  # trigger: differs
