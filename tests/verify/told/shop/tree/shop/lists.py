from typing import Final

ENTRIES: Final = {"a": 1, "b": {"x": 1, "y": 2}}
cfg = {}
cfg["stories"] = ["one", "two", "three"]
cfg.update(categories={"p", "q"})
register(handlers=[1, 2], other=(3,))
SPREAD = [*ENTRIES, 1]
KEYED = {**ENTRIES, "z": 1}


class Box:
    sizes = (1, 2, 3)

    def fill(self, *items, deep=False, **more):
        return {"items": items, "deep": deep}

    @property
    def buses(self):
        return ["x"]
NUMBERED = {1: [1, 2], KEYED: {"q": 1}, "r": (1,)}
