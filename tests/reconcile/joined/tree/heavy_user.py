import heavylib

import store


def fit(goods):
    model = heavylib.Model(goods)
    if model.is_ready:
        store.weigh("x")
    model.fit(store.compress)
    return model
