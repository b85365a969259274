"""Of two classes, only the one with a property runs something at a read."""


class Computed:
    @property
    def size(self):
        return 1

    def __len__(self):
        return 1


class Stored:
    def __init__(self):
        self.size = 1

    def __len__(self):
        return 2


def size_of(thing: Computed | Stored):
    return thing.size  # implicit: Computed.size   runs: Computed.size


def length_of(thing: Computed | Stored):
    return len(thing)  # unseen: Computed.__len__ | Stored.__len__   runs: Computed.__len__ | Stored.__len__


def unknown(thing):
    return thing.size  # implicit: Computed.size   runs: Computed.size


for each in (Computed(), Stored()):
    size_of(each)  # calls: size_of   runs: size_of
    length_of(each)  # calls: length_of   runs: length_of
    unknown(each)
