"""An implicit method is looked up on the class: one stored in the instance does not run."""


class Thing:
    def __init__(self):
        self.__len__ = fake_length

    def __len__(self):
        return 1


def fake_length():
    return 2


thing = Thing()
len(thing)  # implicit: Thing.__len__   runs: Thing.__len__
