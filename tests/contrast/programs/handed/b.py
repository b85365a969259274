# contrast: b.load
import json
import os
import zipfile


def load(folder, *, strict=True):  # arguments: differs
    model, parameters = read(folder)
    if parameters.get("version") == "2":  # version: differs
        parameters["kept"] = True
    return model, parameters  # return: differs


def read(folder):
    with open(os.path.join(folder, "params.json")) as file:
        found = json.load(file)  # parameter snapshot: differs
    needed = ["size", "scale"]
    missing = [name for name in needed if name not in found]
    if missing:
        raise ValueError(f"{missing} not told")  # checks: differs
    with zipfile.ZipFile(os.path.join(folder, "all.zip")) as archive:  # archive: only B   archive path: only B
        if "extra.json" not in archive.namelist():  # condition: only B   other members: only B
            raise KeyError("nothing more")  # checks: only B
    return build(found), found


def build(given):
    given = given or {}
    return [given["size"], given.get("depth", 2)]


if __name__ == "__main__":
    load("out")  # trigger: differs
