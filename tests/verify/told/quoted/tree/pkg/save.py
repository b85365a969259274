"""Writes archives."""

import json
import zipfile

import h5py
import numpy as np

DEFAULTS = {
    "rate": 0.1,
    "epochs": 60,
    "deep": {"width": 3, "height": 4},
}
NAMES = ["one", "two"]
EMPTY = {}
SPREAD = {**DEFAULTS, "z": 1}


def save(model, path, label="plain"):
    # Everything goes into one file.
    with zipfile.ZipFile(path + ".zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"version": 1}))
        archive.writestr("model/weights.bin", model.weights)
        archive.writestr(f"{label}/notes.txt", "x")
        archive.writestr("table" + ".csv", "a,b")
    np.savez("arrays.npz", weights=model.weights, bias=model.bias)
    return path  # where it went


def settings(rate, *, epochs=60, **more):
    found = {"rate": rate, "epochs": epochs}
    found["label"] = more.pop("label", "none")
    configure(options={"a": 1, "b": 2}, names=["x"])
    register({"c": 3, "d": [1, 2]})
    if rate > 0.5 and epochs < 100:
        raise ValueError("too fast")
    elif rate == 0:
        return found
    for name in sorted(found):
        print(name)
    total = sum(found.values()) * 2
    total -= rate
    lookup = total if total else None
    return {**found, "total": total}


class Store(Base, object):
    limit: int = 3

    async def load(self, path, strict=True):
        async with opened(path) as file:
            return await file.read(limit=self.limit, strict=strict)

    def hdf(self, path):
        with h5py.File(path, "w") as file:
            file["weights/kernel"] = self.kernel
            file.attrs["version"] = 2
