"""A decorator with an argument registers under that key."""

HANDLERS = {}


def handles(kind):
    def register(function):
        HANDLERS[kind] = function
        return function

    return register


@handles("a")  # calls: handles | handles.<locals>.register   runs: handles | handles.<locals>.register
def on_a(payload):
    return 1


@handles("b")
def on_b(payload):
    return 2


def unrelated(payload):
    return 3


def handle(kind, payload):
    handler = HANDLERS.get(kind)
    if handler is not None:
        handler(payload)  # calls: on_a | on_b   runs: on_a | on_b


for kind in ("a", "b"):
    handle(kind, 1)  # calls: handle   runs: handle
unrelated(1)  # calls: unrelated   runs: unrelated
