# contrast: a.load
import json
import os


def load(folder):  # arguments: differs
    with open(os.path.join(folder, "params.json")) as file:
        parameters = json.load(file)  # parameter snapshot: differs
    parameters.pop("version", "1")  # version: differs
    size = parameters.get("size")
    scale = parameters.get("scale")
    if size is None or scale is None:
        raise ValueError(f"incomplete: {size}, {scale}")  # checks: differs
    if parameters.get("colour") is None:
        raise ValueError(f"no colour in {folder}")  # checks: only A
    return parameters  # return: differs


if __name__ == "__main__":
    load("out")  # trigger: differs
