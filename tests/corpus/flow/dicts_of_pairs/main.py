"""A dict that is made of pairs holds their second parts, and pairs are never called."""


def f(): ...


def g(): ...


zipped = dict(zip(["a", "b"], [f, g]))
zipped["b"]()  # calls: f | g   runs: g
listed = dict([("a", f), ("b", g)])
listed["a"]()  # calls: f | g   runs: f
updated = dict(a=f)
updated.update([("a", g)])
updated["a"]()  # calls: f | g   runs: g
