import dill

from app import store
from app.steps import prepare, registered
from app.store import Store


def run(data):
    prepare(data)
    return train(data)


def train(data):
    return fit(data)


def fit(data):
    data.adjust()
    for step in registered():
        step(data)
    return data


def keep(data):
    dill.dumps(data)
    holder = Store()
    holder.put(data, "x")
    later(store.save)
    return holder


def later(what):
    return what
