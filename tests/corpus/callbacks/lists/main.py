"""Callbacks in a list, in a dict of lists, and in an attribute of the class."""

from collections import defaultdict


class Events:
    shared = []

    def __init__(self):
        self.callbacks = []
        self.by_name = {}
        self.grouped = defaultdict(list)

    def subscribe(self, name, function):
        self.callbacks.append(function)
        self.by_name.setdefault(name, []).append(function)
        self.grouped[name].append(function)

    def fire(self, name):
        for callback in self.callbacks:
            callback()  # calls: beep | flash   runs: beep | flash
        for callback in self.by_name.get(name, []):
            callback()  # calls: beep | flash   runs: beep | flash
        for callback in self.grouped[name]:
            callback()  # calls: beep | flash   runs: beep | flash
        for callback in Events.shared:
            callback()  # calls: log   runs: log


def beep():
    return 1


def flash():
    return 2


def log():
    return 3


def quiet():
    return 4


events = Events()
events.subscribe("a", beep)  # calls: Events.subscribe   runs: Events.subscribe
events.subscribe("a", flash)
Events.shared.append(log)
events.fire("a")  # calls: Events.fire   runs: Events.fire
quiet()  # calls: quiet   runs: quiet
