"""A variable of another module is state where somebody sets it while the program runs."""

import model


def train():
    model.net = object()  # effects: state.write model.net
    model.lazy = object()  # effects: state.write model.lazy


def save(flag):
    kept = {"net": model.net}  # effects: state.read model.net
    print(model.lazy)  # effects: state.read model.lazy
    print(model.limit)  # effects: none
    print(model.cache)  # effects: none
    if flag:
        kept["net"] = model.net.__class__  # effects: state.read model.net
    if model.net is None:  # effects: state.read model.net
        print(kept)  # guard: if model.net is None   hidden: model.net
    return kept


def patched():
    return model.build()  # effects: none


train()
save(True)
patched()
