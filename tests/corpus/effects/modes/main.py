"""The mode of `open` decides between reading and writing. Not run: it would write files."""

import json
import pickle
import numpy as np


def go(path, mode, data):
    open(path)  # effects: file.read path
    open(path, "rb")  # effects: file.read path
    open(path, mode="ab")  # effects: file.write path
    open(path, "r+")  # effects: file.read path | file.write path
    open(path, "a+b")  # effects: file.read path | file.write path
    open(path, "w+")  # effects: file.write path
    open(path, mode)  # effects: file.read path | file.write path
    with open(path, "wb") as f:
        pickle.dump(data, f)  # effects: serialize path
    with open(path) as f:
        json.load(f)  # effects: deserialize path
    np.savez(path, a=data, b=data)  # effects: archive.write path [a,b]
    loaded = np.load(path)  # effects: file.read path
    loaded["x"]  # effects: archive.read path [x]
    loaded.get("y")  # effects: archive.read path [y]
    key = "c" if "c" in loaded else "d"  # effects: archive.read path [c]
    loaded[key]  # effects: archive.read path [c,d]
    "z" in loaded.files  # effects: archive.read path [z]
    loaded.files  # effects: archive.read path
    loaded[0]  # effects: none
