import app.flow
from app import steps, store


def apply(step, value):
    return step(value)


def named(thing):
    return thing.save(1)


def computed(name, value):
    return getattr(store, name)(value)


CHOSEN = steps.unused
TABLE = {"a": app.flow.fit, "b": store}
